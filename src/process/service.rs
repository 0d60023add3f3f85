//! Services: forked processes that serve the clients that connect, for as long as their owner lives.
//!
//! ```text
//!   owner ── leash ──────▶ server: a scheduler; one task accepts,
//!   clients ── address ──▶         and a task for each connection
//! ```

use std::cell::Cell;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::rc::Rc;
use std::str::FromStr;
use std::thread;
use std::time::Duration;

use rustix::net::sockopt::socket_peercred;
use rustix::process::{Pid, PidfdFlags, getpid, getppid, getuid, pidfd_open, setpgid};
use socket2::{Domain, SockAddr, Socket, Type};

use super::client::{Client, Quota};
use super::fork::fork;
use super::limits::Limits;
use super::offspring::Offspring;
use super::wire::{Wire, attempt};
use crate::boot::run;
use crate::kernel::{Interest, Source, target};
use crate::machine;
use crate::select;
use crate::shown::shown;
use crate::syscall::ReadWait;
use crate::task::Builder;
use crate::time::sleep;

/// How long a server has to put its things in order, before it is killed.
const PATIENCE: Duration = Duration::from_secs(1);

/// The pause after which one looks again, where nothing tells when it is worth while.
const PAUSE: Duration = Duration::from_millis(1);

/// Room for the stack of a task that serves a connection, in bytes: functions of the user's run there.
const STACK: usize = 2 << 20;

/// Where a server is found: a name that processes of this machine know, and of this user may use.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Address(String);

/// Puts into a frame why a client is not served.
pub(super) type Refusal = fn(&str) -> Vec<u8>;

/// Accepts the clients of a server.
struct Acceptor {
    listener: Source<UnixListener>,
    quota: Rc<Quota>,
    refusal: Refusal,
}

/// A server process, as its owner has it. Dropped, it ends.
pub(super) struct Service {
    address: Address,
    server: Offspring,
    leash: UnixStream,
}

impl Service {
    /// Forks a server, in which `serve` gets each connection, in a task of its own.
    pub(super) fn start(
        limits: Limits,
        refusal: Refusal,
        serve: impl Fn(Client) + 'static,
    ) -> io::Result<Self> {
        let (listener, address) = listen()?;
        let (leash, end) = UnixStream::pair()?;
        let leash = Cell::new(Some(leash));
        let held = &leash;
        let owner = getpid();
        let server = fork(move || {
            // The server must not hold its own leash.
            drop(held.take());
            let acceptor = Acceptor {
                listener: Source::new("process listener", listener),
                quota: Rc::new(Quota::new(limits)),
                refusal,
            };
            live(acceptor, &end, owner, serve)
        })?;
        Ok(Self {
            address,
            server: server.into_offspring(),
            leash: leash.take().expect("taken in the child alone"),
        })
    }

    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    pub(super) fn id(&self) -> u32 {
        self.server.id()
    }

    pub(super) fn kill(&self) -> io::Result<()> {
        self.server.kill()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // A process forked from the owner has but copies.
        if self.server.is_ours() {
            // Also where another process has a copy of the descriptor, this end is seen.
            _ = self.leash.shutdown(std::net::Shutdown::Both);
            self.server.end_within(PATIENCE);
        }
    }
}

/// The server's whole life; says its exit code.
fn live(
    acceptor: Acceptor,
    leash: &UnixStream,
    owner: Pid,
    serve: impl Fn(Client) + 'static,
) -> i32 {
    // What the terminal sends to its group is for the owner to act upon.
    _ = setpgid(None, None);
    let Ok(owner_ends) = pidfd_open(owner, PidfdFlags::empty()) else {
        return 1;
    };
    if getppid() != Some(owner) {
        return 0;
    }
    let Ok(leash) = leash.try_clone() else {
        return 1;
    };
    let ended = run(move || {
        let accepting = Builder::new().name("accept").daemon(true);
        accepting.spawn(move || acceptor.accept_all(serve));
        // Whichever comes first, or fails: the owner is gone, or wants no client served any more.
        select! {
            _ = ReadWait(&leash) => (),
            _ = ReadWait(&owner_ends) => (),
        }
    });
    i32::from(ended.is_err())
}

impl Acceptor {
    fn accept_all(&self, serve: impl Fn(Client) + 'static) {
        let serve = Rc::new(serve);
        loop {
            match attempt(&self.listener, Interest::Read, |listener| listener.accept()) {
                Ok((stream, _)) => self.begin(stream, Rc::clone(&serve)),
                // No descriptors are left, say: some will be when a client has gone.
                Err(error) => {
                    log::warn!(
                        target: target::PROCESS,
                        "a client of process {} is not accepted yet: {error}",
                        getpid()
                    );
                    pause();
                }
            }
        }
    }

    /// Serves one client in a task of its own.
    fn begin(&self, stream: UnixStream, serve: Rc<impl Fn(Client) + 'static>) {
        if !is_of_this_user(&stream) {
            return;
        }
        let Ok(wire) = Wire::new(stream) else { return };
        let slot = match self.quota.take_slot() {
            Ok(slot) => slot,
            Err(text) => return self.turn_away(&wire, &text),
        };
        let client = Client::new(wire, slot);
        let task = Builder::new().name("client").daemon(true).stack_size(STACK);
        if let Err(error) = task.try_spawn(move || serve(client)) {
            log::warn!(
                target: target::PROCESS,
                "a client of process {} was turned away: {error}",
                getpid()
            );
        }
    }

    fn turn_away(&self, wire: &Wire, text: &str) {
        log::warn!(
            target: target::PROCESS,
            "a client of process {} was turned away: {text}",
            getpid()
        );
        // It fits into the buffer of a new connection; a client that has gone needs no answer.
        _ = wire.write_frame(&[&(self.refusal)(text)]);
    }
}

fn is_of_this_user(stream: &UnixStream) -> bool {
    socket_peercred(stream).is_ok_and(|peer| peer.uid == getuid())
}

/// A listener under a name that cannot be guessed, and nothing to clean up: the name goes with it.
fn listen() -> io::Result<(UnixListener, Address)> {
    let draw = RandomState::new().hash_one(getpid().as_raw_nonzero());
    let address = Address(format!("coros-{}-{draw:016x}", getpid()));
    let listener = UnixListener::bind_addr(&SocketAddr::from_abstract_name(&address.0)?)?;
    listener.set_nonblocking(true)?;
    Ok((listener, address))
}

/// Connects with a server.
pub(super) fn connect(address: &Address) -> io::Result<Wire> {
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    let place = SockAddr::unix(format!("\0{}", address.0))?;
    loop {
        match socket.connect(&place) {
            Ok(()) => break,
            // Many are before us.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => pause(),
            Err(error) => {
                let text = format!("no server answers at {address}: {error}; has it ended?");
                return Err(io::Error::new(error.kind(), text));
            }
        }
    }
    let stream = UnixStream::from(socket);
    match is_of_this_user(&stream) {
        true => Wire::new(stream),
        false => Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            format!("the server at {address} is another user's"),
        )),
    }
}

fn pause() {
    match machine::inside_task() {
        // If that is broken off, so is the next thing that waits.
        true => _ = sleep(PAUSE),
        false => thread::sleep(PAUSE),
    }
}

shown!(impl Display for Address: self => "{}", self.0);

/// Any text is an address; whether a server is there shows when one asks it.
impl FromStr for Address {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}
