//! Step 4, the system call: an object goes out, a reply comes back.
//!
//! A task that wants anything from outside itself stops, as at every trap, and the scheduler serves what
//! it has handed out. `GetTid` asks for the task's own number; `WhoAmI` is the same call, written here.
//! The library's scheduler takes the place of our own: it knows who called.
//!
//! `cargo run --example step4 -- broken` calls where no scheduler serves.

use coros::syscall::GetTid;
use coros::{Answer, Kernel, Scheduler, Stuck, SystemCall, Task, Tid, call};

/// What every system call looks like: an object that can be served.
struct WhoAmI;

impl SystemCall for WhoAmI {
    type Reply = Tid;

    fn serve(&mut self, _kernel: &mut Kernel, caller: Tid) -> Answer<Tid> {
        Answer::Done(caller)
    }
}

fn introduce(name: &str) {
    let tid = call(GetTid);
    println!("{name}: I am task {tid}");
    println!("{name}: still task {}", call(WhoAmI));
}

fn main() -> Result<(), Stuck> {
    if std::env::args().any(|argument| argument == "broken") {
        let ran = Task::new(|| introduce("unserved")).run();
        println!("main: {ran:?}");
        return Ok(());
    }
    let mut sched = Scheduler::new();
    sched.spawn(|| introduce("first"));
    sched.create_task(Task::new(|| introduce("second"))); // The same, without a handle.
    sched.run()?;
    Ok(())
}
