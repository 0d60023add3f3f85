//! The exercises of the guide, a folder a chapter: `yours` is for the reader to write. A package of
//! their own, so that nothing but the library is built for them.
//!
//! `grade` tells what is right, `solved` is one answer. As long as `yours::DONE` is `false`, the test
//! holds that what stands there does not pass yet; once it is `true`, `yours` is graded.

mod chapter_01;
mod chapter_02;
mod chapter_03;
mod chapter_04;
mod chapter_05;
mod chapter_06;
mod chapter_07;
mod chapter_08;
mod chapter_09;
mod chapter_10;
mod chapter_11;
mod chapter_12;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// Judges what stands in `yours.rs`.
#[track_caller]
fn judge(done: bool, grade: impl FnOnce() + Send + 'static) {
    if done {
        let endless = "it goes on and on: which loop does not end?";
        return in_time(Duration::from_secs(7), endless, grade);
    }
    let passes = catch_unwind(AssertUnwindSafe(grade)).is_ok();
    assert!(!passes, "this passes: set DONE in yours.rs to true");
}

/// Grades in a thread of its own, so that what never ends does not hold up the test.
#[track_caller]
fn in_time(limit: Duration, or_else: &str, grade: impl FnOnce() + Send + 'static) {
    let (tell, told) = channel::<()>();
    let graded = thread::spawn(move || {
        let _tell = tell;
        grade();
    });
    let over = told.recv_timeout(limit);
    assert!(over != Err(RecvTimeoutError::Timeout), "{or_else}");
    if let Err(payload) = graded.join() {
        resume_unwind(payload);
    }
}

/// The two tests of a chapter, on a function that is both in `solved` and in `yours`.
macro_rules! exercise {
    ($function:ident) => {
        #[test]
        fn the_solution_passes() {
            grade::grade(solved::$function);
        }

        #[test]
        fn yours_is_graded_once_it_is_done() {
            crate::judge(yours::DONE, || grade::grade(yours::$function));
        }
    };
}
use exercise;
