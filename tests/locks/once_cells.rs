//! Cells that are set once: who initialises, and who is next if that fails.

use std::cell::Cell;
use std::rc::Rc;

use coros::sync::{OnceCell, OnceError};
use coros::{JoinHandle, sleep, spawn, timeout, yield_now};

use crate::common::{run, seconds};

/// A task that takes a second to make this value, and says which it got.
fn maker(cell: &OnceCell<u32>, value: u32) -> JoinHandle<u32> {
    let cell = cell.clone();
    spawn(move || {
        let made = cell.get_or_init(|| {
            sleep(seconds(1)).unwrap();
            value
        });
        *made.unwrap()
    })
}

#[test]
fn one_initialises_and_the_others_wait_for_it() {
    run(|| {
        let (cell, made) = (OnceCell::new(), Rc::new(Cell::new(0)));
        let makers: Vec<_> = (0..10)
            .map(|value| {
                let (cell, made) = (cell.clone(), Rc::clone(&made));
                spawn(move || {
                    let got = cell.get_or_init(|| {
                        made.set(made.get() + 1);
                        sleep(seconds(1)).unwrap();
                        value
                    });
                    *got.unwrap()
                })
            })
            .collect();
        assert!(makers.iter().all(|maker| maker.join().unwrap() == 0));
        assert_eq!((made.get(), cell.waiters(), cell.get()), (1, 0, Some(&0)));
    });
}

#[test]
fn the_next_initialises_if_the_first_is_killed() {
    run(|| {
        let cell = OnceCell::new();
        let [first, second, third] = [1, 2, 3].map(|value| maker(&cell, value));
        yield_now();
        assert_eq!(cell.waiters(), 2);
        first.kill().unwrap();
        assert_eq!((second.join().unwrap(), third.join().unwrap()), (2, 2));
    });
}

#[test]
fn the_next_initialises_if_the_first_panics_or_fails() {
    run(|| {
        let cell = OnceCell::new();
        let panics = spawn({
            let cell = cell.clone();
            move || {
                _ = cell.get_or_init(|| {
                    yield_now();
                    panic!("cannot make it");
                });
            }
        });
        let fails = spawn({
            let cell = cell.clone();
            move || {
                let failed = cell.get_or_try_init(|| {
                    yield_now();
                    Err("nor I")
                });
                assert_eq!(failed, Err(OnceError::Failed("nor I")));
            }
        });
        let makes = maker(&cell, 7);
        assert_eq!(makes.join().unwrap(), 7);
        assert!(panics.join().is_err() && fails.join().is_ok());
    });
}

#[test]
fn a_waiter_that_is_killed_out_of_time_or_cancelled_leaves_no_entry() {
    run(|| {
        let cell = OnceCell::new();
        let makes = spawn({
            let cell = cell.clone();
            move || {
                *cell
                    .get_or_init(|| sleep(seconds(9)).map_or(0, |()| 9))
                    .unwrap()
            }
        });
        let [killed, cancelled] = [1, 2].map(|value| {
            let cell = cell.clone();
            spawn(move || cell.get_or_init(|| value).is_err())
        });
        yield_now();
        assert!(timeout(seconds(1), || cell.get_or_init(|| 3).is_err()).is_err());
        killed.kill().unwrap();
        cancelled.cancel("enough");
        assert!(cancelled.join().unwrap());
        assert_eq!(cell.waiters(), 0);
        assert_eq!(makes.join().unwrap(), 9);
    });
}

#[test]
fn the_next_that_was_called_and_is_killed_passes_the_call_on() {
    for turns in 0..4 {
        run(move || {
            let cell = OnceCell::new();
            let [first, second, third] = [1, 2, 3].map(|value| maker(&cell, value));
            yield_now();
            first.kill().unwrap();
            for _ in 0..turns {
                yield_now();
            }
            second.kill().unwrap();
            assert_eq!(third.join().unwrap(), 3);
            assert_eq!(cell.waiters(), 0);
        });
    }
}

#[test]
fn to_initialise_recursively_is_an_error_and_no_hang() {
    run(|| {
        let cell = OnceCell::new();
        let made = cell.get_or_init(|| match cell.get_or_init(|| 1) {
            Err(OnceError::Recursive(_)) => 2,
            other => panic!("{other:?}"),
        });
        assert_eq!(made, Ok(&2));
    });
}

#[test]
fn a_cell_is_set_once_and_not_while_somebody_initialises_it() {
    run(|| {
        let cell = OnceCell::new();
        let makes = maker(&cell, 1);
        yield_now();
        assert_eq!(cell.set(2), Err(2));
        assert_eq!(makes.join().unwrap(), 1);
        assert_eq!(cell.set(3), Err(3));
    });
    let cell = OnceCell::new();
    assert_eq!(
        (cell.set(4), cell.get()),
        (Ok(()), Some(&4)),
        "also outside tasks"
    );
}

#[test]
fn outside_tasks_a_recursive_initialiser_is_told_so_without_naming_a_task() {
    let cell = OnceCell::new();
    let made = cell.get_or_init(|| match cell.get_or_init(|| 1) {
        Err(error @ OnceError::Recursive(None)) => {
            assert!(error.to_string().starts_with("code outside all tasks is"));
            2
        }
        other => panic!("{other:?}"),
    });
    assert_eq!(made, Ok(&2));
}

#[test]
fn tasks_driven_by_hand_do_not_initialise_for_each_other() {
    let cell = OnceCell::new();
    let slow = cell.clone();
    let mut first = coros::Task::new(move || {
        slow.get_or_init(|| {
            yield_now();
            1
        })
        .unwrap();
    });
    first.run();
    let also = cell.clone();
    let mut second = coros::Task::new(move || _ = also.get_or_init(|| 2));
    let ended = format!("{:?}", second.run());
    assert!(
        ended.contains("no scheduler serves this call: Initialise"),
        "it would have to wait for the other: {ended}"
    );
    first.run();
    assert_eq!(cell.get(), Some(&1));
}
