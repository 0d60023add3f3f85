//! Pipes keep the rules of UNIX: who waits, who gets the end, what arrives in one piece.

use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};
use std::time::Duration;

use coros::pipe::{self, PIPE_BUF, PipeReader, PipeWriter};
use coros::syscall::KillTask;
use coros::{Scheduler, call, spawn, timeout, yield_now};

use crate::common::{self, Log, seconds};

#[test]
fn a_reader_waits_for_bytes_and_a_writer_for_room() {
    let log = Log::new();
    common::run({
        let log = log.clone();
        move || {
            let (mut reader, mut writer) = pipe::between_tasks(3);
            let task = spawn({
                let log = log.clone();
                move || {
                    for piece in ["ab", "cd", "ef"] {
                        writer.write_all(piece.as_bytes()).unwrap();
                        log.say(format!("wrote {piece}"));
                    }
                }
            });
            let mut buffer = [0; 8];
            loop {
                let count = reader.read(&mut buffer).unwrap();
                log.say(format!(
                    "read {}",
                    String::from_utf8_lossy(&buffer[..count])
                ));
                if count == 0 {
                    break;
                }
            }
            task.join().unwrap();
        }
    });
    let expected = [
        "wrote ab", "read ab", "wrote cd", "read cd", "wrote ef", "read ef", "read ",
    ];
    let mut said = log.take();
    said.sort();
    let mut expected = expected.map(str::to_owned);
    expected.sort();
    assert_eq!(said, expected);
}

#[test]
fn all_readers_get_the_end_when_the_last_writer_goes() {
    common::run(|| {
        let (reader, writer) = pipe::between_tasks(8);
        let second = writer.clone();
        let readers: Vec<_> = (0..3)
            .map(|_| {
                let mut reader = reader.clone();
                spawn(move || reader.read(&mut [0; 4]).unwrap())
            })
            .collect();
        yield_now();
        drop(writer);
        yield_now();
        assert!(readers.iter().all(|task| !task.is_finished()));
        drop(second);
        for task in readers {
            assert_eq!(task.join().unwrap(), 0);
        }
    });
}

#[test]
fn all_writers_hear_of_it_when_the_last_reader_goes() {
    common::run(|| {
        let (reader, writer) = pipe::between_tasks(2);
        (&writer).write_all(b"xy").unwrap();
        let writers: Vec<_> = (0..3)
            .map(|_| {
                let mut writer = writer.clone();
                spawn(move || writer.write(b"z").unwrap_err().kind())
            })
            .collect();
        yield_now();
        drop(reader);
        for task in writers {
            assert_eq!(task.join().unwrap(), ErrorKind::BrokenPipe);
        }
    });
}

#[test]
fn a_small_piece_arrives_whole_whoever_else_writes() {
    common::run(|| {
        let (mut reader, writer) = pipe::between_tasks(PIPE_BUF + 1000);
        for letter in b'a'..=b'e' {
            let mut writer = writer.clone();
            spawn(move || {
                for _ in 0..5 {
                    assert_eq!(writer.write(&[letter; PIPE_BUF]).unwrap(), PIPE_BUF);
                }
            });
        }
        drop(writer);
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes.len(), 25 * PIPE_BUF);
        let whole = |piece: &[u8]| piece.iter().all(|&byte| byte == piece[0]);
        assert!(bytes.chunks(PIPE_BUF).all(whole));
    });
}

#[test]
fn what_is_formatted_arrives_whole() {
    common::run(|| {
        let (mut reader, writer) = pipe::between_tasks(8);
        for name in ["a", "b"] {
            let mut writer = writer.clone();
            spawn(move || {
                for n in 0..5 {
                    writeln!(writer, "{name}{n}{name}{n}").unwrap();
                }
            });
        }
        drop(writer);
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text.lines().count(), 10);
        for line in text.lines() {
            assert_eq!(line[..2], line[2..], "{text}");
        }
    });
}

#[test]
fn writers_have_their_turns_in_order_and_nobody_overtakes() {
    common::run(|| {
        let (mut reader, writer) = pipe::between_tasks(10);
        (&writer).write_all(&[b'.'; 8]).unwrap();
        for piece in ["long one", "x", "y"] {
            let mut writer = writer.clone();
            spawn(move || writer.write_all(piece.as_bytes()).unwrap());
            yield_now();
        }
        drop(writer);
        assert_eq!(reader.len(), 8, "the short ones wait behind the long one");
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "........long onexy");
    });
}

#[test]
fn a_wait_that_is_broken_off_takes_and_leaves_nothing() {
    common::run(|| {
        let (reader, writer) = pipe::between_tasks(4);
        let late = timeout(seconds(1), || (&reader).read(&mut [0; 4]));
        assert!(late.is_err());
        (&writer).write_all(b"abc").unwrap();
        let late = timeout(seconds(1), || (&writer).write(b"defg"));
        assert!(late.is_err());
        assert_eq!(reader.len(), 3);
        // What was meant for one that gave up goes to the next.
        let first = spawn({
            let writer = writer.clone();
            move || (&writer).write(b"1234").is_err()
        });
        let second = spawn({
            let writer = writer.clone();
            move || (&writer).write(b"5").unwrap()
        });
        yield_now();
        first.cancel("in the way");
        assert!(first.join().unwrap());
        assert_eq!(second.join().unwrap(), 1);
        let mut buffer = [0; 8];
        assert_eq!((&reader).read(&mut buffer).unwrap(), 4);
        assert_eq!(&buffer[..4], b"abc5");
    });
}

#[test]
fn killed_tasks_close_their_ends() {
    common::run(|| {
        let (mut reader, mut writer) = pipe::between_tasks(4);
        let task = spawn(move || {
            writer.write_all(b"abc").unwrap();
            common::park_for_ever();
        });
        yield_now();
        call(KillTask(task.tid())).unwrap();
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "abc");
    });
}

#[test]
fn a_reader_that_nobody_writes_to_is_named_in_the_report() {
    let mut sched = Scheduler::new();
    let (reader, _writer) = pipe::between_tasks(4);
    let reader = reader.named("letters");
    sched.spawn(move || (&reader).read(&mut [0; 4]));
    let stuck = sched.run().unwrap_err().to_string();
    assert!(stuck.contains("pipe 'letters'"), "{stuck}");
}

#[test]
fn degenerate_pipes_and_buffers_do_not_hang() {
    common::run(|| {
        let (mut reader, mut writer) = pipe::between_tasks(0);
        assert_eq!((reader.capacity(), writer.room()), (1, 1));
        assert_eq!(reader.read(&mut []).unwrap(), 0);
        assert_eq!(writer.write(b"").unwrap(), 0);
        let task = spawn(move || writer.write_all(b"abc"));
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "abc");
        task.join().unwrap().unwrap();
    });
}

#[test]
fn a_pipe_of_the_system_lets_others_run() {
    common::run(|| {
        let (mut reader, mut writer) = pipe::os().unwrap();
        let task = spawn(move || {
            let mut bytes = Vec::new();
            reader.read_to_end(&mut bytes).unwrap();
            bytes.len()
        });
        yield_now();
        let late = timeout(Duration::from_secs(1), || {
            for _ in 0..50 {
                writer.write_all(&[b'x'; 30_000]).unwrap();
            }
        });
        late.unwrap();
        drop(writer);
        assert_eq!(task.join().unwrap(), 1_500_000);
    });
}

#[test]
fn a_broken_pipe_of_the_system_says_so() {
    common::run(|| {
        let (reader, mut writer) = pipe::os().unwrap();
        let task = spawn(move || writer.write_all(&[0; 200_000]).unwrap_err().kind());
        yield_now();
        drop(reader);
        assert_eq!(task.join().unwrap(), ErrorKind::BrokenPipe);
    });
}

#[test]
fn a_child_gets_an_end_in_blocking_mode() {
    common::run(|| {
        let (mut reader, child_writes) = pipe::os().unwrap();
        let (child_reads, mut writer) = pipe::os().unwrap();
        let mut child = Command::new("cat")
            .stdin(Stdio::from(child_reads))
            .stdout(child_writes)
            .spawn()
            .unwrap();
        let task = spawn(move || {
            let mut bytes = Vec::new();
            reader.read_to_end(&mut bytes).unwrap();
            bytes.len()
        });
        writer.write_all(&[b'x'; 500_000]).unwrap();
        drop(writer);
        assert_eq!(task.join().unwrap(), 500_000);
        assert!(child.wait().unwrap().success());
    });
}

#[test]
fn what_is_no_such_end_is_refused() {
    let (reader, writer) = io::pipe().unwrap();
    let file = std::fs::File::open("/dev/null").unwrap();
    let kind = |result: io::Result<PipeReader>| result.unwrap_err().kind();
    assert_eq!(
        kind(OwnedFd::from(writer).try_into()),
        ErrorKind::InvalidInput
    );
    assert_eq!(
        kind(OwnedFd::from(file).try_into()),
        ErrorKind::InvalidInput
    );
    let error = PipeWriter::try_from(OwnedFd::from(reader)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}
