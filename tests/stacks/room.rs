//! What fits on a stack, and what a stack costs.

use std::fmt::Write;
use std::hint::black_box;

use coros::{Builder, Scheduler, call, syscall::GetTid};

use crate::common::{again, alone, is_alone};

fn in_task<T: 'static>(f: impl FnOnce() -> T + 'static) -> T {
    coros::run(f).unwrap()
}

#[test]
fn printing_and_formatting_fit_the_default_stack() {
    let text = in_task(|| {
        let mut text = String::new();
        for number in 0..1_000 {
            writeln!(
                text,
                "{number:>08} {:?} {:e}",
                Some([1.5; 8]),
                f64::from(number)
            )
            .unwrap();
        }
        println!("{} bytes were formatted", text.len());
        text
    });
    assert_eq!(text.lines().count(), 1_000);
}

#[test]
fn a_panic_with_a_full_backtrace_fits_the_default_stack() {
    if is_alone() {
        let mut sched = Scheduler::new();
        let task = sched.spawn(|| panic!("seen"));
        let report = sched.run().unwrap();
        assert!(task.join().is_err() && report.panicked == 1);
        return;
    }
    let mut child = again(a_panic_with_a_full_backtrace_fits_the_default_stack);
    let output = child.env("RUST_BACKTRACE", "full").output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    assert!(
        told.contains("seen") && told.contains("stack backtrace"),
        "{told}"
    );
}

#[test]
fn a_large_closure_and_large_locals_fit_the_default_stack() {
    let ballast = [7u8; 9_000];
    let sum = in_task(move || {
        let local = black_box([1u8; 100_000]);
        call(GetTid);
        u64::from(ballast[8_999]) + local.iter().map(|&byte| u64::from(byte)).sum::<u64>()
    });
    assert_eq!(sum, 100_007);
}

#[test]
fn the_smallest_stack_runs_a_task() {
    let tid = in_task(|| {
        let small = Builder::new().stack_size(8 << 10).spawn(|| call(GetTid));
        (small.tid(), small.join().unwrap())
    });
    assert_eq!(tid.0, tid.1);
}

#[test]
fn each_size_class_has_all_the_room_that_was_asked_for() {
    for size in [16 << 10, 100_000, 1 << 20, 8 << 20] {
        let touched = in_task(move || {
            let big = Builder::new().stack_size(size);
            big.spawn(move || dive(size - 4_096)).join().unwrap()
        });
        assert!(touched >= size - 4_096, "{size}");
    }
}

/// Goes down until `room` bytes below this frame have been touched; how many there were.
fn dive(room: usize) -> usize {
    let top = black_box(&room) as *const usize as usize;
    deeper(top, room)
}

#[inline(never)]
fn deeper(top: usize, room: usize) -> usize {
    let frame = black_box([1u8; 256]);
    let depth = top - frame.as_ptr() as usize;
    // The bound keeps the last frame itself within the room.
    if depth + 1_024 >= room {
        room
    } else {
        deeper(top, room) + usize::from(frame[0]) - 1
    }
}

#[test]
#[cfg(target_os = "linux")]
fn untouched_stack_costs_no_memory() {
    alone(untouched_stack_costs_no_memory, || {
        let before = resident();
        let mut sched = Scheduler::builder().stack_size(16 << 20).build();
        for _ in 0..200 {
            sched.spawn(coros::yield_now);
        }
        sched.step().unwrap();
        let grown = resident() - before;
        assert!(grown < 16 << 20, "200 stacks of 16 MiB take {grown} bytes");
        sched.run().unwrap();
    });
}

#[cfg(target_os = "linux")]
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap();
    status.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}
