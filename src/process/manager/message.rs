//! What messages are made of: fields, each a length and so many bytes.

use std::io;

/// How the last message to a client begins that was idle: its next request, if any, was not read.
pub(super) const IDLE: &[u8] = b"idle";

/// How the last message to a client begins that sent what is not understood, or beyond a limit.
pub(super) const REFUSED: &[u8] = b"refused";

/// Bytes of a length.
const HEAD: usize = 4;

/// Puts fields together.
pub(super) fn write<'f>(fields: impl IntoIterator<Item = &'f [u8]>) -> Vec<u8> {
    let mut message = Vec::new();
    for field in fields {
        // Of one that is too long the frame as a whole is, and is not sent.
        let length = u32::try_from(field.len()).unwrap_or(u32::MAX);
        message.extend_from_slice(&length.to_le_bytes());
        message.extend_from_slice(field);
    }
    message
}

/// How long a message of these fields is.
pub(super) fn length<'f>(fields: impl IntoIterator<Item = &'f [u8]>) -> usize {
    fields.into_iter().map(|field| HEAD + field.len()).sum()
}

/// Takes fields apart; none if that cannot be.
pub(super) fn read(message: &[u8]) -> Option<Vec<&[u8]>> {
    let mut fields = Vec::new();
    let mut rest = message;
    while !rest.is_empty() {
        let (head, body) = rest.split_first_chunk::<HEAD>()?;
        let (field, others) = body.split_at_checked(u32::from_le_bytes(*head) as usize)?;
        fields.push(field);
        rest = others;
    }
    Some(fields)
}

/// The first field of a message.
pub(super) fn first(message: &[u8]) -> Option<&[u8]> {
    let (head, body) = message.split_first_chunk::<HEAD>()?;
    body.get(..u32::from_le_bytes(*head) as usize)
}

/// A number, as a field has it.
pub(super) fn number(field: &[u8]) -> Option<i64> {
    field.try_into().ok().map(i64::from_le_bytes)
}

/// The error of an answer that cannot be read.
pub(super) fn broken() -> io::Error {
    let text = "the manager's answer is broken: is another program at this address?";
    io::Error::new(io::ErrorKind::InvalidData, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_back_as_they_were() {
        let fields: [&[u8]; 3] = [b"one", b"", b"three"];
        assert_eq!(read(&write(fields)).unwrap(), fields);
        assert_eq!(first(&write(fields)), Some(fields[0]));
        assert_eq!(length(fields), write(fields).len());
        assert_eq!(read(b"").unwrap(), [b""; 0]);
    }

    #[test]
    fn what_is_cut_off_is_no_message() {
        let whole = write([&b"one"[..], b"two"]);
        for end in 1..whole.len() {
            let cut = read(&whole[..end]);
            assert!(cut.is_none() || cut.unwrap() == [b"one"], "{end}");
            assert!(first(&whole[..end]).is_none_or(|it| it == b"one"), "{end}");
        }
        assert!(read(&[255; 8]).is_none());
    }
}
