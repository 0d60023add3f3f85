//! A logger that panics when a task is born takes nothing from its group.

use std::panic::{AssertUnwindSafe, catch_unwind};

use coros::{Builder, group, sleep};

use crate::common::{Log, alone, scheduler, seconds};

/// Panics when it is told of one birth.
struct Broken;

impl log::Log for Broken {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let text = record.args().to_string();
        assert!(!text.contains("'bomb' is born"), "the logger is broken");
    }

    fn flush(&self) {}
}

#[test]
fn a_member_whose_birth_could_not_be_logged_goes_before_its_parents_frame() {
    // There is one logger a process.
    alone(
        a_member_whose_birth_could_not_be_logged_goes_before_its_parents_frame,
        || {
            log::set_logger(&Broken).unwrap();
            log::set_max_level(log::LevelFilter::Debug);
            let log = Log::new();
            let said = log.clone();
            let mut sched = scheduler();
            let p = sched.spawn(move || {
                let frame = said.on_drop("frame");
                let _ = group(|g| {
                    let _ = catch_unwind(AssertUnwindSafe(|| {
                        g.spawn_with(Builder::new().name("bomb"), || {
                            let _f = &frame;
                            let _b = said.on_drop("child");
                            let _ = sleep(seconds(60));
                        });
                    }));
                    let _ = sleep(seconds(100));
                });
            });
            sched.spawn(move || {
                let _ = sleep(seconds(1));
                p.kill().unwrap();
            });
            sched.run().unwrap();
            assert_eq!(log.take(), ["child", "frame"]);
        },
    );
}
