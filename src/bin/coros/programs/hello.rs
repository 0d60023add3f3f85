//! The smallest program: one task, one call.

use clap::Args;
use coros::syscall::GetTid;
use coros::{Scheduler, call};

use super::{Verdict, fine};
use crate::term::say;

/// One task asks for its number and says hello
#[derive(Args)]
pub struct Hello {}

impl Hello {
    pub fn load(&self, sched: &mut Scheduler) -> Verdict {
        sched.spawn(|| {
            let me = call(GetTid);
            say!("Hello from task {me}.");
        });
        fine()
    }
}
