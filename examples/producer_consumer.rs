//! A bounded channel: the faster one waits while it is full.
//!
//! The last sender that is dropped closes the channel, and so ends the consumer's loop.

use std::time::Duration;

use coros::channel::{Receiver, Sender, bounded};
use coros::{Clock, Scheduler, Stuck, sleep};

fn bake(oven: &Sender<u32>) {
    for loaf in 1..=5 {
        oven.send(loaf).expect("the guest is there");
        println!(
            "baker: loaf {loaf} is on the shelf, which holds {}",
            oven.len()
        );
    }
    println!("baker: that was the last");
}

fn eat(shelf: &Receiver<u32>) {
    for loaf in shelf.iter() {
        println!("guest: takes loaf {loaf}");
        sleep(Duration::from_secs(600)).expect("nothing breaks this sleep off");
    }
    println!("guest: the bakery is closed");
}

fn main() -> Result<(), Stuck> {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let (oven, shelf) = bounded(2);
    sched.spawn(move || bake(&oven));
    sched.spawn(move || eat(&shelf));
    sched.run()?;
    Ok(())
}
