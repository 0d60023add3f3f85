//! Real work: counts words, one task for each file, and prints the most frequent.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use coros::sync::Semaphore;
use coros::{Builder, JoinHandle, Scheduler, yield_now};

use self::count::{Counter, Counts, Trouble};
use super::Verdict;
use crate::interrupt;
use crate::term::{complain, say};

mod count;

/// How much of a file is read in one turn.
const CHUNK: usize = 4096;

/// How many files are open at once: few enough for any system.
const OPEN: usize = 24;

/// Count the words of files, one task for each file
#[derive(Args, Clone)]
pub struct Words {
    /// How many of the most frequent words to print
    #[arg(long, value_name = "N", default_value_t = 10)]
    top: usize,
    /// Text files, in UTF-8
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl Words {
    pub fn load(&self, sched: &mut Scheduler) -> Verdict {
        let words = self.clone();
        let main = sched.spawn_with(Builder::new().name("words"), move || words.main());
        let main = main.expect("a stack of the default size is to be had");
        Box::new(move || match main.join() {
            Ok(code) => code,
            Err(error) => complain(format_args!("{error}")),
        })
    }

    /// The main task: starts one for each file, waits for all, and merges what they found.
    fn main(self) -> ExitCode {
        let seats = Semaphore::new(OPEN).named("seats");
        let start = |file| start_reader(file, seats.clone());
        let readers: Vec<_> = self.files.iter().cloned().map(start).collect();
        let mut code = ExitCode::SUCCESS;
        let mut total = Counts::new();
        for (file, reader) in self.files.iter().zip(readers) {
            match reader.join().unwrap_or_else(|error| Err(error.into())) {
                Ok(counts) => count::merge(&mut total, counts),
                Err(_) if interrupt::is_heard() => {}
                Err(trouble) => code = complain(format_args!("cannot count {file:?}: {trouble}")),
            }
        }
        // Counts of a part look like those of all.
        if !interrupt::is_heard() {
            print(&count::ranked(total), self.top);
        }
        code
    }
}

fn start_reader(file: PathBuf, seats: Semaphore) -> JoinHandle<Result<Counts, Trouble>> {
    let name = file.file_name().unwrap_or(file.as_os_str());
    let name = name.to_string_lossy().into_owned();
    Builder::new().name(name).spawn(move || {
        let _seat = seats.acquire()?;
        read(&file)
    })
}

/// Counts one file; others have their turns between its chunks.
fn read(path: &Path) -> Result<Counts, Trouble> {
    let mut file = File::open(path)?;
    let mut counter = Counter::default();
    let mut chunk = vec![0; CHUNK];
    loop {
        match file.read(&mut chunk)? {
            0 => return counter.finish(),
            size => counter.feed(&chunk[..size])?,
        }
        yield_now();
        if interrupt::is_heard() {
            return Err(Trouble::GivenUp);
        }
    }
}

fn print(ranked: &[(String, u64)], top: usize) {
    let width = ranked.first().map_or(0, |(_, most)| most.to_string().len());
    for (word, count) in ranked.iter().take(top) {
        say!("{count:>width$} {word}");
    }
}
