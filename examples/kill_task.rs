//! `KillTask`: ends a task at once, wherever it is.
//!
//! Its stack is unwound, so its destructors run before the killer has its reply. Killing what is gone
//! is an error, and so is waiting for it.

use coros::syscall::{GetTid, KillTask, NewTask, WaitTask};
use coros::{RunError, call, run, yield_now};

/// Something that must be put back.
struct Borrowed(&'static str);

impl Drop for Borrowed {
    fn drop(&mut self) {
        println!("child: the {} is back in its place", self.0);
    }
}

fn child() {
    let _lamp = Borrowed("lamp");
    let tid = call(GetTid);
    loop {
        println!("I'm the child, {tid}");
        yield_now();
    }
}

fn main() -> Result<(), RunError> {
    run(|| {
        let child = call(NewTask::new(child));
        for _ in 0..5 {
            yield_now();
        }
        println!("parent: that will do");
        call(KillTask(child)).expect("the child is alive");
        println!("parent: it is gone");
        println!("parent: {}", call(KillTask(child)).unwrap_err());
        println!("parent: {}", call(WaitTask(child)).unwrap_err());
    })
}
