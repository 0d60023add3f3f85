//! `group`: tasks that end before their block does, and may borrow.
//!
//! They end before the block that began them does, and so may borrow from around it. If one of them fails,
//! the others are cancelled; no task is left behind.

use std::time::Duration;

use coros::{Clock, Scheduler, Stuck, group, sleep};

fn count_letters() {
    let words = ["stack", "heap", "queue"];
    let letters = group(|g| {
        let counts = words.each_ref().map(|word| g.spawn(|| word.len()));
        counts.map(|count| count.join().expect("it has counted"))
    });
    match letters {
        Ok(letters) => println!("{words:?} have {letters:?} letters"),
        Err(error) => println!("{error}"),
    }
}

fn fail() {
    let failed = group(|g| {
        g.spawn(|| match sleep(Duration::from_secs(3600)) {
            Ok(()) => println!("patient: an hour is over"),
            Err(interrupted) => println!("patient: {interrupted}"),
        });
        g.spawn_result(|| "seven".parse::<f32>());
    });
    match failed {
        Ok(()) => println!("all is well"),
        Err(error) => println!("{error}"),
    }
}

fn main() -> Result<(), Stuck> {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    sched.spawn(|| {
        count_letters();
        fail();
    });
    println!("{}", sched.run()?);
    Ok(())
}
