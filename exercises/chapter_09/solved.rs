//! The first byte alone may be missing; from there on, everything has to come.

use std::io::{self, ErrorKind, Read};

use super::LONGEST;

pub fn receive(pipe: &mut dyn Read) -> io::Result<Option<Vec<u8>>> {
    let mut len = [0; 4];
    if pipe.read(&mut len[..1])? == 0 {
        return Ok(None);
    }
    pipe.read_exact(&mut len[1..])?;
    let len = u32::from_le_bytes(len) as usize;
    if len > LONGEST {
        return Err(ErrorKind::InvalidData.into());
    }
    let mut message = vec![0; len];
    pipe.read_exact(&mut message)?;
    Ok(Some(message))
}
