//! How wide the output is: as the terminal, or as `COLUMNS` says, or 80 columns.

use crate::{Folder, Said, coros, fits_in, run, typed, typed_into};

/// What a command prints where `COLUMNS` says how wide that may be.
fn said_in(columns: &str, arguments: &[&str], keys: &str) -> Said {
    typed_into(coros(arguments).env("COLUMNS", columns), keys)
}

/// What is printed below what the program itself says.
fn below(text: &str) -> &str {
    let (_, below) = text.split_once("\n\n").expect("an empty line");
    below
}

fn widest(text: &str) -> usize {
    let widths = text.lines().map(|line| line.chars().count());
    widths.max().unwrap_or(0)
}

#[test]
fn all_that_is_drawn_fits_into_so_many_columns() {
    let folder = Folder::new();
    let recording = folder.file("recording", "");
    run(&["run", "jobs", "--record", &recording]);
    for columns in [40, 59, 60, 80, 133, 200] {
        let said = |arguments: &[&str]| said_in(&columns.to_string(), arguments, "\n\n\n\n");
        fits_in(&said(&[]).out, columns);
        fits_in(&said(&["list"]).out, columns);
        fits_in(&said(&["step", "family"]).out, columns);
        fits_in(&said(&["step", "inversion"]).out, columns);
        fits_in(&said(&["show", &recording]).out, columns);
        fits_in(&said(&["run", "stuck"]).err, columns);
        fits_in(&said(&["run", "nothing"]).err, columns);
        let unknown = ["sched", "--policy", "nosuch", "--jobs", "1"];
        fits_in(&said(&unknown).err, columns);
        for program in ["blocking", "signals", "family"] {
            fits_in(&said(&["run", program]).out, columns);
        }
        let watched = said(&["run", "jobs", "--gantt", "--metrics", "--lint"]);
        fits_in(below(&watched.out), columns);
        let compared = said(&["sched", "--jobs", "60,50@2", "--policy", "fifo,rr,mlfq"]);
        fits_in(&compared.out, columns);
    }
}

#[test]
fn help_fits_into_so_many_columns() {
    for columns in [40, 60, 80, 133] {
        for asked in [
            &["--help"][..],
            &["-h"],
            &["run", "--help"],
            &["run", "words", "--help"],
            &["step", "--help"],
            &["sched", "--help"],
            &["show", "--help"],
        ] {
            let help = said_in(&columns.to_string(), asked, "");
            assert_eq!(help.code, Some(0));
            fits_in(&help.out, columns);
        }
        let unknown = ["sched", "--policy", "fifo", "--jobs", "1", "--nosuch"];
        for mistaken in [&["run", "words"][..], &["run"], &unknown] {
            let told = said_in(&columns.to_string(), mistaken, "");
            assert_eq!(told.code, Some(2));
            fits_in(&told.err, columns);
        }
    }
}

#[test]
fn a_wide_output_uses_its_width() {
    for (columns, at_least) in [("120", 100), ("200", 150)] {
        let gantt = said_in(columns, &["run", "jobs", "--gantt"], "").out;
        assert!(widest(&gantt) >= at_least, "{gantt}");
        let sched = ["sched", "--jobs", "300", "--policy", "fifo"];
        let chart = said_in(columns, &sched, "").out;
        assert!(widest(&chart) >= at_least, "{chart}");
    }
    let step = said_in("120", &["step", "family"], "\n").out;
    assert!(
        step.contains(" src/bin/coros/programs/family.rs:24\n"),
        "{step}"
    );
    let metrics = said_in("120", &["run", "jobs", "--metrics"], "").out;
    assert!(widest(&metrics) > 80, "{metrics}");
}

#[test]
fn the_width_is_40_to_200_columns_and_80_if_columns_makes_no_sense() {
    let gantt = |columns: &str| said_in(columns, &["run", "jobs", "--gantt"], "").out;
    let usual = run(&["run", "jobs", "--gantt"]).out;
    for (asked, like) in [("1", "40"), ("40", "40"), ("201", "200"), ("99999", "200")] {
        assert_eq!(gantt(asked), gantt(like), "{asked}");
    }
    for nonsense in ["", "0", "-5", "wide", "99999999999999999999999"] {
        assert_eq!(gantt(nonsense), usual, "{nonsense}");
    }
    assert_eq!(gantt("80"), usual);
}

#[test]
fn width_says_more_than_the_terminal() {
    let sched = [
        "sched", "--jobs", "300", "--policy", "fifo", "--width", "60",
    ];
    assert_eq!(said_in("200", &sched, "").out, run(&sched).out);
}

#[test]
fn a_picture_in_a_file_is_as_wide_as_columns_says() {
    let folder = Folder::new();
    let (recording, picture) = (folder.file("recording", ""), folder.file("picture", ""));
    run(&["run", "jobs", "--record", &recording]);
    let shown = said_in("50", &["show", &recording], "").out;
    said_in("50", &["show", &recording, "-o", &picture], "");
    assert_eq!(std::fs::read_to_string(&picture).unwrap(), shown);
}

#[test]
fn wide_names_take_the_columns_that_a_terminal_gives_them() {
    let folder = Folder::new();
    let file = folder.file("日本語の名前はとても長いです", "one two");
    let said = typed(&["step", "words", &file], "\n\n");
    assert!(said.out.contains("日本"), "{}", said.out);
    fits_in(&said.out, 80);
    let rows = said.out.lines().filter(|line| line.contains(" ready "));
    for row in rows.filter(|row| row.contains("日本")) {
        let (before, _) = row.split_once(" ready ").unwrap();
        assert_eq!(unicode_width::UnicodeWidthStr::width(before), 22, "{row}");
    }
}

#[cfg(target_os = "linux")]
mod terminal {
    use std::fs::{File, OpenOptions};
    use std::io::Read;
    use std::process::Stdio;

    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use rustix::termios::{Winsize, tcsetwinsize};

    use super::{coros, fits_in, run, widest};

    /// What a command prints on a terminal of so many columns.
    fn on_terminal(columns: u16, asked: &str, arguments: &[&str]) -> String {
        let near = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&near).unwrap();
        unlockpt(&near).unwrap();
        let name = ptsname(&near, Vec::new()).unwrap();
        let name = name.into_string().unwrap();
        let far = OpenOptions::new()
            .read(true)
            .write(true)
            .open(name)
            .unwrap();
        let size = Winsize {
            ws_row: 24,
            ws_col: columns,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&far, size).unwrap();
        let mut child = coros(arguments)
            .env("COLUMNS", asked)
            .stdout(Stdio::from(far))
            .spawn()
            .unwrap();
        let mut said = Vec::new();
        // When the other side is closed, that is an error here.
        let _ = File::from(near).read_to_end(&mut said);
        assert!(child.wait().unwrap().success());
        String::from_utf8(said).unwrap().replace("\r\n", "\n")
    }

    const GANTT: [&str; 3] = ["run", "jobs", "--gantt"];

    #[test]
    fn a_terminal_says_how_wide_it_is() {
        let wide = on_terminal(150, "60", &GANTT);
        fits_in(&wide, 150);
        assert!(widest(&wide) > 100, "{wide}");
        let narrow = on_terminal(50, "120", &["list"]);
        fits_in(&narrow, 50);
        assert!(widest(&narrow) > 40, "{narrow}");
    }

    #[test]
    fn a_terminal_that_does_not_know_its_width_leaves_it_to_columns() {
        assert_eq!(on_terminal(0, "", &GANTT), run(&GANTT).out);
        assert!(widest(&on_terminal(0, "150", &GANTT)) > 100);
    }
}
