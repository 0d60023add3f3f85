//! The loop over all connections that come to a listener.

use std::io;

use super::{TcpListener, TcpStream};

/// All connections that come to a [`TcpListener`]; see [`incoming`](TcpListener::incoming).
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
#[derive(Debug)]
pub struct Incoming<'l> {
    listener: &'l TcpListener,
    ended: bool,
}

impl<'l> Incoming<'l> {
    pub(super) fn new(listener: &'l TcpListener) -> Self {
        Self {
            listener,
            ended: false,
        }
    }
}

impl Iterator for Incoming<'_> {
    type Item = io::Result<TcpStream>;

    #[track_caller]
    fn next(&mut self) -> Option<Self::Item> {
        let listener = self.listener;
        let accept = || Ok(listener.accept()?.0);
        listener.entrance.next(&mut self.ended, accept)
    }
}

impl std::iter::FusedIterator for Incoming<'_> {}
