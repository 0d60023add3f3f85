//! Addresses, and names that stand for some.

use std::io;
use std::net::ToSocketAddrs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::os::unix::net as unix;
use std::path::Path;

use super::error::cannot;
use crate::kernel::{Tid, spend};
use crate::offload::offload;

/// What can be turned into socket addresses, as [`ToSocketAddrs`] says it for threads.
///
/// Numbers are taken as they are. A name is looked up by the system in a helper thread, so that the
/// caller alone waits for it, as for [offloaded](crate::offload()) work; outside a task it is the thread
/// that waits.
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
///
/// ```
/// use coros::net::ToAddrs;
///
/// let addrs = "127.0.0.1:80".to_addrs().unwrap();
/// assert_eq!(addrs, ("127.0.0.1", 80).to_addrs().unwrap());
/// assert_eq!(addrs.len(), 1);
/// assert!("no port".to_addrs().is_err());
/// ```
pub trait ToAddrs {
    /// The addresses, in the order in which the system prefers them.
    ///
    /// # Errors
    ///
    /// If the text is neither an address nor a name with a port, nothing is known of the name, there is
    /// [no thread](crate::offload::OffloadError::NoThread) to look it up, or the wait is
    /// [interrupted](crate::Interrupted::of); then the lookup goes on, and its result is dropped.
    fn to_addrs(&self) -> io::Result<Addrs>;
}

/// Addresses that were found: a slice of them. A single one takes no memory of its own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Addrs {
    /// Just this one.
    One(SocketAddr),
    /// Any number, in order of preference.
    Many(Vec<SocketAddr>),
}

impl std::ops::Deref for Addrs {
    type Target = [SocketAddr];

    fn deref(&self) -> &[SocketAddr] {
        match self {
            Self::One(addr) => std::slice::from_ref(addr),
            Self::Many(addrs) => addrs,
        }
    }
}

impl From<Vec<SocketAddr>> for Addrs {
    fn from(addrs: Vec<SocketAddr>) -> Self {
        Self::Many(addrs)
    }
}

/// What is nothing but an address already.
macro_rules! numbers {
    ($($type:ty),+) => {$(
        impl ToAddrs for $type {
            fn to_addrs(&self) -> io::Result<Addrs> {
                Ok(Addrs::One((*self).into()))
            }
        }
    )+};
}

numbers!(
    SocketAddr,
    SocketAddrV4,
    SocketAddrV6,
    (IpAddr, u16),
    (Ipv4Addr, u16),
    (Ipv6Addr, u16)
);

impl ToAddrs for [SocketAddr] {
    fn to_addrs(&self) -> io::Result<Addrs> {
        Ok(self.to_vec().into())
    }
}

impl ToAddrs for str {
    #[track_caller]
    fn to_addrs(&self) -> io::Result<Addrs> {
        match self.parse() {
            Ok(addr) => Ok(Addrs::One(addr)),
            Err(_) => look_up(self.to_owned()),
        }
    }
}

impl ToAddrs for (&str, u16) {
    #[track_caller]
    fn to_addrs(&self) -> io::Result<Addrs> {
        let (host, port) = *self;
        match host.parse::<IpAddr>() {
            Ok(ip) => (ip, port).to_addrs(),
            Err(_) => look_up(format!("{host}:{port}")),
        }
    }
}

impl ToAddrs for String {
    #[track_caller]
    fn to_addrs(&self) -> io::Result<Addrs> {
        (**self).to_addrs()
    }
}

impl ToAddrs for (String, u16) {
    #[track_caller]
    fn to_addrs(&self) -> io::Result<Addrs> {
        (&*self.0, self.1).to_addrs()
    }
}

impl<const N: usize> ToAddrs for [SocketAddr; N] {
    fn to_addrs(&self) -> io::Result<Addrs> {
        self[..].to_addrs()
    }
}

impl<A: ToAddrs + ?Sized> ToAddrs for &A {
    #[track_caller]
    fn to_addrs(&self) -> io::Result<Addrs> {
        (**self).to_addrs()
    }
}

/// Asks the system, in a thread that has nothing else to do.
#[track_caller]
fn look_up(name: String) -> io::Result<Addrs> {
    let asked = name.clone();
    let ask = move || Ok(asked.to_socket_addrs()?.collect::<Vec<_>>());
    // Without a task there is no loop to be held up.
    let found = match Tid::running() {
        Some(_) => offload(ask).unwrap_or_else(|error| Err(error.into())),
        None => ask(),
    };
    match found {
        Ok(addrs) => Ok(addrs.into()),
        Err(error) => Err(cannot("find the address of", name, error)),
    }
}

/// Does it with the first of the addresses that it can be done with; else the last one's error is named.
#[track_caller]
pub(super) fn first_of<R>(
    addrs: impl ToAddrs,
    deed: &'static str,
    mut attempt: impl FnMut(SocketAddr) -> io::Result<R>,
) -> io::Result<R> {
    spend();
    let mut failed = None;
    for &addr in addrs.to_addrs()?.iter() {
        match attempt(addr) {
            Ok(done) => return Ok(done),
            Err(error) => failed = Some(cannot(deed, addr, error)),
        }
    }
    Err(failed.unwrap_or_else(no_address))
}

/// The error of an empty list of addresses.
pub(super) fn no_address() -> io::Error {
    let text = "no address was given, or the name has none";
    io::Error::new(io::ErrorKind::InvalidInput, text)
}

/// The address that is a path, to do something there.
pub(super) fn addr_of_path(deed: &'static str, path: &Path) -> io::Result<unix::SocketAddr> {
    let addr = unix::SocketAddr::from_pathname(path);
    addr.map_err(|error| cannot(deed, path.display(), error))
}

/// A Unix address for messages: most have no name.
pub(super) fn name_of(addr: &unix::SocketAddr) -> String {
    let path = addr.as_pathname();
    path.map_or_else(|| format!("{addr:?}"), |path| path.display().to_string())
}
