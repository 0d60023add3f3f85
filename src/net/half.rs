//! The two directions of a stream, apart: one task reads, another writes.
//!
//! Borrowed halves are views; owned ones share the stream, and the writing one ends what it stands for.

use std::net::Shutdown;
use std::rc::Rc;

use super::family::StdStream;
use super::socket::Socket;
use crate::forward::{read_by_reference, write_by_reference};
use crate::shown::{error, shown};

/// A stream with two directions that end apart: [`TcpStream`](super::TcpStream) and
/// [`UnixStream`](super::UnixStream).
pub trait Duplex: sealed::Sealed {
    #[doc(hidden)]
    fn end_writing(&self);
}

mod sealed {
    pub trait Sealed {}
}

/// The reading half of a stream that is borrowed, of [`split`](Socket::split).
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
///
/// ```
/// use std::io::{Read, Write};
/// use coros::net::UnixStream;
/// use coros::{group, run};
///
/// run(|| {
///     let (mut here, mut there) = UnixStream::pair().unwrap();
///     let (mut read, mut write) = here.split();
///     there.write_all(b"for you").unwrap();
///     let heard = group(|g| {
///         let reader = g.spawn(move || {
///             let mut heard = [0; 7];
///             read.read_exact(&mut heard).map(|()| heard)
///         });
///         write.write_all(b"and for you").unwrap();
///         reader.join().unwrap().unwrap()
///     });
///     assert_eq!(&heard.unwrap(), b"for you");
/// })
/// .unwrap();
/// ```
#[derive(Debug)]
pub struct ReadHalf<'s, S>(&'s S);

/// The writing half of a stream that is borrowed, of [`split`](Socket::split); as [`ReadHalf`].
/// Dropping it ends nothing.
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
#[derive(Debug)]
pub struct WriteHalf<'s, S>(&'s S);

/// The reading half of a stream, of [`into_split`](Socket::into_split), for a task of its own. The
/// stream is closed when both halves are gone.
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
#[derive(Debug)]
pub struct OwnedReadHalf<S>(Rc<S>);

/// The writing half of a stream, of [`into_split`](Socket::into_split), for a task of its own.
/// Dropping it shuts down writing: the peer reads the end of the stream.
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
///
/// ```
/// use std::io::{Read, Write};
/// use coros::net::UnixStream;
/// use coros::{run, spawn};
///
/// run(|| {
///     let (here, mut there) = UnixStream::pair().unwrap();
///     let (mut read, mut write) = here.into_split();
///     spawn(move || write.write_all(b"all there is").unwrap());
///     let mut heard = String::new();
///     there.read_to_string(&mut heard).unwrap();
///     there.write_all(b"thanks").unwrap();
///     drop(there);
///     let mut answer = String::new();
///     read.read_to_string(&mut answer).unwrap();
///     assert_eq!((&*heard, &*answer), ("all there is", "thanks"));
/// })
/// .unwrap();
/// ```
#[derive(Debug)]
pub struct OwnedWriteHalf<S: Duplex> {
    stream: Rc<S>,
    ends_writing: bool,
}

/// Two halves that are not of the same stream; they are given back.
pub struct ReuniteError<S: Duplex>(pub OwnedReadHalf<S>, pub OwnedWriteHalf<S>);

pub(super) fn split<S>(stream: &S) -> (ReadHalf<'_, S>, WriteHalf<'_, S>) {
    (ReadHalf(stream), WriteHalf(stream))
}

pub(super) fn into_split<S: Duplex>(stream: S) -> (OwnedReadHalf<S>, OwnedWriteHalf<S>) {
    let stream = Rc::new(stream);
    let write = OwnedWriteHalf {
        stream: Rc::clone(&stream),
        ends_writing: true,
    };
    (OwnedReadHalf(stream), write)
}

impl<S: Duplex> OwnedReadHalf<S> {
    /// Puts the two halves together again.
    ///
    /// # Errors
    ///
    /// If they are not of the same stream.
    pub fn reunite(self, write: OwnedWriteHalf<S>) -> Result<S, ReuniteError<S>> {
        if !Rc::ptr_eq(&self.0, &write.stream) {
            return Err(ReuniteError(self, write));
        }
        write.forget();
        let stream = Rc::try_unwrap(self.0).ok();
        Ok(stream.expect("a stream has two halves, and one was just dropped"))
    }
}

impl<S: Duplex> OwnedWriteHalf<S> {
    /// Drops the half without shutting down writing: the stream ends with its reading half.
    pub fn forget(mut self) {
        self.ends_writing = false;
    }
}

impl<S: Duplex> Drop for OwnedWriteHalf<S> {
    fn drop(&mut self) {
        if self.ends_writing {
            self.stream.end_writing();
        }
    }
}

impl<T: StdStream> sealed::Sealed for Socket<T> {}

impl<T: StdStream> Duplex for Socket<T> {
    fn end_writing(&self) {
        // One that is not connected any more has ended anyway.
        _ = self.shutdown(Shutdown::Write);
    }
}

/// The way from each half to its stream.
macro_rules! leads_to_stream {
    ($($half:ty, $field:tt;)+) => {$(
        impl<S: Duplex> AsRef<S> for $half {
            /// The whole stream, for its addresses and options.
            fn as_ref(&self) -> &S {
                &self.$field
            }
        }
    )+};
}

leads_to_stream! {
    ReadHalf<'_, S>, 0;
    WriteHalf<'_, S>, 0;
    OwnedReadHalf<S>, 0;
    OwnedWriteHalf<S>, stream;
}

read_by_reference!(ReadHalf<'_, Socket<T>>, 0 where T: StdStream);
read_by_reference!(OwnedReadHalf<Socket<T>>, 0 where T: StdStream);
write_by_reference!(WriteHalf<'_, Socket<T>>, 0 where T: StdStream);
write_by_reference!(OwnedWriteHalf<Socket<T>>, stream where T: StdStream);

shown!(impl<S: Duplex> Debug for ReuniteError<S>: self => "ReuniteError");

error! { <S: Duplex> ReuniteError<S> { _ => "the two halves are not of the same stream" } }
