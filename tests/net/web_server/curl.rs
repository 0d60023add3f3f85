//! The client that everybody has: curl.

use std::io::Write;
use std::net::SocketAddr;
use std::process::{Command, Stdio};

use super::{Answer, Client};

pub struct Curl;

/// What curl writes behind each body.
const MARK: &str = "--- answered ---";
const REPORT: &str = "--- answered ---%{http_code} %{num_connects} %{content_type}--- answered ---";

impl Curl {
    pub fn is_installed() -> bool {
        let version = Command::new("curl").arg("--version").output();
        version.is_ok_and(|output| output.status.success())
    }
}

/// Runs curl, with this for its standard input.
fn curl(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut process = Command::new("curl")
        // None of the user's own settings and proxies; patience, but not for ever.
        .args([
            "-q",
            "--noproxy",
            "*",
            "--silent",
            "--show-error",
            "--path-as-is",
        ])
        .args(["--max-time", "60"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("curl is installed");
    let mut stdin = process.stdin.take().expect("it is piped");
    // It may end before it has read all, when it is refused.
    _ = stdin.write_all(input);
    drop(stdin);
    process.wait_with_output().unwrap().stdout
}

/// Takes bodies and reports apart.
fn answers(output: &[u8]) -> Vec<Answer> {
    let output = String::from_utf8(output.to_vec()).expect("the pages are texts");
    let parts: Vec<&str> = output.split(MARK).collect();
    let answer = |part: &[&str]| {
        let (body, mut report) = (part[0], part[1].splitn(3, ' '));
        let mut next = || report.next().expect("curl reports three things");
        Answer {
            status: next().parse().unwrap(),
            is_connection_new: next() != "0",
            kind: next().to_owned(),
            length: body.len() as u64,
            body: body.as_bytes().to_vec(),
        }
    };
    parts.chunks_exact(2).map(answer).collect()
}

impl Client for Curl {
    fn get_all(&self, server: SocketAddr, paths: &[&str]) -> Vec<Answer> {
        let urls: Vec<_> = paths
            .iter()
            .map(|path| format!("http://{server}{path}"))
            .collect();
        let mut arguments = vec!["--write-out", REPORT];
        arguments.extend(urls.iter().map(String::as_str));
        answers(&curl(&arguments, b""))
    }

    fn ask(
        &self,
        server: SocketAddr,
        method: &str,
        path: &str,
        header: &str,
        body: &[u8],
    ) -> Answer {
        let url = format!("http://{server}{path}");
        let mut arguments = vec!["--write-out", REPORT, &url];
        match method {
            "HEAD" => arguments.push("--head"),
            _ => arguments.extend(["--request", method]),
        }
        if !header.is_empty() {
            arguments.extend(["--header", header]);
        }
        if !body.is_empty() {
            arguments.extend(["--data-binary", "@-"]);
        }
        let mut answer = answers(&curl(&arguments, body)).remove(0);
        if method == "HEAD" {
            // What it prints are the headers then.
            let headers = String::from_utf8(std::mem::take(&mut answer.body)).unwrap();
            let mut lines = headers.lines();
            let length = lines.find_map(|line| line.strip_prefix("Content-Length: "));
            answer.length = length.unwrap().parse().unwrap();
        }
        answer
    }

    fn get_at_once(&self, server: SocketAddr, path: &str, count: usize) -> Vec<u16> {
        let url = format!("http://{server}{path}?[1-{count}]");
        let most = count.to_string();
        let parallel = [
            "--parallel",
            "--parallel-immediate",
            "--parallel-max",
            &most,
        ];
        let report = [
            "--output",
            "/dev/null",
            "--write-out",
            "%{http_code}\n",
            &url,
        ];
        let output = curl(&[&parallel[..], &report].concat(), b"");
        let lines = String::from_utf8(output).unwrap();
        lines.lines().map(|line| line.parse().unwrap()).collect()
    }
}
