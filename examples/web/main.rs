//! A web server for files, over HTTP/1.1, fit for strangers.
//!
//! Each connection has a task, which reads a request, answers it, and reads the next. All that makes such a
//! server safe is a line or two where it belongs: a semaphore bounds how many connections there are
//! (who comes later waits in the system's backlog), a `timeout` bounds how long a request may
//! take however slowly it comes, requests are bounded in length, and no path leads out of the folder. Files
//! are read in other threads, so that a slow disk holds up only the one that asked. Ctrl-c interrupts all tasks;
//! a `shield` lets answers that have begun come to their end, unless there is a second ctrl-c.
//!
//! - `request.rs` understands what is asked for, by the crate `httparse`.
//! - `inbox.rs` reads requests off a stream, one after the other.
//! - `site.rs` finds the file that a path names, and what to answer.
//! - `response.rs` writes an answer.
//! - `connection.rs` is the life of a connection.
//! - `demonstration.rs` asks the server a few things.
//!
//! ```text
//! cargo run --example web                               server and client in one program
//! cargo run --example web -- 127.0.0.1:7080             the server alone, until ctrl-c
//! cargo run --example web -- 127.0.0.1:7080 FOLDER 2    another folder, and 2 seconds for a request
//! ```
//!
//! To try: serve, and look at `http://127.0.0.1:7080/` in a browser. Say `nc 127.0.0.1 7080`, type
//! `GET / HTTP/1.1`, and do no more: you get your answer when your time is over, and no other
//! client waited.

mod connection;
mod demonstration;
mod inbox;
mod request;
mod response;
mod site;

use std::env;
use std::error::Error;
use std::rc::Rc;
use std::time::Duration;

use coros::net::TcpListener;
use coros::sync::Semaphore;
use coros::{Builder, run, spawn};

use connection::converse;
use site::Site;

/// How many guests may be here at the same time. Each has a stream and a file, and many systems let a
/// program have 1024 descriptors.
const SEATS: usize = 500;
const PAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/web/pages");
const PATIENCE: Duration = Duration::from_secs(10);

/// Serves all that come; a request may take as long as the patience lasts.
fn serve(listener: &TcpListener, site: &Rc<Site>, patience: Duration) {
    let seats = Semaphore::new(SEATS).named("seats");
    for stream in listener.incoming() {
        let stream = match stream {
            Ok(stream) => stream,
            Err(error) => {
                // No reason to close: when guests leave, there are descriptors again.
                eprintln!("no guest has come in: {error}");
                continue;
            }
        };
        let (Ok(seat), site) = (seats.acquire(), Rc::clone(site)) else {
            break;
        };
        spawn(move || {
            let _seat = seat;
            converse(&stream, &site, patience)
        });
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    run(|| {
        let mut arguments = env::args().skip(1);
        let address = arguments.next();
        let site = Site::of(&arguments.next().unwrap_or(PAGES.to_owned()))?;
        let patience = match arguments.next() {
            Some(seconds) => Duration::try_from_secs_f64(seconds.parse()?)?,
            None => PATIENCE,
        };
        let listener = TcpListener::bind(address.as_deref().unwrap_or("127.0.0.1:0"))?;
        let bound = listener.local_addr()?;
        let serving = move || serve(&listener, &Rc::new(site), patience);
        if address.is_some() {
            println!("listening on http://{bound}");
            serving();
            return Ok(());
        }
        Builder::new().name("server").daemon(true).spawn(serving);
        demonstration::ask_a_few_things(bound)
    })?
}
