//! A real client is served by the web server of the examples, whatever it asks for.

mod by_hand;
mod curl;

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use by_hand::{ByHand, connect, say};
use curl::Curl;

use crate::peer::Server;

/// What a client makes of an answer.
struct Answer {
    status: u16,
    /// How long the body is said to be.
    length: u64,
    kind: String,
    body: Vec<u8>,
    is_connection_new: bool,
}

trait Client {
    /// Asks for one after the other, on one connection if the server lets it.
    fn get_all(&self, server: SocketAddr, paths: &[&str]) -> Vec<Answer>;
    /// Asks once, with a further line in the head unless it is empty.
    fn ask(
        &self,
        server: SocketAddr,
        method: &str,
        path: &str,
        header: &str,
        body: &[u8],
    ) -> Answer;
    /// Asks so many times at the same time; says with which status it was answered.
    fn get_at_once(&self, server: SocketAddr, path: &str, count: usize) -> Vec<u16>;
}

/// Our own client always, and curl where there is one.
fn clients() -> Vec<Box<dyn Client>> {
    let mut clients: Vec<Box<dyn Client>> = vec![Box::new(ByHand)];
    match Curl::is_installed() {
        true => clients.push(Box::new(Curl)),
        false => eprintln!("curl is not installed: only the client written by hand asks"),
    }
    clients
}

fn file(name: &str) -> Vec<u8> {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/web/pages");
    fs::read(pages.join(name)).unwrap()
}

/// Sends bytes as they are; says which statuses were answered.
fn statuses(server: &Server, bytes: impl AsRef<[u8]>) -> Vec<u16> {
    let answers = say(server.address, bytes.as_ref());
    let status = |line: &str| line.strip_prefix("HTTP/1.1 ")?[..3].parse().ok();
    answers.lines().filter_map(status).collect()
}

const HOST: &str = "Host: here\r\n";

#[test]
fn files_arrive_as_they_are_over_one_connection() {
    let server = Server::start("web", &[]);
    for client in clients() {
        let paths = ["/", "/style.css", "/hello%20world.txt?x=y", "/index.html"];
        let answers = client.get_all(server.address, &paths);
        let bodies: Vec<_> = answers.iter().map(|it| it.body.clone()).collect();
        let files = ["index.html", "style.css", "hello world.txt", "index.html"];
        assert_eq!(bodies, files.map(file));
        let kinds: Vec<_> = answers
            .iter()
            .map(|it| &it.kind[..it.kind.find(';').unwrap()])
            .collect();
        assert_eq!(kinds, ["text/html", "text/css", "text/plain", "text/html"]);
        assert!(answers.iter().all(|it| it.status == 200));
        let new: Vec<_> = answers.iter().map(|it| it.is_connection_new).collect();
        assert_eq!(new, [true, false, false, false]);
    }
}

#[test]
fn a_head_tells_the_length_without_the_body() {
    let server = Server::start("web", &[]);
    for client in clients() {
        let answer = client.ask(server.address, "HEAD", "/style.css", "", b"");
        assert_eq!(
            (answer.status, answer.length),
            (200, file("style.css").len() as u64)
        );
        assert!(answer.body.is_empty());
        assert_eq!(
            client
                .ask(server.address, "HEAD", "/nowhere", "", b"")
                .status,
            404
        );
    }
}

#[test]
fn no_path_leads_out_of_the_folder() {
    let server = Server::start("web", &[]);
    let paths = [
        "/../main.rs",
        "/%2e%2e/main.rs",
        "/..%2fmain.rs",
        "/./../pages/../main.rs",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/index.html/../../main.rs",
        "/index.html/",
        "/.hidden",
        "/index.html%00.css",
        "/nowhere",
    ];
    for client in clients() {
        for path in paths {
            let answer = client.ask(server.address, "GET", path, "", b"");
            assert_eq!(answer.status, 404, "{path}");
        }
        for path in ["/%", "/%2", "/%zz", "/%+1"] {
            let answer = client.ask(server.address, "GET", path, "", b"");
            assert_eq!(answer.status, 400, "{path}");
        }
    }
}

#[test]
fn what_is_too_much_is_refused_by_its_name() {
    let server = Server::start("web", &[]);
    let long = "x".repeat(40_000);
    for client in clients() {
        let ask = |method, path: &str, header: &str, body: &[u8]| {
            client
                .ask(server.address, method, path, header, body)
                .status
        };
        assert_eq!(ask("POST", "/", "", b"a little"), 405);
        assert_eq!(ask("DELETE", "/style.css", "", b""), 405);
        assert_eq!(ask("POST", "/", "", &vec![b'x'; 200 << 10]), 413);
        assert_eq!(ask("GET", &format!("/{long}"), "", b""), 414);
        assert_eq!(ask("GET", "/", &format!("X-Long: {long}"), b""), 431);
    }
    let many = format!(
        "GET / HTTP/1.1\r\n{HOST}{}\r\n",
        "X-Many: 1\r\n".repeat(100)
    );
    assert_eq!(statuses(&server, many), [431]);
}

#[test]
fn a_hundred_clients_are_served_at_once() {
    let server = Server::start("web", &[]);
    for client in clients() {
        assert_eq!(client.get_at_once(server.address, "/", 100), vec![200; 100]);
    }
}

#[test]
fn requests_in_one_piece_are_answered_in_their_order() {
    let server = Server::start("web", &[]);
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\n{HOST}\r\n");
    let post = format!("POST / HTTP/1.1\r\n{HOST}Content-Length: 5\r\n\r\nGET /");
    let piece = [get("/"), get("/nowhere"), post, get("/style.css")].concat();
    assert_eq!(
        statuses(&server, piece.repeat(50)),
        [200, 404, 405, 200].repeat(50)
    );
    let closing = format!("GET / HTTP/1.1\r\n{HOST}Connection: Close\r\n\r\n") + &get("/");
    assert_eq!(
        statuses(&server, closing),
        [200],
        "nothing is answered after good-bye"
    );
    let old = "GET / HTTP/1.0\r\n\r\n".repeat(2);
    assert_eq!(statuses(&server, old), [200]);
    let kept = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n".repeat(2);
    assert_eq!(statuses(&server, kept), [200, 200]);
}

#[test]
fn a_request_that_comes_byte_by_byte_is_answered() {
    let server = Server::start("web", &[]);
    let mut stream = connect(server.address);
    stream.set_nodelay(true).unwrap();
    for byte in format!("HEAD / HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n").bytes() {
        stream.write_all(&[byte]).unwrap();
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[test]
fn what_is_no_request_is_refused_and_ends_the_connection() {
    let server = Server::start("web", &[]);
    let bodies = |headers: &str| format!("POST / HTTP/1.1\r\n{HOST}{headers}\r\n");
    for (bytes, status) in [
        ("what?\r\n\r\n".to_owned(), 400),
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), 400),
        (format!("GET / HTTP/1.1\r\n{HOST}{HOST}\r\n"), 400),
        (format!("GET nowhere HTTP/1.1\r\n{HOST}\r\n"), 400),
        (format!("GET / HTTP/7.0\r\n{HOST}\r\n"), 400),
        (format!("GET / HTTP/1.1\r\n{HOST}"), 400),
        (bodies("Content-Length: -1\r\n"), 400),
        (bodies("Content-Length: +1\r\n"), 400),
        (bodies("Content-Length: 1\r\nContent-Length: 2\r\n"), 400),
        (
            bodies("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"),
            400,
        ),
        (bodies("Content-Length: 9\r\n") + "short", 400),
        (bodies("Content-Length: 99999999999999999999999\r\n"), 413),
        (bodies("Transfer-Encoding: chunked\r\n"), 501),
        (bodies("Expect: 100-continue\r\nContent-Length: 9\r\n"), 405),
    ] {
        assert_eq!(statuses(&server, &bytes), [status], "{bytes:?}");
    }
    assert_eq!(statuses(&server, [0xff; 100]), [400]);
    assert!(statuses(&server, "").is_empty());
}

#[test]
fn a_refusal_arrives_also_when_the_client_sends_on() {
    let server = Server::start("web", &[]);
    let wordy = ["what?\r\n\r\n", &"x".repeat(500_000)].concat();
    assert_eq!(statuses(&server, wordy), [400]);
}

#[test]
fn who_does_not_finish_a_request_in_time_is_told_so() {
    let server = Server::start("web", &[".", "1"]);
    let half = format!("GET / HTTP/1.1\r\n{HOST}");
    let body = format!("POST / HTTP/1.1\r\n{HOST}Content-Length: 5\r\n\r\nhal");
    let mut silent = connect(server.address);
    let begun = ["G", &half, &body].map(|begun| {
        let mut stream = connect(server.address);
        stream.write_all(begun.as_bytes()).unwrap();
        stream
    });
    let mut answer = String::new();
    for mut stream in begun {
        answer.clear();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer:?}");
    }
    answer.clear();
    silent.read_to_string(&mut answer).unwrap();
    assert_eq!(answer, "", "who asked for nothing is told nothing");
}

/// A folder with a long file, and with things that must not be served.
fn strange_folder(name: &str) -> (PathBuf, Vec<u8>) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("web_server")
        .join(name);
    _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("more.things")).unwrap();
    let long: Vec<u8> = (0..3_000_000_u32)
        .map(|at| b'a' + (at % 23) as u8)
        .collect();
    fs::write(folder.join("long.txt"), &long).unwrap();
    fs::write(folder.join("empty.txt"), "").unwrap();
    fs::write(folder.join(".secret"), "hush").unwrap();
    fs::write(folder.join("more.things/index.html"), "more").unwrap();
    symlink("/", folder.join("everything")).unwrap();
    symlink("long.txt", folder.join("also.txt")).unwrap();
    let pipe = folder.join("pipe.txt");
    assert!(Command::new("mkfifo").arg(pipe).status().unwrap().success());
    (folder, long)
}

#[test]
fn a_folder_gives_its_files_and_nothing_else() {
    let (folder, long) = strange_folder("strange");
    let server = Server::start("web", &[folder.to_str().unwrap()]);
    for client in clients() {
        let ask = |path| client.ask(server.address, "GET", path, "", b"");
        assert!(ask("/long.txt").body == long);
        assert!(
            ask("/also.txt").body == long,
            "a link that stays inside is followed"
        );
        assert_eq!(
            (ask("/empty.txt").status, ask("/empty.txt").length),
            (200, 0)
        );
        for path in [
            "/.secret",
            "/everything/etc/passwd",
            "/everything/",
            "/pipe.txt",
            "/",
        ] {
            assert_eq!(ask(path).status, 404, "{path}");
        }
        assert_eq!(ask("/more.things/").body, b"more");
        assert_eq!(ask("/more.things").status, 301);
    }
    let elsewhere = format!("GET //more.things HTTP/1.0\r\n{HOST}\r\n");
    let answer = say(server.address, elsewhere.as_bytes());
    assert!(
        answer.contains("\r\nLocation: /more.things/\r\n"),
        "{answer}"
    );
}

#[test]
fn who_does_not_take_its_answers_holds_up_nobody_and_is_dropped() {
    let (folder, _) = strange_folder("lazy");
    let server = Server::start("web", &[folder.to_str().unwrap(), "1"]);
    let mut lazy = connect(server.address);
    let request = format!("GET /long.txt HTTP/1.1\r\n{HOST}\r\n");
    lazy.write_all(request.repeat(20).as_bytes()).unwrap();
    let answer = ByHand.ask(server.address, "GET", "/empty.txt", "", b"");
    assert_eq!(answer.status, 200);
    // The server does not read while it writes: so this blocks, until there is no server any more.
    let error = loop {
        if let Err(error) = lazy.write_all(request.as_bytes()) {
            break error;
        }
    };
    let dropped = [ErrorKind::ConnectionReset, ErrorKind::BrokenPipe];
    assert!(dropped.contains(&error.kind()), "{error}");
}

#[test]
fn at_ctrl_c_what_was_asked_is_answered_and_nothing_else_waited_for() {
    let (folder, _) = strange_folder("ending");
    let length = 30_000_000;
    fs::write(folder.join("longest.txt"), vec![b'x'; length]).unwrap();
    let server = Server::start("web", &[folder.to_str().unwrap(), "60"]);
    let address = server.address;
    let mut silent = connect(address);
    let mut reading = connect(address);
    let get = format!("GET /longest.txt HTTP/1.1\r\n{HOST}\r\n");
    let one_and_a_half = [&get, &get[..20]].concat();
    reading.write_all(one_and_a_half.as_bytes()).unwrap();
    reading.read_exact(&mut [0; 8]).unwrap();
    server.interrupt();
    let mut rest = Vec::new();
    silent.read_to_end(&mut rest).unwrap();
    assert!(rest.is_empty(), "who asks for nothing is not waited for");
    reading.read_to_end(&mut rest).unwrap();
    let missing = length.checked_sub(rest.len());
    assert!(missing.is_none(), "{missing:?} bytes are missing");
    assert!(rest.ends_with(b"x"), "half a request has no answer");
    assert!(server.wait().success());
}
