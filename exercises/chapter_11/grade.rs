//! The first answer, in time, and no task is left behind; in virtual time.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use coros::syscall::Now;
use coros::{Clock, Scheduler, call, shield, sleep};

use super::Ask;

type FirstAnswer = fn(Vec<Ask>, Duration) -> Option<(usize, u32)>;

const LIMIT: Duration = Duration::from_secs(5);
const NEVER: u64 = 1_000_000;

/// What came of it: the answer, after how many seconds, and how many servers were still being asked.
type Came = (Option<(usize, u32)>, u64, usize);

/// Asks servers that answer, or refuse, after so many seconds.
fn ask(first_answer: FirstAnswer, servers: &[(u64, Option<u32>)]) -> Came {
    ask_tidy(first_answer, servers, 0)
}

/// As `ask`; who is broken off takes so many seconds more to tidy up.
fn ask_tidy(first_answer: FirstAnswer, servers: &[(u64, Option<u32>)], tidying: u64) -> Came {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let start = sched.now();
    let asked = Rc::new(Cell::new(0_usize));
    let server = |&(takes, answer): &(u64, Option<u32>)| -> Ask {
        let asked = Rc::clone(&asked);
        Box::new(move || {
            asked.set(asked.get() + 1);
            let in_time = sleep(Duration::from_secs(takes)).is_ok();
            if !in_time {
                let time = Duration::from_secs(tidying);
                _ = shield(Duration::MAX, || sleep(time));
            }
            asked.set(asked.get() - 1);
            answer.filter(|_| in_time)
        })
    };
    let servers = servers.iter().map(server).collect();
    let left = Rc::clone(&asked);
    let came = sched.spawn(move || {
        let answer = first_answer(servers, LIMIT);
        (answer, (call(Now) - start).as_secs(), left.get())
    });
    sched.run().expect("it comes to an end");
    came.join().expect("it comes back")
}

pub fn grade(first_answer: FirstAnswer) {
    let came = ask(first_answer, &[(3, Some(30)), (1, Some(10)), (2, Some(20))]);
    assert_eq!(came.0, Some((1, 10)), "the second is the quickest");
    assert_eq!(came.1, 1, "all are asked at the same time");
    assert_eq!(came.2, 0, "no task waits for an answer that is not needed");

    let came = ask(first_answer, &[(NEVER, Some(1)), (1, None), (2, Some(20))]);
    assert_eq!(came, (Some((2, 20)), 2, 0), "who refuses has not answered");

    let came = ask(first_answer, &[(1, None), (2, None)]);
    assert_eq!(
        came,
        (None, 2, 0),
        "when all have refused, nothing more is to come"
    );

    let came = ask(first_answer, &[(NEVER, Some(1)), (6, Some(2)), (1, None)]);
    assert_eq!(
        came,
        (None, 5, 0),
        "no server answers within the limit of 5 s"
    );

    let came = ask(first_answer, &[]);
    assert_eq!(came, (None, 0, 0), "no server is asked");

    let many: Vec<_> = (0..100).map(|number| (100 - number, Some(7))).collect();
    let came = ask(first_answer, &many);
    assert_eq!(came, (Some((99, 7)), 1, 0), "the last of a hundred");

    tidying_takes_time(first_answer);
}

fn tidying_takes_time(first_answer: FirstAnswer) {
    let came = ask_tidy(
        first_answer,
        &[(NEVER, Some(1)), (2, Some(20)), (9, None)],
        1,
    );
    assert_eq!(
        came,
        (Some((1, 20)), 3, 0),
        "the others tidy up for 1 s, at the same time"
    );

    let came = ask_tidy(first_answer, &[(NEVER, Some(1)), (9, Some(2))], 10);
    assert_eq!(
        came,
        (None, 15, 0),
        "the others tidy up, longer than the limit"
    );
}
