//! What reports say of tasks that are stuck at a channel.

use coros::Builder;
use coros::channel::{bounded, unbounded};

use crate::common::{self, scheduler};

#[test]
fn a_stuck_run_names_the_channel_and_who_used_its_other_side_last() {
    let mut sched = scheduler();
    let (jobs, inbox) = bounded(1);
    let (results, outbox) = unbounded::<u32>();
    let (jobs, outbox) = (jobs.named("jobs"), outbox.named("results"));
    let worker = move || {
        results.send(0).unwrap();
        let _first: u32 = inbox.recv().unwrap();
        let second = inbox.recv();
        results.send(second.unwrap()).unwrap();
    };
    let boss = move || {
        jobs.send(1).unwrap();
        outbox.recv().unwrap();
        outbox.recv().unwrap();
        drop(jobs);
    };
    let worker = sched
        .spawn_with(Builder::new().name("worker"), worker)
        .unwrap();
    let boss = sched.spawn_with(Builder::new().name("boss"), boss).unwrap();
    let stuck = sched.run().unwrap_err();
    let told = stuck.to_string();
    assert!(told.contains("Receive(channel 'jobs')"), "{told}");
    assert!(told.contains("Receive(channel 'results')"), "{told}");
    let holders: Vec<_> = stuck
        .tasks()
        .iter()
        .map(|task| task.holders.clone())
        .collect();
    assert_eq!(holders, [[boss.tid()], [worker.tid()]]);
    assert_eq!(stuck.cycles().len(), 1);
}

#[test]
fn a_sender_that_is_stuck_names_who_received_last() {
    let mut sched = scheduler();
    let (tx, rx) = bounded(1);
    let spare = rx.clone();
    let receiver = sched.spawn(move || {
        rx.recv().unwrap();
        common::park_for_ever();
    });
    sched.spawn(move || (0..3).for_each(|item| tx.send(item).unwrap()));
    let stuck = sched.run().unwrap_err();
    assert_eq!(stuck.tasks()[1].holders, [receiver.tid()]);
    assert!(stuck.to_string().contains("Send(a channel)"));
    assert_eq!(
        format!("{spare:?}"),
        "Receiver(a channel, 1 items, 1 waiting to send, 0 to receive)"
    );
}
