//! What is owned reads and writes as what is shared does: from `T` to `&T`. Floor 3.

use std::fmt;
use std::io;

/// `Read` of a type by that of a reference to it, or to what it has in a field.
macro_rules! read_by_reference {
    ($type:ty $(, $field:tt)? $(where $($generics:tt)+)?) => {
        impl$(<$($generics)+>)? std::io::Read for $type {
            #[inline]
            #[track_caller]
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                (&*self$(.$field)?).read(buffer)
            }

            #[inline]
            #[track_caller]
            fn read_vectored(
                &mut self,
                buffers: &mut [std::io::IoSliceMut<'_>],
            ) -> std::io::Result<usize> {
                (&*self$(.$field)?).read_vectored(buffers)
            }
        }
    };
}

/// `Write` of a type by that of a reference to it, or to what it has in a field.
macro_rules! write_by_reference {
    ($type:ty $(, $field:tt)? $(where $($generics:tt)+)?) => {
        impl$(<$($generics)+>)? std::io::Write for $type {
            #[inline]
            #[track_caller]
            fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
                (&*self$(.$field)?).write(bytes)
            }

            #[inline]
            #[track_caller]
            fn write_vectored(&mut self, parts: &[std::io::IoSlice<'_>]) -> std::io::Result<usize> {
                (&*self$(.$field)?).write_vectored(parts)
            }

            #[track_caller]
            fn flush(&mut self) -> std::io::Result<()> {
                (&*self$(.$field)?).flush()
            }

            #[track_caller]
            fn write_fmt(&mut self, what: std::fmt::Arguments<'_>) -> std::io::Result<()> {
                (&*self$(.$field)?).write_fmt(what)
            }
        }
    };
}

/// The rest of a `Write` that keeps nothing back: what is formatted is written in one piece.
macro_rules! nothing_kept {
    () => {
        /// Nothing is kept back.
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }

        #[track_caller]
        fn write_fmt(&mut self, what: std::fmt::Arguments<'_>) -> std::io::Result<()> {
            self.write_all($crate::forward::in_one_piece(what)?.as_bytes())
        }
    };
}

pub(crate) use {nothing_kept, read_by_reference, write_by_reference};

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
