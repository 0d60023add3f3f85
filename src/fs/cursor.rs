//! Reading, writing and seeking: of a file that is shared, and the same of one that is owned.

use std::io::{self, Read, Seek, SeekFrom, Write};

use super::File;
use super::transfer::{self, Manner};
use crate::forward::{nothing_kept, read_by_reference, write_by_reference};

impl Read for &File {
    #[track_caller]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.manner == Manner::Streaming {
            return transfer::read_stream(&self.file, buffer);
        }
        let _turn = self.turn()?;
        let (length, place) = (transfer::share(buffer.len()), self.cursor.get());
        let bytes = self.beside(move |file| transfer::read_at(file, length, place))?;
        buffer[..bytes.len()].copy_from_slice(&bytes);
        self.cursor.set(place + bytes.len() as u64);
        Ok(bytes.len())
    }
}

impl Write for &File {
    #[track_caller]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.manner == Manner::Streaming {
            return transfer::write_stream(&self.file, bytes);
        }
        let _turn = self.turn()?;
        let bytes = bytes[..transfer::share(bytes.len())].to_vec();
        let (manner, place) = (self.manner, self.cursor.get());
        let (count, next) =
            self.beside(move |file| transfer::write(file, &bytes, manner, place))?;
        self.cursor.set(next);
        Ok(count)
    }

    nothing_kept!();
}

impl Seek for &File {
    #[track_caller]
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        if self.manner == Manner::Streaming {
            return Err(rustix::io::Errno::SPIPE.into());
        }
        let _turn = self.turn()?;
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::Current(by) => self.cursor.get().checked_add_signed(by),
            SeekFrom::End(by) => {
                let end = self.beside(|mut file| file.seek(SeekFrom::End(0)))?;
                end.checked_add_signed(by)
            }
        };
        let place = place
            .filter(|place| i64::try_from(*place).is_ok())
            .ok_or_else(|| {
                let text = format!("no file has such a place: {to:?}");
                io::Error::new(io::ErrorKind::InvalidInput, text)
            })?;
        self.cursor.set(place);
        Ok(place)
    }
}

read_by_reference!(File);
write_by_reference!(File);

impl Seek for File {
    #[track_caller]
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        (&*self).seek(to)
    }
}
