//! Messages arrive as they were sent, however the bytes come; what ends in the middle is an error.

use std::io::{self, ErrorKind, Read, Write};

use coros::{pipe, run, spawn, yield_now};

use super::LONGEST;

type Receive = fn(&mut dyn Read) -> io::Result<Option<Vec<u8>>>;

/// How many bytes the pipe holds.
const ROOM: usize = 16;

/// All that comes of bytes that are written in pieces of this size: messages, and how it ended.
fn received(
    receive: Receive,
    bytes: Vec<u8>,
    piece: usize,
) -> (Vec<Vec<u8>>, Result<(), ErrorKind>) {
    // More messages than bytes are none: then it goes on for ever.
    let most = bytes.len();
    let task = move || {
        let (mut reader, mut writer) = pipe::between_tasks(ROOM);
        spawn(move || {
            for piece in bytes.chunks(piece) {
                writer.write_all(piece)?;
                yield_now();
            }
            io::Result::Ok(())
        });
        let mut messages = Vec::new();
        let end = loop {
            match receive(&mut reader) {
                Ok(Some(message)) if messages.len() < most => messages.push(message),
                Ok(Some(_)) => break Err(ErrorKind::Other),
                Ok(None) => break Ok(()),
                Err(error) => break Err(error.kind()),
            }
        };
        (messages, end)
    };
    run(task).expect("the writer ends, and with it the pipe")
}

fn framed(messages: &[&[u8]]) -> Vec<u8> {
    let frames = messages.iter().map(|message| {
        let len = u32::try_from(message.len()).expect("it is short");
        [&len.to_le_bytes(), *message].concat()
    });
    frames.flatten().collect()
}

pub fn grade(receive: Receive) {
    let nothing = received(receive, vec![], 1);
    assert_eq!(nothing, (vec![], Ok(())), "a pipe that ends at once");
    whole_messages(receive);
    an_end_in_the_middle(receive);
    a_length_beyond_all_measure(receive);
}

fn whole_messages(receive: Receive) {
    let long = vec![7; 300];
    let longest = vec![9; LONGEST];
    for messages in [
        &[b"two".as_slice(), b"messages"][..],
        &[b"", b"between empty ones", b"", b""],
        &[
            &long,
            b"more than a pipe holds, and more than a byte counts",
        ],
        &[&longest],
    ] {
        for piece in [1, 5, usize::MAX] {
            let (got, end) = received(receive, framed(messages), piece);
            let lens = |messages: &[&[u8]]| messages.iter().map(|m| m.len()).collect::<Vec<_>>();
            let got: Vec<_> = got.iter().map(Vec::as_slice).collect();
            assert_eq!(
                lens(&got),
                lens(messages),
                "the lengths, in pieces of {piece}"
            );
            assert!(
                got == messages,
                "the bytes themselves, in pieces of {piece}"
            );
            assert_eq!(end, Ok(()), "the pipe ended where a message would begin");
        }
    }
}

fn an_end_in_the_middle(receive: Receive) {
    let of = |bytes: &[u8]| received(receive, bytes.to_vec(), 4);
    let whole = framed(&[b"first", b"second"]);
    for (left, what) in [(11, "a length"), (14, "a message")] {
        let cut = of(&whole[..left]);
        let end = Err(ErrorKind::UnexpectedEof);
        assert_eq!(
            cut,
            (vec![b"first".to_vec()], end),
            "an end in the middle of {what}"
        );
    }
    let headless = of(&framed(&[b"x"])[..4]);
    let end = Err(ErrorKind::UnexpectedEof);
    assert_eq!(headless, (vec![], end), "an end right after a length");
}

fn a_length_beyond_all_measure(receive: Receive) {
    let of = |bytes: &[u8]| received(receive, bytes.to_vec(), 4);
    let nonsense = of(&[255; 40]);
    assert_eq!(
        nonsense,
        (vec![], Err(ErrorKind::InvalidData)),
        "a length beyond all measure"
    );
    let excess = u32::try_from(LONGEST + 1)
        .expect("it is short")
        .to_le_bytes();
    let too_long = of(&excess);
    assert_eq!(
        too_long,
        (vec![], Err(ErrorKind::InvalidData)),
        "one byte more than LONGEST"
    );
}
