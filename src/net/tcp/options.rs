//! What can be set on a TCP stream.

use std::io;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};

use super::TcpStream;

/// Options, as [`std::net::TcpStream`] has them, and those that it lacks.
impl TcpStream {
    /// Sets whether small writes go out at once, rather than being gathered (`TCP_NODELAY`).
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn set_nodelay(&self, nodelay: bool) -> io::Result<()> {
        self.socket.get().set_nodelay(nodelay)
    }

    /// Whether small writes go out at once.
    ///
    /// # Errors
    ///
    /// If the system cannot say.
    pub fn nodelay(&self) -> io::Result<bool> {
        self.socket.get().nodelay()
    }

    /// Sets the time to live of packets, in hops.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn set_ttl(&self, hops: u32) -> io::Result<()> {
        self.socket.get().set_ttl(hops)
    }

    /// The time to live of packets, in hops.
    ///
    /// # Errors
    ///
    /// If the system cannot say.
    pub fn ttl(&self) -> io::Result<u32> {
        self.socket.get().ttl()
    }

    /// Sets how long the system goes on sending after the stream is dropped; with `Some` of zero, the
    /// connection is reset instead (`SO_LINGER`). With any other the drop holds up the whole loop: use
    /// [`shutdown`](Self::shutdown), and read to the end, to know that all has arrived.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn set_linger(&self, linger: Option<Duration>) -> io::Result<()> {
        self.sock().set_linger(linger)
    }

    /// How long the system goes on sending.
    ///
    /// # Errors
    ///
    /// If the system cannot say.
    pub fn linger(&self) -> io::Result<Option<Duration>> {
        self.sock().linger()
    }

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

    /// Sets how many bytes the system keeps of what was not read yet; it may round the number.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn set_recv_buffer_size(&self, bytes: usize) -> io::Result<()> {
        self.sock().set_recv_buffer_size(bytes)
    }

    /// How many bytes the system keeps of what was not read yet.
    ///
    /// # Errors
    ///
    /// If the system cannot say.
    pub fn recv_buffer_size(&self) -> io::Result<usize> {
        self.sock().recv_buffer_size()
    }

    /// Sets how many bytes the system keeps of what was not sent yet; it may round the number.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn set_send_buffer_size(&self, bytes: usize) -> io::Result<()> {
        self.sock().set_send_buffer_size(bytes)
    }

    /// How many bytes the system keeps of what was not sent yet.
    ///
    /// # Errors
    ///
    /// If the system cannot say.
    pub fn send_buffer_size(&self) -> io::Result<usize> {
        self.sock().send_buffer_size()
    }

    fn sock(&self) -> SockRef<'_> {
        SockRef::from(self.socket.get())
    }
}
