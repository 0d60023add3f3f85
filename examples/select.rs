//! `select!`: waits for whichever comes first.
//!
//! The calls that lose did not happen: no job is taken and then lost.

use std::time::Duration;

use coros::channel::{Receiver, oneshot, unbounded};
use coros::{Clock, Scheduler, Stuck, interval, select, sleep};

const SECOND: Duration = Duration::from_secs(1);

enum Event {
    Job(&'static str),
    Tick,
    Stop,
}

fn serve(jobs: &Receiver<&'static str>, stop: &oneshot::Receiver<()>) {
    let mut clock = interval(2 * SECOND);
    loop {
        let event = select! {
            _ = stop.receiving() => Event::Stop,
            job = jobs.receiving() => Event::Job(job.expect("jobs come until the end")),
            _ = clock.ticking() => Event::Tick,
        };
        match event.expect("nothing breaks this wait off") {
            Event::Job(job) => println!("server: {job}"),
            Event::Tick => println!("server: tick"),
            Event::Stop => return println!("server: the end"),
        }
    }
}

fn main() -> Result<(), Stuck> {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let (desk, jobs) = unbounded();
    let (bell, stop) = oneshot();
    sched.spawn(move || serve(&jobs, &stop));
    sched.spawn(move || {
        for job in ["sweep", "cook", "wash up"] {
            sleep(SECOND + SECOND / 2).expect("nothing breaks this sleep off");
            desk.send(job).expect("the server is there");
        }
        sleep(SECOND).expect("nothing breaks this sleep off");
        bell.send(()).expect("the server is there");
    });
    sched.run()?;
    Ok(())
}
