//! wrk, where it is installed: a well-known load for HTTP.

use std::io;
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::cores::on_load_core;
use super::{Server, Traffic};

/// Whether it can be run.
pub fn is_installed() -> bool {
    let mut version = Command::new("wrk");
    version
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    version.status().is_ok()
}

/// Lets wrk ask the server over so many connections, for whole seconds.
pub fn traffic(server: &mut Server, connections: usize, seconds: u64) -> io::Result<Traffic> {
    let before = server.used()?;
    let said = on_load_core(|| ask(server.address, connections, seconds))?;
    let after = server.used()?;
    let (trips, elapsed) = read(&said).ok_or_else(|| {
        io::Error::other(format!("wrk did not tell how many answers it had: {said}"))
    })?;
    Ok(Traffic {
        trips,
        elapsed,
        cpu: after.cpu - before.cpu,
    })
}

fn ask(to: SocketAddr, connections: usize, seconds: u64) -> io::Result<String> {
    let output = Command::new("wrk")
        .args(["--threads", "1", "--connections", &connections.to_string()])
        .args([
            "--duration",
            &format!("{seconds}s"),
            &format!("http://{to}/"),
        ])
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let failed = ["Non-2xx", "Socket errors"]
        .iter()
        .any(|bad| said.contains(bad));
    if failed || !output.status.success() {
        return Err(io::Error::other(format!("wrk was not content: {said}")));
    }
    Ok(said)
}

/// From a line such as "104857 requests in 2.00s, 12.34MB read".
fn read(said: &str) -> Option<(u64, Duration)> {
    let line = said.lines().find(|line| line.contains(" requests in "))?;
    let (count, rest) = line.trim().split_once(" requests in ")?;
    let (seconds, _) = rest.split_once("s,")?;
    let seconds = Duration::try_from_secs_f64(seconds.parse().ok()?).ok()?;
    Some((count.parse().ok()?, seconds))
}
