//! The two directions of a stream, apart: one task reads, another writes.
//!
//! Borrowed halves are views; owned ones share the stream, and the writing one ends what it stands for.

use std::fmt;
use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::net::Shutdown;
use std::rc::Rc;

use super::{TcpStream, UnixStream};

/// A stream with two directions that end apart: [`TcpStream`] and [`UnixStream`].
pub trait Duplex: sealed::Sealed {
    #[doc(hidden)]
    fn end_writing(&self);
}

mod sealed {
    pub trait Sealed {}
}

/// The reading half of a stream that is borrowed, of [`split`](TcpStream::split).
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

/// The writing half of a stream that is borrowed, of [`split`](TcpStream::split); as [`ReadHalf`].
/// Dropping it ends nothing.
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
#[derive(Debug)]
pub struct WriteHalf<'s, S>(&'s S);

/// The reading half of a stream, of [`into_split`](TcpStream::into_split), for a task of its own. The
/// stream is closed when both halves are gone.
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
#[derive(Debug)]
pub struct OwnedReadHalf<S>(Rc<S>);

/// The writing half of a stream, of [`into_split`](TcpStream::into_split), for a task of its own.
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

macro_rules! duplex {
    ($($type:ident),+) => {$(
        impl sealed::Sealed for $type {}

        impl Duplex for $type {
            fn end_writing(&self) {
                // One that is not connected any more has ended anyway.
                _ = self.shutdown(Shutdown::Write);
            }
        }

        impl $type {
            /// The two directions apart, for as long as the stream is borrowed.
            pub fn split(&mut self) -> (ReadHalf<'_, Self>, WriteHalf<'_, Self>) {
                split(self)
            }

            /// The two directions apart, each for a task of its own.
            pub fn into_split(self) -> (OwnedReadHalf<Self>, OwnedWriteHalf<Self>) {
                into_split(self)
            }
        }
    )+};
}

duplex!(TcpStream, UnixStream);

/// What a half does is done by the shared stream.
macro_rules! halves {
    ($($half:ty: $trait:ident { $field:tt }),+) => {$(
        impl<S: Duplex> AsRef<S> for $half {
            /// The whole stream, for its addresses and options.
            fn as_ref(&self) -> &S {
                &self.$field
            }
        }

        halves!(@$trait $half, $field);
    )+};
    (@Read $half:ty, $field:tt) => {
        impl<S: Duplex> Read for $half
        where
            for<'a> &'a S: Read,
        {
            #[inline]
            #[track_caller]
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                (&*self.$field).read(buffer)
            }

            #[inline]
            #[track_caller]
            fn read_vectored(&mut self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
                (&*self.$field).read_vectored(buffers)
            }
        }
    };
    (@Write $half:ty, $field:tt) => {
        impl<S: Duplex> Write for $half
        where
            for<'a> &'a S: Write,
        {
            #[inline]
            #[track_caller]
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                (&*self.$field).write(bytes)
            }

            #[inline]
            #[track_caller]
            fn write_vectored(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
                (&*self.$field).write_vectored(parts)
            }

            #[inline]
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
    };
}

halves!(
    ReadHalf<'_, S>: Read { 0 },
    WriteHalf<'_, S>: Write { 0 },
    OwnedReadHalf<S>: Read { 0 },
    OwnedWriteHalf<S>: Write { stream }
);

impl<S: Duplex> fmt::Debug for ReuniteError<S> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("ReuniteError")
    }
}

impl<S: Duplex> fmt::Display for ReuniteError<S> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the two halves are not of the same stream")
    }
}

impl<S: Duplex> std::error::Error for ReuniteError<S> {}
