//! One lock for all: an interpreter like CPython.
//!
//! The same interpreter runs in two worlds: its threads are tasks on two simulated CPUs, or, with
//! `threads`, threads of the operating system. It shows who gains by a second thread, and what becomes of
//! one that reads beside one that computes, if the lock is given up too seldom, or too often.
//!
//! With `broken`, the lock is let go as before, but not handed over.

mod interpreter;
mod program;
mod run;
mod tasks;
mod threads;

use std::time::Duration;

use interpreter::Rule;
use run::{Machine, Passing};

/// What CPython does since 3.2.
const ON_DEMAND: Rule = Rule::Asked(Duration::from_millis(5));

fn main() {
    let is_said = |word| std::env::args().any(|argument| argument == word);
    let machine = match is_said("threads") {
        true => Machine::real(),
        false => Machine::simulated(),
    };
    if is_said("broken") {
        return one_reads(&machine, Passing::Back);
    }
    all_compute(&machine);
    all_read(&machine);
    one_reads(&machine, Passing::On);
}

fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

fn words(rule: Rule) -> String {
    match rule {
        Rule::Every(1) => "every bytecode".to_owned(),
        Rule::Every(count) => format!("every {count} bytecodes"),
        Rule::Asked(interval) => format!("asked for {}", ms(interval)),
        Rule::NoLock => "no lock".to_owned(),
    }
}

fn all_compute(machine: &Machine) {
    let (sum, crunch) = (&machine.sum, &machine.crunch);
    println!("threads that compute      the lock is given up         done after");
    for (title, rule, programs) in [
        ("one", ON_DEMAND, &[sum][..]),
        ("two", ON_DEMAND, &[sum, sum]),
        ("two", Rule::Every(100), &[sum, sum]),
        ("two", Rule::NoLock, &[sum, sum]),
        ("two, by an extension", ON_DEMAND, &[crunch, crunch]),
    ] {
        let run = machine.run(rule, Passing::On, programs);
        println!("  {title:23} {:23} {:>15}", words(rule), ms(run.took()));
    }
}

fn all_read(machine: &Machine) {
    let reads = [60, 20, 30].map(|ms| program::read(1, ms));
    println!("threads that read for 60, 20 and 30 ms");
    for rule in [ON_DEMAND, Rule::NoLock] {
        let run = machine.run(rule, Passing::On, &reads.each_ref());
        println!("  {:23} {:23} {:>15}", "three", words(rule), ms(run.took()));
    }
}

/// The reader alone would take 11 ms.
fn one_reads(machine: &Machine, passing: Passing) {
    let reader = program::read(10, 1);
    println!("one reads 10 times 1 ms   reader's    reader  computer  two that   their");
    println!("beside one that computes   longest   is done   is done   compute   hand-");
    println!("  the lock is given up        wait     after     after  are done   overs");
    for &rule in &machine.rules {
        let run = machine.run(rule, passing, &[&machine.sum, &reader]);
        let two = machine.run(rule, passing, &[&machine.sum, &machine.sum]);
        let [computer, reader] = &run.threads[..] else {
            unreachable!("these are two")
        };
        let times = [
            reader.longest_wait,
            reader.ended,
            computer.ended,
            two.took(),
        ];
        let times = times.map(|time| format!("{:>9}", ms(time))).join(" ");
        println!("  {:23}{times} {:7}", words(rule), two.hand_overs);
    }
}
