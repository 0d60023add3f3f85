//! The order of results.

use super::*;

/// Gives all that can be given now.
fn given(list: &mut WorkList<char>, now: Instant) -> String {
    let next = || match list.next(now) {
        Next::Given(waiter) => Some(waiter),
        Next::Late(_) | Next::Awaited(_) => None,
    };
    std::iter::from_fn(next).collect()
}

#[test]
fn results_are_given_in_the_order_in_which_they_were_asked_for() {
    let (mut list, now) = (WorkList::new(), Instant::now());
    let [a, b, c] = ['a', 'b', 'c'].map(|waiter| list.begin(waiter));
    list.end(c);
    assert_eq!(given(&mut list, now), "");
    assert!(!list.is_given(c));
    list.end(a);
    assert_eq!(given(&mut list, now), "a");
    assert!(list.is_given(a) && !list.is_over());
    list.end(b);
    assert_eq!(given(&mut list, now), "bc");
    assert!(list.is_over());
}

#[test]
fn what_was_given_up_keeps_nothing_back() {
    let (mut list, now) = (WorkList::new(), Instant::now());
    let [a, b] = ['a', 'b'].map(|waiter| list.begin(waiter));
    list.end(b);
    list.forget(a);
    assert_eq!(given(&mut list, now), "b");
    list.end(a);
    assert_eq!(given(&mut list, now), "", "no task waits for it");
}

#[test]
fn a_result_is_not_kept_back_for_ever() {
    let (mut list, now) = (WorkList::new(), Instant::now());
    let [a, b, c, d] = ['a', 'b', 'c', 'd'].map(|waiter| list.begin(waiter));
    assert_eq!(list.next(now), Next::Awaited(None));
    list.end(c);
    assert_eq!(list.next(now), Next::Awaited(Some(PATIENCE)));
    let late = now + PATIENCE;
    assert_eq!(list.next(late), Next::Late('a'));
    assert_eq!(given(&mut list, late), "c");
    // Those that are late come when they can, and the others still in their order.
    assert_eq!(list.next(late + PATIENCE), Next::Awaited(None));
    list.end(d);
    list.end(b);
    assert_eq!(given(&mut list, late), "bd");
    list.end(a);
    assert_eq!(given(&mut list, late), "a");
}

#[test]
fn tasks_that_never_rest_wait_in_the_end() {
    let (mut list, now) = (WorkList::new(), Instant::now());
    assert!((0..2 * LOOKS).all(|_| !list.holds_up(now)), "for nothing");
    let a = list.begin('a');
    let looks = |list: &mut WorkList<char>| (1..).find(|_| list.holds_up(now));
    assert_eq!(looks(&mut list), Some(LOOKS));
    assert_eq!(list.next(now), Next::Awaited(Some(PATIENCE)));
    list.end(a);
    assert_eq!(given(&mut list, now), "a");
    list.forget(a);

    list.begin('b');
    assert_eq!(looks(&mut list), Some(LOOKS));
    assert_eq!(list.next(now + PATIENCE), Next::Late('b'));
    assert_eq!(list.next(now + PATIENCE), Next::Awaited(None));
    assert!((0..2 * LOOKS).all(|_| !list.holds_up(now)), "not again");
}
