//! What can be set on a UDP socket.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::UdpSocket;

/// Methods that `std` has, too, handed on to it.
macro_rules! options {
    ($($(#[$doc:meta])+ $name:ident($($argument:ident: $type:ty),*) -> $value:ty;)+) => {
        /// Options, as [`std::net::UdpSocket`] has them.
        impl UdpSocket {
            $(
                $(#[$doc])+
                ///
                /// # Errors
                ///
                /// If the system refuses.
                pub fn $name(&self, $($argument: $type),*) -> io::Result<$value> {
                    self.socket.get().$name($($argument),*)
                }
            )+
        }
    };
}

options! {
    /// Sets whether messages may go to everybody in the net.
    set_broadcast(broadcast: bool) -> ();
    /// Whether messages may go to everybody in the net.
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
