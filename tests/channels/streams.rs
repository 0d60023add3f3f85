//! A channel is a stream for whatever works on streams.
use std::time::Duration;

use coros::channel::{bounded, unbounded};
use coros::{block_on, run, sleep, spawn, timeout};
use futures_lite::{StreamExt, stream};

#[test]
fn a_stream_ends_when_the_channel_is_closed_and_empty() {
    run(|| {
        let (tx, rx) = bounded(2);
        spawn(move || (1..=5).for_each(|item| tx.send(item).unwrap()));
        let all: Vec<i32> = block_on(rx.into_stream().collect()).unwrap();
        assert_eq!(all, [1, 2, 3, 4, 5]);
    })
    .unwrap();
}

#[test]
fn streams_go_through_combinators() {
    run(|| {
        let (tx, rx) = unbounded();
        let (slow_tx, slow_rx) = unbounded();
        spawn(move || (0..10).for_each(|item| tx.send(item).unwrap()));
        spawn(move || {
            sleep(Duration::from_millis(1)).unwrap();
            slow_tx.send(100).unwrap();
        });
        let even = rx
            .stream()
            .filter(|item| item % 2 == 0)
            .map(|item| item * 10);
        let mut all: Vec<i32> = block_on(stream::or(even, slow_rx.stream()).collect()).unwrap();
        all.sort_unstable();
        assert_eq!(all, [0, 20, 40, 60, 80, 100]);
    })
    .unwrap();
}

#[test]
fn an_interrupted_stream_has_lost_nothing() {
    run(|| {
        let (tx, rx) = bounded(1);
        let producer = spawn(move || {
            for item in 0..20 {
                sleep(Duration::from_micros(300)).unwrap();
                tx.send(item).unwrap();
            }
        });
        let mut all = Vec::new();
        let mut stream = rx.stream();
        loop {
            let next = timeout(Duration::from_micros(200), || block_on(stream.next()));
            match next {
                Ok(Ok(Some(item))) => all.push(item),
                Ok(Ok(None)) => break,
                _ => {}
            }
        }
        producer.join().unwrap();
        assert_eq!(all, (0..20).collect::<Vec<_>>());
    })
    .unwrap();
}

#[test]
fn an_end_that_became_a_stream_closes_the_channel_when_it_goes() {
    run(|| {
        let (tx, rx) = bounded(4);
        tx.send(1).unwrap();
        let mut stream = rx.into_stream();
        assert_eq!(block_on(stream.next()), Ok(Some(1)));
        drop(stream);
        assert!(tx.send(2).is_err());
    })
    .unwrap();
}
