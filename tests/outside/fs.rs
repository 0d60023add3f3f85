//! Files and directories by `std`'s names, in other threads, in the order in which they are asked for.

use std::cell::Cell;
use std::io::{BufRead, BufReader, BufWriter, ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use coros::fs::{self, File, OpenOptions};
use coros::syscall::KillTask;
use coros::{Interrupted, call, run, sleep, spawn, timeout, yield_now};

use crate::common::Folder;

fn names(path: &Path) -> Vec<String> {
    let entries = fs::read_dir(path).unwrap();
    let name = |entry: &fs::DirEntry| entry.file_name().into_string().unwrap();
    entries.iter().map(name).collect()
}

#[test]
fn whole_files_are_written_read_copied_renamed_and_removed() {
    let place = Folder::new();
    run(move || {
        let (a, b, c) = (place.at("a"), place.at("b"), place.at("c"));
        fs::write(&a, "text").unwrap();
        assert_eq!(fs::read(&a).unwrap(), b"text");
        assert_eq!(fs::copy(&a, &b).unwrap(), 4);
        fs::rename(&b, &c).unwrap();
        fs::hard_link(&c, &b).unwrap();
        assert_eq!(names(&place.0), ["a", "b", "c"]);
        assert!(!fs::exists(place.at("d")).unwrap());
        assert_eq!(fs::metadata(&c).unwrap().len(), 4);
        fs::remove_file(&a).unwrap();
        fs::remove_file(&b).unwrap();
        assert_eq!(fs::read_to_string(&c).unwrap(), "text");
    })
    .unwrap();
}

#[test]
fn directories_are_made_listed_and_removed() {
    let place = Folder::new();
    run(move || {
        fs::create_dir_all(place.at("one/two/three")).unwrap();
        fs::create_dir(place.at("alone")).unwrap();
        assert_eq!(names(&place.0), ["alone", "one"]);
        let entries = fs::read_dir(place.at("one")).unwrap();
        assert!(entries[0].file_type().is_dir());
        assert!(entries[0].metadata().unwrap().is_dir());
        assert!(entries[0].path().ends_with("one/two"));
        fs::remove_dir(place.at("alone")).unwrap();
        fs::remove_dir_all(place.at("one")).unwrap();
        assert!(names(&place.0).is_empty());
        let real = fs::canonicalize(&place.0).unwrap();
        assert_eq!(real, std::fs::canonicalize(&place.0).unwrap());
    })
    .unwrap();
}

#[test]
fn an_interruption_names_the_path_too_and_is_still_found() {
    let place = Folder::new();
    run(move || {
        let path = place.at("fifo");
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        // It waits for a writer.
        let reader = spawn({
            let path = path.clone();
            move || fs::read(path).unwrap_err()
        });
        reader.cancel("closing time");
        let error = reader.join().unwrap();
        let named = format!("cannot read {}: ", path.display());
        assert!(error.to_string().starts_with(&named), "{error}");
        let interrupted = Interrupted::of(&error).unwrap();
        assert_eq!(interrupted.reason(), Some("closing time"));
        // What has begun goes on in its thread, and ends with this writer.
        let both = OpenOptions::new().read(true).write(true).open(&path);
        drop(both.unwrap());
    })
    .unwrap();
}

#[test]
fn errors_name_the_path_and_keep_their_kind() {
    run(|| {
        let error = fs::read_to_string("/no/such/place").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(error.to_string().contains("/no/such/place"), "{error}");
        let error = File::open("/no/such/place").unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("cannot open /no/such/place: "),
            "{error}"
        );
        assert!(fs::read("nul\0in the name").is_err());
        assert!(
            File::open("/").unwrap().read(&mut [0; 4]).is_err(),
            "a directory"
        );
    })
    .unwrap();
}

#[test]
fn a_file_has_a_cursor_as_that_of_std() {
    let place = Folder::new();
    run(move || {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        let mut file = File::open_with(&options, place.at("f")).unwrap();
        file.write_all(b"0123456789").unwrap();
        assert_eq!(file.stream_position().unwrap(), 10);
        assert_eq!(file.seek(SeekFrom::End(-3)).unwrap(), 7);
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        assert_eq!(text, "789");
        file.seek(SeekFrom::Start(2)).unwrap();
        file.write_all(b"ab").unwrap();
        assert_eq!(file.seek(SeekFrom::Current(1)).unwrap(), 5);
        assert_eq!(
            file.seek(SeekFrom::Current(-6)).unwrap_err().kind(),
            ErrorKind::InvalidInput
        );
        file.set_len(6).unwrap();
        file.sync_all().unwrap();
        file.sync_data().unwrap();
        assert_eq!(file.metadata().unwrap().len(), 6);
        let mut file = file.into_std().unwrap();
        assert_eq!(file.stream_position().unwrap(), 5);
        let mut file = File::from_std(file).unwrap();
        let mut rest = Vec::new();
        file.read_to_end(&mut rest).unwrap();
        assert_eq!(rest, b"5");
        assert_eq!(fs::read(place.at("f")).unwrap(), b"01ab45");
    })
    .unwrap();
}

#[test]
fn what_is_appended_goes_to_the_end() {
    let place = Folder::new();
    run(move || {
        let path = place.at("log");
        let open = || File::open_with(OpenOptions::new().append(true).create(true), &path).unwrap();
        let (mut one, mut other) = (open(), open());
        for n in 0..4 {
            writeln!(one, "one {n}").unwrap();
            writeln!(other, "other {n}").unwrap();
        }
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().count(), 8, "{text}");
    })
    .unwrap();
}

#[test]
fn tasks_that_share_a_file_take_turns() {
    let place = Folder::new();
    run(move || {
        let path = place.at("shared");
        let file = Rc::new(File::create(&path).unwrap());
        let tasks: Vec<_> = (0..20_u8)
            .map(|n| {
                let file = file.clone();
                spawn(move || (&*file).write_all(&[n; 100]).unwrap())
            })
            .collect();
        for task in tasks {
            task.join().unwrap();
        }
        let bytes = fs::read(&path).unwrap();
        let expected: Vec<u8> = (0..20).flat_map(|n| [n; 100]).collect();
        assert_eq!(bytes, expected);
    })
    .unwrap();
}

#[test]
fn an_interrupted_read_takes_nothing() {
    let place = Folder::new();
    run(move || {
        let path = place.at("numbers");
        let bytes: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
        fs::write(&path, &bytes).unwrap();
        let file = Rc::new(File::open(&path).unwrap());
        let mut read: Vec<u8> = Vec::new();
        let mut buffer = [0; 10_000];
        let mut broken_off = 0;
        loop {
            let result = timeout(Duration::from_micros(20), || (&*file).read(&mut buffer));
            match result {
                Ok(Ok(0)) => break,
                Ok(Ok(count)) => read.extend(&buffer[..count]),
                Ok(Err(_)) | Err(_) if broken_off > 50 => {
                    let count = (&*file).read(&mut buffer).unwrap();
                    read.extend(&buffer[..count]);
                }
                Ok(Err(_)) | Err(_) => broken_off += 1,
            }
        }
        assert!(read == bytes, "{} of {} bytes", read.len(), bytes.len());
    })
    .unwrap();
}

#[test]
fn an_interrupted_write_can_be_done_again() {
    let place = Folder::new();
    run(move || {
        let path = place.at("numbers");
        let bytes: Vec<u8> = (0..50_000_u32).flat_map(u32::to_le_bytes).collect();
        let file = File::create(&path).unwrap();
        let mut rest = &bytes[..];
        let mut tries = 0;
        while !rest.is_empty() {
            let piece = &rest[..rest.len().min(1_000)];
            tries += 1;
            let patience = match tries % 4 {
                0 => Duration::from_secs(60),
                _ => Duration::from_micros(20),
            };
            if let Ok(Ok(count)) = timeout(patience, || (&file).write(piece)) {
                rest = &rest[count..];
            }
        }
        drop(file);
        let written = fs::read(&path).unwrap();
        assert!(
            written == bytes,
            "{} of {} bytes",
            written.len(),
            bytes.len()
        );
    })
    .unwrap();
}

#[test]
fn a_buffered_writer_of_a_killed_task_loses_nothing() {
    let place = Folder::new();
    run(move || {
        let path = place.at("diary");
        let written = Rc::new(Cell::new(false));
        let writer = spawn({
            let (path, written) = (path.clone(), written.clone());
            move || {
                let mut file = BufWriter::new(File::create(path).unwrap());
                file.write_all(b"the last page").unwrap();
                written.set(true);
                sleep(Duration::from_secs(1000)).unwrap();
            }
        });
        while !written.get() {
            yield_now();
        }
        call(KillTask(writer.tid())).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"the last page");
    })
    .unwrap();
}

#[test]
fn a_named_pipe_is_waited_for_in_the_loop() {
    let place = Folder::new();
    run(move || {
        let path = place.at("fifo");
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        let reader = spawn({
            let path = path.clone();
            move || {
                let mut fifo = BufReader::new(File::open(path).unwrap());
                let mut line = String::new();
                fifo.read_line(&mut line).unwrap();
                let mut rest = String::new();
                fifo.read_to_string(&mut rest).unwrap();
                (line, rest)
            }
        });
        let mut options = OpenOptions::new();
        let mut writer = File::open_with(options.write(true), &path).unwrap();
        writer.write_all(b"first\n").unwrap();
        for _ in 0..10 {
            yield_now();
        }
        assert!(!reader.is_finished());
        assert!(writer.seek(SeekFrom::Start(0)).is_err());
        writer.write_all(&[b'x'; 200_000]).unwrap();
        drop(writer);
        let (line, rest) = reader.join().unwrap();
        assert_eq!((line.as_str(), rest.len()), ("first\n", 200_000));
    })
    .unwrap();
}

#[test]
fn options_open_as_those_of_std_do() {
    let place = Folder::new();
    run(move || {
        let path = place.at("f");
        let open = |change: fn(&mut OpenOptions) -> &mut OpenOptions| {
            change(&mut OpenOptions::new()).open(&path)
        };
        let kind = |opened: std::io::Result<File>| opened.unwrap_err().kind();
        let none = open(|it| it);
        assert_eq!(kind(none), ErrorKind::InvalidInput, "no access asked for");
        assert_eq!(kind(open(|it| it.read(true))), ErrorKind::NotFound);
        assert_eq!(kind(open(|it| it.write(true))), ErrorKind::NotFound);
        assert_eq!(kind(open(|it| it.create(true))), ErrorKind::InvalidInput);
        let made = open(|it| it.write(true).create_new(true).mode(0o640)).unwrap();
        (&made).write_all(b"0123").unwrap();
        let again = open(|it| it.write(true).create_new(true));
        assert_eq!(kind(again), ErrorKind::AlreadyExists);
        assert!((&made).read(&mut [0]).is_err(), "it was opened to write");
        let mode = made.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777 & !0o640, 0, "{mode:o}: no more than asked for");
        assert_eq!(mode & 0o600, 0o600, "{mode:o}");

        open(|it| it.write(true).create(true)).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"0123", "not cut off");
        let mut end = open(|it| it.append(true).read(true)).unwrap();
        end.write_all(b"45").unwrap();
        end.rewind().unwrap();
        let mut text = String::new();
        end.read_to_string(&mut text).unwrap();
        assert_eq!(text, "012345");
        let mut off = OpenOptions::new();
        off.read(true).write(true).append(true).truncate(true);
        off.create_new(true).append(false).truncate(false);
        off.create_new(false).write(false);
        assert!((&off.clone().open(&path).unwrap()).write(b"x").is_err());
        open(|it| it.write(true).truncate(true)).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"");
    })
    .unwrap();
}

#[test]
fn options_take_flags_of_the_system() {
    let place = Folder::new();
    run(move || {
        let (path, link) = (place.at("f"), place.at("link"));
        File::create_new(&path).unwrap();
        let twice = File::create_new(&path).unwrap_err();
        assert_eq!(twice.kind(), ErrorKind::AlreadyExists);
        std::os::unix::fs::symlink(&path, &link).unwrap();
        let mut options = File::options();
        assert!(options.read(true).open(&link).is_ok());
        options.custom_flags(libc::O_NOFOLLOW);
        let text = options.open(&link).unwrap_err().to_string();
        let start = format!("cannot open {}: ", link.display());
        assert!(text.starts_with(&start), "{text}");
        assert!(options.open(&path).is_ok());
        let mut of_std = std::fs::OpenOptions::new();
        of_std.read(true);
        assert!(OpenOptions::from(of_std).open(&path).is_ok());
        assert!(OpenOptions::default().open(&path).is_err(), "none is set");
    })
    .unwrap();
}

#[test]
fn a_task_that_opens_a_named_pipe_waits_alone() {
    let place = Folder::new();
    run(move || {
        let path = place.at("fifo");
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        let reader = spawn({
            let path = path.clone();
            move || {
                let mut text = String::new();
                let mut fifo = OpenOptions::new().read(true).open(path).unwrap();
                fifo.read_to_string(&mut text).unwrap();
                text
            }
        });
        for _ in 0..10 {
            yield_now();
        }
        assert!(!reader.is_finished());
        let tick = Duration::from_millis(1);
        assert!(timeout(tick, || sleep(Duration::from_secs(600))).is_err());
        let mut writer = OpenOptions::new().write(true).open(&path).unwrap();
        writer.write_all(b"at last").unwrap();
        drop(writer);
        assert_eq!(reader.join().unwrap(), "at last");

        // Without a writer, it is broken off; and then the thread that waits on is let go.
        let alone = timeout(tick, || OpenOptions::new().read(true).open(&path));
        assert!(alone.is_err());
        let mut both = OpenOptions::new();
        both.read(true).write(true).open(&path).unwrap();
        let mut at_once = OpenOptions::new();
        at_once.read(true).custom_flags(libc::O_NONBLOCK);
        at_once.open(&path).unwrap();
    })
    .unwrap();
}
