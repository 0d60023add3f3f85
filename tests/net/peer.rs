//! An example as a peer: a server in a process of its own, which ends with the test.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};

use crate::common::example::path_of;

/// A server that listens; it is killed when this is dropped, also by a test that fails.
pub struct Server {
    process: Child,
    pub address: SocketAddr,
}

impl Server {
    /// Starts an example on a free port, with further arguments.
    #[track_caller]
    pub fn start(example: &str, arguments: &[&str]) -> Self {
        let mut process = Command::new(path_of(example))
            .arg("127.0.0.1:0")
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("`cargo build --examples` has built it");
        let mut said = String::new();
        let output = process.stdout.take().expect("it is piped");
        let read = BufReader::new(output).read_line(&mut said);
        let address = said.trim().rsplit(['/', ' ']).next().map(str::parse);
        let Some(Ok(address)) = address else {
            _ = process.kill();
            _ = process.wait();
            panic!("{example} tells no address: {said:?}, {read:?}");
        };
        Self { process, address }
    }
}

impl Server {
    /// Says ctrl-c.
    pub fn interrupt(&self) {
        let pid = rustix::process::Pid::from_child(&self.process);
        rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    }

    /// Waits until it has ended by itself.
    pub fn wait(mut self) -> ExitStatus {
        self.process.wait().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}
