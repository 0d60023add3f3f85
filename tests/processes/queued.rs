//! Queues between processes: each message whole, to one receiver; and to all who subscribe.

use std::cell::Cell;
use std::time::Duration;

use coros::process::queue::{LONGEST_MESSAGE, Publisher};
use coros::process::{fork, queue};
use coros::{run, spawn, timeout};

crate::tests![
    messages_stay_whole_and_in_order,
    each_message_goes_to_one_of_several_processes,
    messages_of_several_processes_are_not_mixed,
    a_finished_queue_ends_after_what_is_in_it,
    one_that_is_too_long_is_refused,
    nobody_left_to_receive_is_an_error,
    a_full_queue_lets_the_task_alone_wait,
    a_broken_off_receive_takes_nothing,
    a_publisher_reaches_all_subscribers,
];

fn messages_stay_whole_and_in_order() {
    let (sender, receiver) = queue().unwrap();
    let child = fork(|| {
        sender.send(b"").unwrap();
        sender.send(b"one").unwrap();
        sender.send(&vec![7; LONGEST_MESSAGE]).unwrap();
        0
    });
    let child = child.unwrap();
    assert_eq!(receiver.recv().unwrap().unwrap(), b"");
    assert_eq!(receiver.recv().unwrap().unwrap(), b"one");
    assert_eq!(receiver.recv().unwrap().unwrap(), vec![7; LONGEST_MESSAGE]);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

fn each_message_goes_to_one_of_several_processes() {
    let (sender, receiver) = queue().unwrap();
    let (back, results) = queue().unwrap();
    let work = || {
        while let Some(message) = receiver.recv().unwrap() {
            back.send(&[message[0] * 2]).unwrap();
        }
        0
    };
    let workers = [fork(work), fork(work), fork(work)].map(Result::unwrap);
    for number in 0..100 {
        sender.send(&[number]).unwrap();
        if number % 10 == 9 {
            for _ in 0..10 {
                results.recv().unwrap().unwrap();
            }
        }
    }
    sender.finish();
    for worker in workers {
        assert_eq!(worker.wait().unwrap().code(), Some(0));
    }
}

fn messages_of_several_processes_are_not_mixed() {
    let (sender, receiver) = queue().unwrap();
    let children: Vec<_> = (1..5)
        .map(|number: u8| {
            let send = || {
                for _ in 0..50 {
                    sender
                        .send(&vec![number; 1000 * usize::from(number)])
                        .unwrap();
                }
                0
            };
            fork(send).unwrap()
        })
        .collect();
    for _ in 0..200 {
        let message = receiver.recv().unwrap().unwrap();
        let number = message[0];
        assert_eq!(message, vec![number; 1000 * usize::from(number)]);
    }
    for child in children {
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
}

fn a_finished_queue_ends_after_what_is_in_it() {
    let (sender, receiver) = queue().unwrap();
    sender.send(b"last").unwrap();
    sender.finish();
    assert_eq!(receiver.recv().unwrap().unwrap(), b"last");
    assert_eq!(receiver.recv().unwrap(), None);
    assert_eq!(receiver.recv().unwrap(), None);
}

fn one_that_is_too_long_is_refused() {
    let (sender, _receiver) = queue().unwrap();
    let error = sender.send(&vec![0; LONGEST_MESSAGE + 1]).unwrap_err();
    assert!(error.to_string().contains("65537 bytes"), "{error}");
}

fn nobody_left_to_receive_is_an_error() {
    let (sender, receiver) = queue().unwrap();
    drop(receiver);
    assert!(sender.send(b"lost").is_err());
}

fn a_full_queue_lets_the_task_alone_wait() {
    run(|| {
        let (sender, receiver) = queue().unwrap();
        let filler = spawn(move || {
            for number in 0..60_u8 {
                sender.send(&[number; 30_000]).unwrap();
            }
        });
        for number in 0..60 {
            assert_eq!(receiver.recv().unwrap().unwrap()[29_999], number);
        }
        filler.join().unwrap();
    })
    .unwrap();
}

fn a_broken_off_receive_takes_nothing() {
    run(|| {
        let (sender, receiver) = queue().unwrap();
        assert!(timeout(Duration::from_millis(1), || receiver.recv()).is_err());
        sender.send(b"kept").unwrap();
        assert_eq!(receiver.recv().unwrap().unwrap(), b"kept");
    })
    .unwrap();
}

fn a_publisher_reaches_all_subscribers() {
    let mut news = Publisher::default();
    let children: Vec<_> = (0..3)
        .map(|_| {
            let receiver = Cell::new(Some(news.subscribe().unwrap()));
            let listen = || {
                let receiver = receiver.take().unwrap();
                let mut sum = 0;
                while let Some(message) = receiver.recv().unwrap() {
                    sum += i32::from(message[0]);
                }
                sum
            };
            fork(listen).unwrap()
        })
        .collect();
    for number in 1..=5 {
        assert_eq!(news.publish(&[number]).unwrap(), 3);
    }
    children[0].kill().unwrap();
    children[0].wait().unwrap();
    assert_eq!(news.publish(&[6]).unwrap(), 2, "one is gone");
    news.finish();
    for child in &children[1..] {
        assert_eq!(child.wait().unwrap().code(), Some(21));
    }
}
