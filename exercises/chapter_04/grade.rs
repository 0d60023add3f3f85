//! Who works when, and how long all of it takes, on two CPUs.

use std::cell::RefCell;
use std::rc::Rc;

use coros::sync::Mutex;
use coros::{Clock, Scheduler};

use super::machine::{Op, Thread};

type Run = fn(&Thread, &[Op], usize, &Mutex<()>);

/// The trace of threads `a`, `b` and so on, and how many milliseconds they take.
fn trace(run: Run, every: usize, programs: &[&[Op]]) -> (String, u128) {
    let trace = Rc::new(RefCell::new(String::new()));
    let lock = Mutex::new(());
    let mut sched = Scheduler::builder().clock(Clock::Virtual).cpus(2).build();
    let start = sched.now();
    for (name, program) in ('a'..).zip(programs) {
        let (program, lock) = (program.to_vec(), lock.clone());
        let trace = Rc::clone(&trace);
        let thread = Thread { name, trace };
        sched.spawn(move || run(&thread, &program, every, &lock));
    }
    sched.run().expect("no task waits for the lock for ever");
    assert!(!lock.is_poisoned(), "no task panics with the lock");
    assert!(!lock.is_locked(), "a task that has ended has no lock");
    let took = sched.now() - start;
    (trace.take(), took.as_millis())
}

pub fn grade(run: Run) {
    use Op::{Crunch, Read, Work};
    let expect = |every, programs: &[&[Op]], told: &str, took, why| {
        assert_eq!(
            trace(run, every, programs),
            (told.to_owned(), took),
            "{why};\n  who works, a letter each time, and how many ms it takes"
        );
    };
    let five = &[Work; 5][..];
    expect(2, &[five, five], "aabbaabbab", 10, "two each, in turn");
    expect(1, &[five, five], "ababababab", 10, "one each, in turn");
    expect(9, &[five, five], "aaaaabbbbb", 10, "none works nine");
    expect(2, &[five], "aaaaa", 5, "no other wants it");
    expect(2, &[five, &[]], "aaaaa", 5, "a program may be empty");
    expect(
        2,
        &[&[Work; 4], &[Work; 2]],
        "aabbaa",
        6,
        "b ends with its two",
    );

    let reads = &[Work, Read, Work][..];
    expect(
        9,
        &[reads, &[Work; 4]],
        "abbbba",
        7,
        "b works while a reads",
    );
    expect(9, &[&[Read], &[Read], &[Read]], "", 5, "all read at once");
    let crunch = &[Crunch, Crunch][..];
    expect(9, &[crunch, crunch], "", 10, "there are two CPUs");

    let reader = &[Work, Read, Work, Work, Work, Work][..];
    let told = "abbbbbbaaabbba";
    let why = "after a read, the three count from one again";
    expect(3, &[reader, &[Work; 9]], told, 14, why);
}
