//! WebSockets work over the streams of tasks, with peers who know nothing of tasks.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use coros::{net, run, timeout};
use tungstenite::{Bytes, Error, Message, WebSocket, accept, client};

use crate::peer::Server;

fn connect(server: &Server) -> WebSocket<TcpStream> {
    let stream = TcpStream::connect(server.address).unwrap();
    let patience = Some(Duration::from_secs(60));
    stream.set_read_timeout(patience).unwrap();
    client(format!("ws://{}/", server.address), stream)
        .unwrap()
        .0
}

fn say<S: Read + Write>(socket: &mut WebSocket<S>, message: Message) -> Message {
    socket.send(message).unwrap();
    socket.read().unwrap()
}

/// Says good-bye, and waits for the other's.
fn part<S: Read + Write>(mut socket: WebSocket<S>) {
    socket.close(None).unwrap();
    let end = loop {
        if let Err(error) = socket.read() {
            break error;
        }
    };
    assert!(matches!(end, Error::ConnectionClosed), "{end}");
}

#[test]
fn messages_come_back_as_they_were() {
    let server = Server::start("websocket", &[]);
    let mut socket = connect(&server);
    let long: Bytes = (0..3_000_000_u32).map(|at| at as u8).collect();
    for message in [
        Message::text("hello"),
        Message::text(""),
        Message::text("日本語"),
        Message::binary(vec![0, 255]),
        Message::binary(long),
    ] {
        assert!(say(&mut socket, message.clone()) == message);
    }
    let pong = say(&mut socket, Message::Ping("there?".into()));
    assert_eq!(pong, Message::Pong("there?".into()));
    part(socket);
}

#[test]
fn guests_who_talk_in_turns_do_not_hear_each_other() {
    let server = Server::start("websocket", &[]);
    let mut sockets: Vec<_> = (0..20).map(|_| connect(&server)).collect();
    for round in 0..10 {
        for (guest, socket) in sockets.iter_mut().enumerate() {
            let words = Message::text(format!("{guest} in round {round}"));
            socket.send(words).unwrap();
        }
        for (guest, socket) in sockets.iter_mut().enumerate().rev() {
            let words = Message::text(format!("{guest} in round {round}"));
            assert_eq!(socket.read().unwrap(), words);
        }
    }
    sockets.into_iter().for_each(part);
}

#[test]
fn who_speaks_no_websocket_harms_nobody() {
    let server = Server::start("websocket", &[]);
    let mut socket = connect(&server);
    for nonsense in ["", "hello\r\n\r\n", "GET / HTTP/1.1\r\nHost: here\r\n\r\n"] {
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.write_all(nonsense.as_bytes()).unwrap();
        drop(stream);
    }
    // Masked it is not, as what a guest sends has to be: the server hangs up.
    let mut rude = connect(&server);
    rude.get_mut().write_all(b"\x81\x05hello").unwrap();
    assert!(rude.read().is_err());
    assert_eq!(
        say(&mut socket, Message::text("still there?")),
        Message::text("still there?")
    );
    part(socket);
}

#[test]
fn a_task_asks_a_server_in_a_thread() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let peer = thread::spawn(move || {
        let mut socket = accept(listener.accept().unwrap().0).unwrap();
        let message = socket.read().unwrap();
        socket.send(message).unwrap();
        assert!(socket.read().unwrap().is_close());
        assert!(matches!(socket.read(), Err(Error::ConnectionClosed)));
    });
    run(move || {
        let stream = net::TcpStream::connect(address).unwrap();
        let (mut socket, _) = client(format!("ws://{address}/"), stream).unwrap();
        let long = Message::binary(vec![7; 3_000_000]);
        assert!(say(&mut socket, long.clone()) == long);
        part(socket);
    })
    .unwrap();
    peer.join().unwrap();
}

#[test]
fn a_message_that_does_not_come_in_time_comes_later() {
    run(|| {
        let listener = net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = coros::spawn(move || accept(listener.accept().unwrap().0).unwrap());
        let stream = net::TcpStream::connect(address).unwrap();
        let (mut asking, _) = client(format!("ws://{address}/"), stream).unwrap();
        let mut served = server.join().unwrap();
        assert!(timeout(Duration::from_millis(5), || asking.read()).is_err());
        served.send(Message::text("late")).unwrap();
        assert_eq!(
            asking.read().unwrap(),
            Message::text("late"),
            "nothing was lost"
        );
    })
    .unwrap();
}
