//! Which server is which subject of which case.

use std::error::Error;

use crate::report::COROS;
use crate::subjects::may::May;
use crate::subjects::{coros, mio, tokio};
use crate::wire::control::obey;

pub const ECHO: &str = "echo";
pub const HTTP: &str = "http";
pub const IDLE: &str = "idle";

/// Serves until this process is ended, pinned to a core.
pub fn serve(case: &str, subject: &str, core: &str) -> Result<(), Box<dyn Error>> {
    obey(core.parse()?);
    match (case, subject) {
        (ECHO | IDLE, COROS) => coros::net::echo()?,
        (ECHO | IDLE, "tokio") => tokio::net::echo()?,
        (ECHO, "mio") => mio::echo()?,
        (ECHO, "may") => May::start().echo()?,
        (HTTP, COROS) => coros::http::http()?,
        (HTTP, "hyper") => tokio::http::hyper()?,
        _ => return Err(format!("no server of {subject} in {case}").into()),
    }
    Ok(())
}
