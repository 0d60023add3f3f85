//! What is owned reads and writes as what is shared does: from `T` to `&T`. Floor 3.

use std::fmt;
use std::io;

/// `Read` of a type by that of a reference to it.
macro_rules! read_by_reference {
    ($($type:ty),+) => {$(
        impl std::io::Read for $type {
            #[track_caller]
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                (&*self).read(buffer)
            }
        }
    )+};
}

/// `Write` of a type by that of a reference to it.
macro_rules! write_by_reference {
    ($($type:ty),+) => {$(
        impl std::io::Write for $type {
            #[track_caller]
            fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
                (&*self).write(bytes)
            }

            #[track_caller]
            fn flush(&mut self) -> std::io::Result<()> {
                (&*self).flush()
            }

            #[track_caller]
            fn write_fmt(&mut self, what: std::fmt::Arguments<'_>) -> std::io::Result<()> {
                (&*self).write_fmt(what)
            }
        }
    )+};
}

pub(crate) use {read_by_reference, write_by_reference};

/// What a formatted write comes to, so that it is written in one piece, not argument by argument.
pub(crate) fn in_one_piece(what: fmt::Arguments<'_>) -> io::Result<String> {
    let mut text = String::new();
    match fmt::write(&mut text, what) {
        Ok(()) => Ok(text),
        Err(fmt::Error) => Err(io::Error::other(
            "something cannot be formatted: it says so itself",
        )),
    }
}
