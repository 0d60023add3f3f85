//! The tour's first task: asks who it is.

use coros::call;
use coros::syscall::GetTid;

use crate::term::say;

pub fn task() {
    let me = call(GetTid);
    say!("I am task {me}.");
}
