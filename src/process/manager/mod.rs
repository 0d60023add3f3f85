//! The manager: a server process that keeps objects for others.
//!
//! When a wait is broken off, the `io::Error` says why: see
//! [`Interrupted::of`](crate::Interrupted::of).
//!
//! ```text
//!   client ── counter("hits").add(1) ──▶ ┌─────────┐
//!   client ── queue("jobs").take() ────▶ │ ManagerServer │  a scheduler, a task a client
//!   client ── dictionary("…").get(…) ──▶ └─────────┘
//! ```
//!
//! A [`ManagerServer`] owns the server; [`Objects`] are a client's way to it, for the owner, for what it forks,
//! and by its [`Address`] for any process of the same user. An object is there once its name is used, and
//! what several clients do to it happens one after the other. (The idea is that of Python's
//! `multiprocessing.Manager`; that many clients at once need no thread in the server is ours.)
//!
//! The server has limits: connections, memory for messages on their way, and a timeout for slow clients;
//! see [`ManagerServerBuilder`]. What the objects themselves hold has none but the server's memory.
//!
//! The messages are frames of a length, 4 bytes with the lowest first, and so many bytes; each holds
//! fields, made the same way: kind, name, verb, arguments; or `ok`, `none`, `error`, and what goes with it;
//! or `refused` or `idle` and a text, and then the server has hung up.
//!
//! ```
//! # if std::fs::read_dir("/proc/self/task").map_or(2, Iterator::count) > 1 { return Ok(()) }
//! use coros::process::manager::ManagerServer;
//!
//! let server = ManagerServer::start()?;
//! let hits = server.objects().counter("hits");
//! assert_eq!(hits.add(2)?, 2);
//! assert_eq!(server.objects().counter("hits").get()?, 2);
//! # Ok::<(), std::io::Error>(())
//! ```

mod builder;
mod item_queue;
mod link;
mod message;
mod objects;
mod queue;
mod store;

use std::io;
use std::rc::Rc;

use super::limits::Limits;
pub use super::service::Address;
use super::service::Service;
use super::wire::LONGEST;
use crate::shown::shown;
pub use builder::ManagerServerBuilder;
use link::Link;
pub use objects::{Counter, Dictionary, List};
pub use queue::Queue;
use store::{Store, refusal};

/// The owner of a server process that keeps objects.
///
/// The server ends with its owner, or when this is dropped, and the objects with it. Dropping waits for
/// that, a millisecond as a rule and a second at most.
pub struct ManagerServer {
    service: Service,
    objects: Objects,
}

impl ManagerServer {
    /// The longest message, in bytes, there and back: 64 MiB. An item with its names must fit in one, and
    /// so must all keys of a dictionary and all items of a list where they are asked for at once.
    pub const LONGEST: usize = LONGEST;

    /// Starts a server, with no objects: start it before the first thread. Its limits are the usual ones.
    ///
    /// # Errors
    ///
    /// As [`fork`](super::fork()).
    pub fn start() -> io::Result<Self> {
        Self::builder().start()
    }

    /// A server with limits of its own.
    pub fn builder() -> ManagerServerBuilder {
        ManagerServerBuilder::new()
    }

    fn start_within(limits: Limits) -> io::Result<Self> {
        let store = Rc::new(Store::default());
        let service = Service::start(limits, refusal, move |client| store.attend(&client))?;
        let objects = Objects::at(service.address().clone());
        Ok(Self { service, objects })
    }

    /// The way to the objects, for this process and those that it forks.
    #[must_use]
    pub fn objects(&self) -> Objects {
        self.objects.clone()
    }

    /// Where the server is found, for processes that are not forked from this one.
    #[must_use]
    pub fn address(&self) -> &Address {
        self.service.address()
    }

    /// The system's number for the server.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.service.id()
    }
}

/// A client's way to the objects that a [`ManagerServer`] keeps. Cheap to clone.
///
/// Every request waits for its answer: inside a task only the task does, and several tasks may ask at
/// once. A request that has been sent is not broken off: its answer comes soon. Only
/// [`Queue::take`] waits for what may never come, and is interrupted as any wait is.
///
/// All requests fail if the server has ended, if the object of that name is of another kind, or if a limit
/// of the server's is reached; the error says which, and how much it is. They are those of a
/// [`ManagerServerBuilder`], and [`ManagerServer::LONGEST`] for one message, there or back.
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
#[derive(Clone)]
pub struct Objects(Rc<Link>);

impl Objects {
    /// The objects of the server at an address. It is asked when an object is.
    #[must_use]
    pub fn at(address: Address) -> Self {
        Self(Rc::new(Link::new(address)))
    }

    /// Where the server is found, for processes that are not forked from this one.
    #[must_use]
    pub fn address(&self) -> &Address {
        self.0.address()
    }

    /// The number of this name; zero at first.
    #[must_use]
    pub fn counter(&self, name: &str) -> Counter {
        Counter(self.proxy("counter", name))
    }

    /// The dictionary of this name; empty at first.
    #[must_use]
    pub fn dictionary(&self, name: &str) -> Dictionary {
        Dictionary(self.proxy("dictionary", name))
    }

    /// The list of this name; empty at first.
    #[must_use]
    pub fn list(&self, name: &str) -> List {
        List(self.proxy("list", name))
    }

    /// The queue of this name; empty at first.
    #[must_use]
    pub fn queue(&self, name: &str) -> Queue {
        Queue(self.proxy("queue", name))
    }

    fn proxy(&self, kind: &'static str, name: &str) -> Proxy {
        Proxy {
            link: Rc::clone(&self.0),
            kind,
            name: name.to_owned(),
        }
    }
}

/// What stands here for an object there.
#[derive(Clone)]
struct Proxy {
    link: Rc<Link>,
    kind: &'static str,
    name: String,
}

impl Proxy {
    /// Asks for something, and gets the fields of the answer; none if there is nothing.
    fn ask(&self, verb: &str, arguments: &[&[u8]]) -> io::Result<Option<Vec<Vec<u8>>>> {
        self.link.ask(&self.request(verb, arguments))
    }

    /// As `ask`, where there always is one field.
    fn ask_one(&self, verb: &str, arguments: &[&[u8]]) -> io::Result<Vec<u8>> {
        let answer = self.ask(verb, arguments)?.unwrap_or_default();
        answer.into_iter().next().ok_or_else(message::broken)
    }

    fn ask_number(&self, verb: &str, arguments: &[&[u8]]) -> io::Result<i64> {
        message::number(&self.ask_one(verb, arguments)?).ok_or_else(message::broken)
    }

    fn ask_count(&self, verb: &str) -> io::Result<usize> {
        usize::try_from(self.ask_number(verb, &[])?).map_err(|_| message::broken())
    }

    fn request(&self, verb: &str, arguments: &[&[u8]]) -> Vec<u8> {
        let head = [self.kind.as_bytes(), self.name.as_bytes(), verb.as_bytes()];
        message::write(head.iter().chain(arguments).copied())
    }
}

shown!(impl Debug for Proxy: self => "{} '{}'", self.kind, self.name);

shown!(impl Debug for Objects: self => "Objects({})", self.0.address());

shown!(impl Debug for ManagerServer: self => "ManagerServer(process {})", self.id());
