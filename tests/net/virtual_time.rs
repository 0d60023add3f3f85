//! In virtual time, what tasks say to each other over sockets takes no time.

use std::io::{BufRead, BufReader, Write};
use std::time::Duration;

use coros::syscall::Now;
use coros::{Clock, Scheduler, call, sleep, spawn};

use crate::sockets::pair;

#[test]
fn an_hour_between_two_lines_passes_at_once() {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let talk = sched.spawn(|| {
        let (here, there) = pair();
        // Or the system would hold small writes back, for a while that is real.
        here.set_nodelay(true).unwrap();
        there.set_nodelay(true).unwrap();
        let began = call(Now);
        let echo = spawn(move || {
            for line in BufReader::new(&there).lines() {
                writeln!(&there, "{}", line.unwrap()).unwrap();
            }
        });
        let mut answers = BufReader::new(&here).lines();
        for number in 0..24 {
            sleep(Duration::from_secs(3600)).unwrap();
            writeln!(&here, "{number} o'clock").unwrap();
            let answer = answers.next().unwrap().unwrap();
            assert_eq!(answer, format!("{number} o'clock"));
        }
        assert!(!echo.is_finished());
        drop(answers);
        drop(here);
        echo.join().unwrap();
        call(Now) - began
    });
    sched.run().unwrap();
    assert_eq!(talk.join().unwrap(), Duration::from_secs(24 * 3600));
}
