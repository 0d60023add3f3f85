//! A select over a mix: receive, send, lock, permit, event, join and sleep in one.

use coros::channel::bounded;
use coros::sync::{Event, Mutex, Semaphore};
use coros::syscall::Sleep;
use coros::{select, sleep, spawn, yield_now};

use crate::common::{run, seconds};

/// What is waited for, and what makes it come true.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Way {
    Received,
    Sent,
    Locked,
    Permitted,
    Rung,
    Joined,
    Slept,
}

const WAYS: [Way; 7] = [
    Way::Received,
    Way::Sent,
    Way::Locked,
    Way::Permitted,
    Way::Rung,
    Way::Joined,
    Way::Slept,
];

#[test]
fn whichever_comes_first_commits_and_the_others_lose_nothing() {
    for way in WAYS {
        run(move || wait_for(way));
    }
}

fn wait_for(way: Way) {
    let (items, inbox) = bounded::<u32>(1);
    let (outbox, sink) = bounded::<u32>(1);
    outbox.send(0).unwrap();
    let (mutex, permits, bell) = (Mutex::new(()), Semaphore::new(0), Event::new());
    let guard = mutex.lock().unwrap();
    let task = spawn(move || {
        let pause = if way == Way::Joined { 1 } else { 60 };
        sleep(seconds(pause))
    });
    let waiter = spawn({
        let (inbox, outbox, mutex) = (inbox.clone(), outbox.clone(), mutex.clone());
        let (permits, bell) = (permits.clone(), bell.clone());
        move || {
            let mut letter = Some(7);
            let patience = if way == Way::Slept { 1 } else { 50 };
            let chosen = select! {
                item = inbox.receiving() => { assert_eq!(item, Ok(5)); Way::Received },
                sent = outbox.sending(&mut letter) => { sent.unwrap(); Way::Sent },
                guard = mutex.locking() => { drop(guard.unwrap()); Way::Locked },
                permit = permits.acquiring() => { permit.unwrap().forget(); Way::Permitted },
                rung = bell.waiting() => { rung.unwrap(); Way::Rung },
                ended = task.joining() => { ended.unwrap().unwrap(); Way::Joined },
                _ = Sleep(seconds(patience)) => Way::Slept,
            };
            assert_eq!(
                letter.is_none(),
                way == Way::Sent,
                "a letter is kept unless it is sent"
            );
            task.kill().ok();
            chosen.unwrap()
        }
    });
    yield_now();
    yield_now();
    let mut guard = Some(guard);
    match way {
        Way::Received => items.send(5).unwrap(),
        Way::Sent => assert_eq!(sink.recv(), Ok(0)),
        Way::Locked => drop(guard.take()),
        Way::Permitted => permits.release(1),
        Way::Rung => bell.set(),
        Way::Joined | Way::Slept => {}
    }
    assert_eq!(waiter.join().unwrap(), way);
    // Nobody is left in any queue, and nothing was taken by those that lost.
    assert_eq!(
        (inbox.waiting_receivers(), outbox.waiting_senders()),
        (0, 0)
    );
    assert_eq!(
        (mutex.waiters(), permits.waiters(), bell.waiters()),
        (0, 0, 0)
    );
    drop(guard);
    assert!(mutex.try_lock().is_ok());
    assert_eq!(permits.available(), 0);
    assert_eq!(
        sink.try_recv().ok(),
        if way == Way::Sent { Some(7) } else { Some(0) }
    );
    assert!(sink.try_recv().is_err());
}
