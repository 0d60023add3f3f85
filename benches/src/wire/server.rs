//! A server: this program started again, to be one subject of one case.

use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::control::Used;
use super::cores::cores;

/// A child that serves until this is dropped.
pub struct Server {
    pub address: SocketAddr,
    child: Child,
    ask: ChildStdin,
    told: BufReader<ChildStdout>,
}

impl Server {
    /// Starts it, and waits until it listens.
    pub fn start(case: &str, subject: &str) -> io::Result<Self> {
        let core = cores().server.to_string();
        let mut child = Command::new(env::current_exe()?)
            .args(["--serve", case, subject, &core])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let ask = child.stdin.take().expect("it is piped");
        let mut told = BufReader::new(child.stdout.take().expect("it is piped"));
        let address = line(&mut told)?;
        let address = address.trim().parse().map_err(|_| {
            let text = format!("the server of {subject} in {case} did not begin to listen");
            io::Error::other(text)
        })?;
        Ok(Self {
            address,
            child,
            ask,
            told,
        })
    }

    /// Asks what it has used so far.
    pub fn used(&mut self) -> io::Result<Used> {
        self.ask.write_all(b"used\n")?;
        Ok(serde_json::from_str(&line(&mut self.told)?)?)
    }
}

fn line(told: &mut BufReader<ChildStdout>) -> io::Result<String> {
    let mut line = String::new();
    told.read_line(&mut line)?;
    Ok(line)
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}
