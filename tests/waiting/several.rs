//! Waiting for several tasks: the first to end, the first to fail, all; with a time, or without.

use coros::syscall::Now;
use coros::{
    JoinHandle, Waitable, call, group, sleep, spawn, timeout, wait_all, wait_any,
    wait_first_failed, yield_now,
};

use crate::common::{run, seconds};

fn sleepers<const N: usize>(times: [u64; N]) -> [JoinHandle<u64>; N] {
    times.map(|time| {
        spawn(move || {
            sleep(seconds(time)).unwrap();
            time
        })
    })
}

#[test]
fn the_first_to_end_is_told_first() {
    run(|| {
        let tasks = sleepers([3, 1, 2]);
        let waited = wait_any(&tasks, None).unwrap();
        assert_eq!((waited.done, waited.pending), (vec![1], vec![0, 2]));
        assert_eq!(tasks[1].join().unwrap(), 1);
        assert_eq!(tasks[0].join().unwrap(), 3, "the others went on");
    });
}

#[test]
fn all_are_told_in_the_order_of_their_ends() {
    run(|| {
        let waited = wait_all(sleepers([3, 1, 2]), None).unwrap();
        assert_eq!(waited.done, [1, 2, 0]);
        assert!(waited.pending.is_empty());
    });
}

#[test]
fn the_first_failure_ends_the_wait() {
    run(|| {
        let fine = spawn(|| sleep(seconds(1)).is_ok());
        let slow = spawn(|| sleep(seconds(9)).is_ok());
        let fails = spawn(|| {
            sleep(seconds(2)).unwrap();
            panic!("as planned");
        });
        let waited = wait_first_failed(&[fine, slow, fails], None).unwrap();
        assert_eq!((waited.done, waited.pending), (vec![0, 2], vec![1]));
    });
}

#[test]
fn when_the_time_is_over_the_rest_is_pending() {
    run(|| {
        let began = call(Now);
        let tasks = sleepers([1, 2, 9]);
        let waited = wait_all(&tasks, seconds(5)).unwrap();
        assert_eq!((waited.done, waited.pending), (vec![0, 1], vec![2]));
        assert_eq!(call(Now) - began, seconds(5));
        assert_eq!(sleep(seconds(1)), Ok(()), "the timer is gone");
    });
}

#[test]
fn what_has_ended_before_is_told_at_once_also_without_tasks() {
    run(|| {
        let tasks = sleepers([1, 2]);
        wait_all(&tasks, None).unwrap();
        assert_eq!(wait_any(&tasks, None).unwrap().done, [0, 1]);
        let nobody: [JoinHandle<()>; 0] = [];
        assert_eq!(wait_any(&nobody, None).unwrap().done, [0; 0]);
    });
}

#[test]
fn an_interruption_leaves_the_tasks_alone() {
    run(|| {
        let tasks = sleepers([5, 6]);
        let waited = timeout(seconds(1), || wait_any(&tasks, None));
        assert!(waited.is_err());
        assert_eq!(wait_all(&tasks, None).unwrap().done, [0, 1]);
    });
}

#[test]
fn members_of_a_group_can_be_waited_for_and_so_can_a_mix_of_types() {
    run(|| {
        let outsider = spawn(|| sleep(seconds(9)));
        group(|g| {
            let member = g.spawn(|| sleep(seconds(1)));
            let both: [&dyn coros::Waitable; 2] = [&outsider, &member];
            assert_eq!(wait_any(both, None).unwrap().done, [1]);
        })
        .unwrap();
    });
}

#[test]
fn a_killed_waiter_waits_for_nobody_any_more() {
    run(|| {
        let waiter = spawn(|| {
            let tasks = sleepers([5, 6, 7]);
            wait_all(&tasks, None).is_ok()
        });
        for _ in 0..9 {
            yield_now();
        }
        waiter.kill().unwrap();
        assert_eq!(sleep(seconds(10)), Ok(()));
    });
}

#[test]
fn handles_of_different_types_are_waited_for_together() {
    run(|| {
        let (number, word) = (spawn(|| 7), spawn(|| String::from("seven")));
        let slow = spawn(|| sleep(seconds(9)));
        let waited = wait_any((&number, &word, &slow), None).unwrap();
        assert_eq!((waited.done, waited.pending), (vec![0, 1], vec![2]));
        let waited = wait_all((&slow, &word), seconds(1)).unwrap();
        assert_eq!((waited.done, waited.pending), (vec![1], vec![0]));
        assert_eq!(number.join().unwrap(), 7);
        assert_eq!(word.join().unwrap(), "seven");
        let waited = wait_all((slow, word), None).unwrap();
        assert_eq!(waited.done, [1, 0], "in the order of their ends");
    });
}

#[test]
fn members_of_a_group_are_waited_for_beside_other_tasks() {
    run(|| {
        let outside = spawn(|| sleep(seconds(2)).is_ok());
        let borrowed = [1, 2];
        let sum = group(|g| {
            let (sum, name) = (g.spawn(|| borrowed.iter().sum::<i32>()), g.spawn(|| "name"));
            let waited = wait_all((&sum, &outside, &name), None).unwrap();
            assert_eq!(waited.done, [0, 2, 1]);
            sum.join().unwrap()
        });
        assert_eq!(sum.unwrap(), 3);
    });
}

#[test]
fn the_first_failure_is_found_among_different_types() {
    run(|| {
        let (fine, fails) = (spawn(|| 1_u8), spawn(|| -> String { panic!("no") }));
        let slow = spawn(|| sleep(seconds(9)));
        let waited = wait_first_failed((&slow, &fails, &fine), None).unwrap();
        assert_eq!((waited.done, waited.pending), (vec![2, 1], vec![0]));
    });
}

#[test]
fn slices_arrays_vectors_and_trait_objects_are_waited_for_alike() {
    run(|| {
        let (number, word) = (spawn(|| 7), spawn(|| "seven"));
        let mixed: [&dyn Waitable; 2] = [&number, &word];
        assert_eq!(wait_all(mixed, None).unwrap().done, [0, 1]);
        assert_eq!(wait_all(&mixed[1..], None).unwrap().done, [0]);
        let tasks = Vec::from(sleepers([2, 1]));
        assert_eq!(wait_any(&tasks, None).unwrap().done, [1]);
        let borrowed: Vec<_> = tasks.iter().collect();
        assert_eq!(wait_all(&borrowed, None).unwrap().done, [1, 0]);
        assert_eq!(wait_all((&tasks[0],), None).unwrap().done, [0]);
    });
}
