//! Recordings of runs: what was observed is read again, whatever became of the run.

use std::cell::{Cell, RefCell};
use std::fs;
use std::io;
use std::rc::Rc;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use coros::channel::unbounded;
use coros::kernel::{Event, Observer, Pick, Policy, Runnable, SchedParams};
use coros::syscall::{Compute, GetTid, SetParams, Sleep};
use coros::watch::record::{Events, Memory, Recorder, Recording, Recovered};
use coros::{Builder, Clock, Scheduler, Tid, call, sleep, spawn, sync, yield_now};
use log::{Log, Metadata, Record};
use rustix::process::{Signal, getpid, kill_process};

use crate::common::{Folder, again, alone, park_for_ever, seconds};

/// Keeps what it sees.
#[derive(Clone, Default)]
struct Witness(Rc<RefCell<Vec<Event>>>);

impl Observer for Witness {
    fn observe(&mut self, event: &Event) {
        self.0.borrow_mut().push(event.clone());
    }
}

/// Events in words. Tids that were read equal no others, and depths are not recorded.
fn in_words(events: &[Event]) -> Vec<String> {
    let word = |event: &Event| {
        let mut event = event.clone();
        if let Event::Turn(step) = &mut event {
            step.depth = 0;
        }
        format!("{event:?}")
    };
    events.iter().map(word).collect()
}

/// A recorded scheduler in virtual time.
fn recorded() -> (Scheduler, Memory) {
    let (recorder, memory) = Recorder::in_memory();
    let builder = Scheduler::builder().clock(Clock::Virtual);
    (builder.observer(recorder).build(), memory)
}

fn read(memory: &Memory) -> Recording {
    Recording::read(&memory.bytes()[..]).unwrap()
}

/// First in, first out, until it picks somebody who is not there.
#[derive(Default)]
struct Tired(Vec<Tid>, u32);

impl Policy for Tired {
    fn name(&self) -> std::borrow::Cow<'static, str> {
        "tired".into()
    }

    fn enqueue(&mut self, task: Tid, _: Runnable, _: std::time::Duration) {
        self.0.push(task);
    }

    fn dequeue(&mut self, task: Tid) {
        self.0.retain(|ready| *ready != task);
    }

    fn pick(&mut self, _: std::time::Duration) -> Option<Pick> {
        self.1 += 1;
        let task = (self.1 < 20).then(|| self.0.remove(0))?;
        Some(Pick { task, slice: None })
    }
}

/// A program in which everything happens that can be observed.
fn everything() {
    let lock = sync::Mutex::new(0).named("lock");
    let (sender, receiver) = unbounded();
    let locker = spawn(move || {
        let _held = lock.lock().unwrap();
        sender.send(7).unwrap();
        call(Sleep(seconds(1))).unwrap();
    });
    let idle = Builder::new().name("idle \"one\"").spawn(park_for_ever);
    let cancelled = spawn(|| sleep(seconds(9)).unwrap_err());
    let broken = spawn(|| panic!("broken\nin two"));
    assert_eq!(receiver.recv().unwrap(), 7);
    locker.join().unwrap();
    cancelled.cancel("closing time");
    cancelled.join().unwrap();
    idle.kill().unwrap();
    broken.join().unwrap_err();
    call(Compute(seconds(1))).unwrap();
    call(SetParams(call(GetTid), SchedParams::new().priority(7))).unwrap();
    (0..20).for_each(|_| yield_now());
}

#[test]
fn what_was_observed_is_read() {
    let (recorder, memory) = Recorder::in_memory();
    let witness = Witness::default();
    let mut sched = Scheduler::builder()
        .clock(Clock::Virtual)
        .cpus(2)
        .policy(Tired::default())
        .observer(witness.clone())
        .observer(recorder)
        .build();
    let main = sched.spawn(everything);
    sched.run().unwrap();
    main.join().unwrap();
    drop(sched);
    let (seen, recording) = (in_words(&witness.0.borrow()), read(&memory));
    assert_eq!(in_words(recording.events()), seen);
    let kinds = [
        "Start",
        "Turn",
        "Birth",
        "Death",
        "Wake",
        "Timer",
        "Interrupt",
        "Slice",
        "Hold",
        "Length",
        "Join",
        "Claimed",
        "Dropped",
    ];
    for kind in kinds {
        let is_there = seen.iter().any(|event| event.starts_with(kind));
        assert!(is_there, "no {kind} was observed");
    }
}

#[test]
fn real_time_is_recorded_too() {
    let (recorder, memory) = Recorder::in_memory();
    let mut sched = Scheduler::builder().observer(recorder).build();
    for _ in 0..3 {
        sched.spawn(|| (0..100).for_each(|_| yield_now()));
    }
    let turns = sched.run().unwrap().turns;
    drop(sched);
    let recording = read(&memory);
    let is_turn = |event: &&Event| matches!(event, Event::Turn(_));
    assert_eq!(
        recording.events().iter().filter(is_turn).count() as u64,
        turns
    );
}

#[test]
fn what_happened_is_written_when_the_run_is_over_and_a_second_run_follows() {
    let (mut sched, memory) = recorded();
    let run = |sched: &mut Scheduler| {
        sched.spawn(yield_now);
        sched.run().unwrap();
        Events::new(&memory.bytes()[..])
            .filter(Result::is_ok)
            .count()
    };
    let (first, second) = (run(&mut sched), run(&mut sched));
    assert!(
        first > 3 && second == 2 * first - 1,
        "the start is told once"
    );
    let damage = Recording::read(&memory.bytes()[..]).unwrap_err();
    assert!(damage.reason.contains("it has no end mark"), "{damage}");
    drop(sched);
    assert_eq!(read(&memory).events().len(), second);
}

#[test]
fn a_run_that_is_stuck_and_what_its_end_kills_is_recorded() {
    let (mut sched, memory) = recorded();
    sched.spawn(park_for_ever);
    sched.run().unwrap_err();
    drop(sched);
    let events = in_words(read(&memory).events());
    assert!(
        events
            .iter()
            .any(|event| event.contains("Waits(\"Park(nowhere)\")")),
        "{events:?}"
    );
}

#[test]
fn a_recording_can_be_kept_in_a_file_and_cut_off_there() {
    let folder = Folder::new();
    let path = folder.at("recording");
    let mut sched = Scheduler::builder()
        .clock(Clock::Virtual)
        .observer(Recorder::to_file(&path).unwrap())
        .build();
    sched.spawn(yield_now);
    sched.run().unwrap();
    drop(sched);
    let whole = Recording::open(&path).unwrap();
    assert!(whole.events().len() > 3);
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() - 5]).unwrap();
    let damage = Recording::open(&path).unwrap_err();
    assert_eq!(
        damage.line,
        whole.events().len() as u64 + 2 + places(&bytes)
    );
}

/// How many places a recording defines.
fn places(bytes: &[u8]) -> u64 {
    let text = std::str::from_utf8(bytes).unwrap();
    text.lines()
        .filter(|line| line.starts_with("{\"place\""))
        .count() as u64
}

#[test]
fn a_file_that_is_not_there_is_told_by_its_name() {
    let path = std::env::temp_dir().join("coros-no-such-folder/of-recordings");
    let made = Recorder::to_file(&path).err().unwrap();
    let opened = Recording::open(&path).unwrap_err();
    assert_eq!((made.kind(), opened.line), (io::ErrorKind::NotFound, 0));
    for said in [made.to_string(), opened.to_string()] {
        assert!(
            said.contains("coros-no-such-folder/of-recordings"),
            "{said}"
        );
    }
}

/// Counts the recordings that are told to be broken off.
struct Counter(Mutex<Vec<String>>);

impl Log for Counter {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let told = record.args().to_string();
        if told.contains("recording is broken off") {
            self.0.lock().unwrap().push(told);
        }
    }

    fn flush(&self) {}
}

static COUNTER: Counter = Counter(Mutex::new(Vec::new()));

/// A disk that is full after so many bytes.
struct Disk(usize);

impl io::Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.checked_sub(bytes.len()) {
            Some(left) => self.0 = left,
            None => return Err(io::Error::new(io::ErrorKind::StorageFull, "no room left")),
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_told_once_and_disturbs_no_run() {
    // There is one logger a process.
    alone(a_full_disk_is_told_once_and_disturbs_no_run, || {
        log::set_logger(&COUNTER).unwrap();
        log::set_max_level(log::LevelFilter::Error);
        let recorder = Rc::new(RefCell::new(Recorder::new(Disk(100_000))));
        let mut sched = Scheduler::builder()
            .clock(Clock::Virtual)
            .observer(Rc::clone(&recorder))
            .build();
        let turns = Rc::new(Cell::new(0));
        let counted = Rc::clone(&turns);
        sched.spawn(move || {
            for _ in 0..3000 {
                yield_now();
                counted.set(counted.get() + 1);
            }
        });
        sched.run().unwrap();
        assert_eq!(turns.get(), 3000);
        let error = recorder.borrow_mut().finish().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        drop(sched);
        drop(recorder);
        let told = COUNTER.0.lock().unwrap();
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].ends_with("no room left"), "{told:?}");
    });
}

/// A recorder that writes into a file in this folder.
fn recorder(folder: &Folder) -> Recorder<fs::File> {
    Recorder::to_file(folder.at("recording")).unwrap()
}

/// The last turn that is in that file.
fn turn(folder: &Folder) -> u64 {
    let recovered = Recovered::open(folder.at("recording")).unwrap();
    recovered.cut().map_or(0, |cut| cut.turn)
}

#[test]
fn the_header_is_in_the_file_at_once() {
    let folder = Folder::new();
    let _recorder = recorder(&folder);
    let recovered = Recovered::open(folder.at("recording")).unwrap();
    assert!(
        recovered
            .cut()
            .is_some_and(|cut| cut.line == 2 && cut.events == 0)
    );
}

#[test]
fn all_is_in_the_file_before_the_thread_sleeps() {
    let folder = Rc::new(Folder::new());
    let mut sched = Scheduler::builder().observer(recorder(&folder)).build();
    let there = Rc::clone(&folder);
    let looks = sched.spawn(move || {
        (0..4).for_each(|_| yield_now());
        sleep(Duration::from_millis(1)).unwrap();
        turn(&there)
    });
    sched.run().unwrap();
    assert_eq!(looks.join().unwrap(), 5);
}

#[test]
fn what_takes_long_is_in_the_file_meanwhile() {
    let folder = Rc::new(Folder::new());
    let builder = Scheduler::builder().clock(Clock::Virtual);
    let mut sched = builder.observer(recorder(&folder)).build();
    let there = Rc::clone(&folder);
    let came = sched.spawn(move || {
        // Fewer turns than would be handed on since the buffer is full.
        (0..200).any(|_| {
            std::thread::sleep(Duration::from_millis(5));
            yield_now();
            turn(&there) > 0
        })
    });
    sched.run().unwrap();
    assert!(came.join().unwrap());
}

#[test]
fn what_takes_long_after_a_burst_is_in_the_file_at_once() {
    let folder = Rc::new(Folder::new());
    let builder = Scheduler::builder().clock(Clock::Virtual);
    let mut sched = builder.observer(recorder(&folder)).build();
    let there = Rc::clone(&folder);
    let seen = sched.spawn(move || {
        (0..305).for_each(|_| yield_now());
        // Longer than anything is kept back, by the machine's clock: a virtual one stands still.
        let long = Duration::from_millis(150);
        let turn = |_| {
            let begun = Instant::now();
            while begun.elapsed() < long {
                std::hint::spin_loop();
            }
            yield_now();
            turn(&there)
        };
        (0..4).map(turn).collect::<Vec<_>>()
    });
    sched.run().unwrap();
    assert_eq!(seen.join().unwrap(), [306, 307, 308, 309]);
}

/// Tells a child of this test which end to come to.
const END: &str = "COROS_TEST_END";
const FILE: &str = "COROS_TEST_FILE";

/// Needs more stack than there is.
fn dive(depth: u64) -> u64 {
    let frame = std::hint::black_box([depth; 64]);
    match depth {
        u64::MAX => 0,
        _ => dive(depth + 1) + frame[std::hint::black_box(3)],
    }
}

struct PanicsAgain;

impl Drop for PanicsAgain {
    fn drop(&mut self) {
        panic!("again");
    }
}

fn send_oneself(signal: Signal) {
    kill_process(getpid(), signal).unwrap();
}

/// Ways for a process to end in the midst of a task.
const ENDS: [(&str, fn()); 6] = [
    ("overflow", || _ = dive(0)),
    ("abort", || std::process::abort()),
    ("exit", || std::process::exit(0)),
    ("panic in a panic", || {
        let _panics = PanicsAgain;
        panic!("once");
    }),
    ("segmentation fault", || {
        loop {
            send_oneself(Signal::SEGV);
        }
    }),
    ("SIGTERM", || {
        send_oneself(Signal::TERM);
        loop {
            std::hint::spin_loop();
        }
    }),
];

#[test]
fn a_process_that_ends_in_the_midst_of_a_task_leaves_all_turns_before() {
    if let Ok(end) = std::env::var(END) {
        let (_, end) = ENDS.into_iter().find(|(name, _)| *name == end).unwrap();
        let mut sched = Scheduler::builder()
            .handle_signals(Duration::ZERO)
            .observer(Recorder::to_file(std::env::var(FILE).unwrap()).unwrap())
            .build();
        sched.spawn(move || {
            (0..5).for_each(|_| yield_now());
            end();
        });
        sched.run().unwrap();
        return;
    }
    for (end, _) in ENDS {
        let folder = Folder::new();
        let output = again(a_process_that_ends_in_the_midst_of_a_task_leaves_all_turns_before)
            .env(END, end)
            .env(FILE, folder.at("recording"))
            .output()
            .unwrap();
        assert_eq!(turn(&folder), 5, "{end}: {output:?}");
    }
}
