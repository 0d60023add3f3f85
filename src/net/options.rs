//! What can be set on TCP streams and UDP sockets.

use std::io;
use std::net::{self, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};

use super::socket::Socket;

/// Options that [`std::net::TcpStream`] lacks.
impl Socket<net::TcpStream> {
    /// Sets after which silence the system begins to ask whether the peer is still there, and then how
    /// often; `None` for never (`SO_KEEPALIVE`).
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn set_keepalive(&self, silence: Option<Duration>) -> io::Result<()> {
        let Some(silence) = silence else {
            return self.sock().set_keepalive(false);
        };
        let keepalive = TcpKeepalive::new()
            .with_time(silence)
            .with_interval(silence);
        self.sock().set_tcp_keepalive(&keepalive)
    }

    /// After which silence the system asks whether the peer is still there; `None` for never.
    ///
    /// # Errors
    ///
    /// If the system cannot say.
    pub fn keepalive(&self) -> io::Result<Option<Duration>> {
        match self.sock().keepalive()? {
            true => self.sock().tcp_keepalive_time().map(Some),
            false => Ok(None),
        }
    }

    fn sock(&self) -> SockRef<'_> {
        SockRef::from(self.io())
    }
}

/// Methods that `std`, or a view of the socket, has too, handed on to it.
macro_rules! options {
    ($(#[$about:meta])+ $socket:ident by $by:ident: $($(#[$doc:meta])+ $name:ident($($argument:ident: $type:ty),*) -> $value:ty;)+) => {
        $(#[$about])+
        impl Socket<net::$socket> {
            $(
                $(#[$doc])+
                ///
                /// # Errors
                ///
                /// If the system refuses.
                pub fn $name(&self, $($argument: $type),*) -> io::Result<$value> {
                    self.$by().$name($($argument),*)
                }
            )+
        }
    };
}

options! {
    /// Options that [`std::net::TcpStream`] lacks.
    TcpStream by sock:
    /// Sets how long the system goes on sending after the stream is dropped; with `Some` of zero, the
    /// connection is reset instead (`SO_LINGER`). With any other the drop holds up the whole loop: use
    /// [`shutdown`](Self::shutdown), and read to the end, to know that all has arrived.
    set_linger(linger: Option<Duration>) -> ();
    /// How long the system goes on sending.
    linger() -> Option<Duration>;
    /// Sets how many bytes the system keeps of what was not read yet; it may round the number.
    set_recv_buffer_size(bytes: usize) -> ();
    /// How many bytes the system keeps of what was not read yet.
    recv_buffer_size() -> usize;
    /// Sets how many bytes the system keeps of what was not sent yet; it may round the number.
    set_send_buffer_size(bytes: usize) -> ();
    /// How many bytes the system keeps of what was not sent yet.
    send_buffer_size() -> usize;
}

options! {
    /// Options, as [`std::net::TcpStream`] has them.
    TcpStream by io:
    /// Sets whether small writes go out at once, rather than being gathered (`TCP_NODELAY`).
    set_nodelay(nodelay: bool) -> ();
    /// Whether small writes go out at once.
    nodelay() -> bool;
    /// Sets the time to live of packets, in hops.
    set_ttl(hops: u32) -> ();
    /// The time to live of packets, in hops.
    ttl() -> u32;
}

options! {
    /// Options, as [`std::net::UdpSocket`] has them.
    UdpSocket by io:
    /// Sets whether messages may go to all hosts in the net.
    set_broadcast(broadcast: bool) -> ();
    /// Whether messages may go to all hosts in the net.
    broadcast() -> bool;
    /// Sets the time to live of packets, in hops.
    set_ttl(hops: u32) -> ();
    /// The time to live of packets, in hops.
    ttl() -> u32;
    /// Sets whether messages to a group that this machine is in come back to it.
    set_multicast_loop_v4(back: bool) -> ();
    /// Whether messages to a group that this machine is in come back to it.
    multicast_loop_v4() -> bool;
    /// Sets whether messages to a group that this machine is in come back to it.
    set_multicast_loop_v6(back: bool) -> ();
    /// Whether messages to a group that this machine is in come back to it.
    multicast_loop_v6() -> bool;
    /// Sets the time to live of packets to groups, in hops.
    set_multicast_ttl_v4(hops: u32) -> ();
    /// The time to live of packets to groups, in hops.
    multicast_ttl_v4() -> u32;
    /// Joins a group, on the interface of this address.
    join_multicast_v4(group: &Ipv4Addr, interface: &Ipv4Addr) -> ();
    /// Leaves a group, on the interface of this address.
    leave_multicast_v4(group: &Ipv4Addr, interface: &Ipv4Addr) -> ();
    /// Joins a group, on the interface of this number; 0 stands for any.
    join_multicast_v6(group: &Ipv6Addr, interface: u32) -> ();
    /// Leaves a group, on the interface of this number; 0 stands for any.
    leave_multicast_v6(group: &Ipv6Addr, interface: u32) -> ();
}
