//! The tour's second task: has a child.

use coros::call;
use coros::syscall::NewTask;

use crate::term::say;

pub fn task() {
    let child = call(NewTask::new(|| say!("Hello, I am new here.")));
    say!("My child is task {child}.");
}
