//! Numbers and texts as serde writes them, in less time: the lines of turns consist of them.

/// The numbers below a thousand, in three digits each.
const GROUPS: [[u8; 3]; 1000] = {
    let mut groups = [[0; 3]; 1000];
    let mut at = 0;
    while at < groups.len() {
        let digits = [at / 100, at / 10 % 10, at % 10];
        groups[at] = [
            b'0' + digits[0] as u8,
            b'0' + digits[1] as u8,
            b'0' + digits[2] as u8,
        ];
        at += 1;
    }
    groups
};

/// The bytes that are no part of what is escaped.
const IS_PLAIN: [bool; 256] = {
    let mut is_plain = [true; 256];
    let mut at = 0;
    while at < b' ' {
        is_plain[at as usize] = false;
        at += 1;
    }
    is_plain[b'"' as usize] = false;
    is_plain[b'\\' as usize] = false;
    is_plain
};

/// Adds a number, three digits at a time.
#[inline(always)]
pub(super) fn put_number(out: &mut Vec<u8>, number: u64) {
    match number {
        0..10 => out.push(b'0' + number as u8),
        10..1000 => put_group(out, number),
        1000.. => put_groups(out, number),
    }
}

#[inline(never)]
fn put_groups(out: &mut Vec<u8>, number: u64) {
    put_number(out, number / 1000);
    out.extend_from_slice(&GROUPS[(number % 1000) as usize]);
}

#[inline(always)]
fn put_group(out: &mut Vec<u8>, number: u64) {
    let group = &GROUPS[number as usize];
    match number {
        0..100 => out.extend_from_slice(&[group[1], group[2]]),
        100.. => out.extend_from_slice(group),
    }
}

/// Adds a text; serde looks for what is to be escaped, if anything is.
#[inline]
pub(super) fn put_text(out: &mut Vec<u8>, text: &str) -> serde_json::Result<()> {
    if !text.bytes().all(|byte| IS_PLAIN[usize::from(byte)]) {
        return serde_json::to_writer(out, text);
    }
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{put_number, put_text};

    proptest! {
        #[test]
        fn a_number_is_written_as_serde_writes_it(number: u64, digits in 0..20u32) {
            for number in [number % 10_u64.pow(digits), 10_u64.pow(digits) - 1, number] {
                let mut out = Vec::new();
                put_number(&mut out, number);
                prop_assert_eq!(out, serde_json::to_vec(&number).unwrap());
            }
        }

        #[test]
        fn a_text_is_written_as_serde_writes_it(text: String, byte in 0..=0x7f_u8) {
            for text in [format!("a{}b", char::from(byte)), text] {
                let mut out = Vec::new();
                put_text(&mut out, &text).unwrap();
                prop_assert_eq!(out, serde_json::to_vec(&text).unwrap());
            }
        }
    }
}
