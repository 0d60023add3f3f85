//! A cancelled task cleans up, even if that has to wait.
//!
//! `cancel` asks a task to end; `shield` lets it wait for a while nevertheless. A cancel breaks off the
//! wait that the task is in, and every later one; a shield keeps it away, for as long as it is told.

use std::time::Duration;

use coros::{Clock, Scheduler, Stuck, shield, sleep, spawn};

const SECOND: Duration = Duration::from_secs(1);

fn write_diary() {
    let mut page = 0;
    let interrupted = loop {
        match sleep(SECOND) {
            Ok(()) => page += 1,
            Err(interrupted) => break interrupted,
        }
        println!("writer: page {page}");
    };
    println!("writer: {interrupted}");
    if sleep(SECOND).is_err() {
        println!("writer: without a shield I cannot even wait for the ink to dry");
    }
    match shield(5 * SECOND, || sleep(2 * SECOND)) {
        Ok(_) => println!("writer: the ink is dry, the diary is closed"),
        Err(late) => println!("writer: {late}"),
    }
}

fn main() -> Result<(), Stuck> {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    sched.spawn(|| {
        let writer = spawn(write_diary);
        sleep(3 * SECOND + SECOND / 2).expect("nothing breaks this sleep off");
        println!("parent: lights out");
        writer.cancel("it is late");
        writer.join().expect("it returns");
        println!("parent: good night");
    });
    sched.run()?;
    Ok(())
}
