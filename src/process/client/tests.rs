//! The usual limits of a server hold.

use super::*;
use crate::kernel::Scheduler;
use crate::task::spawn;
use crate::time::{Clock, sleep};
use std::time::Duration;

/// In virtual time, so that a timeout costs none.
fn in_a_task(body: impl FnOnce() + 'static) {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let task = sched.spawn(body);
    sched.run().unwrap();
    task.join().unwrap();
}

fn guest(quota: &Rc<Quota>) -> (Client, Wire) {
    let (here, there) = Wire::pair().unwrap();
    (Client::new(here, quota.take_slot().unwrap()), there)
}

fn refused(received: Received) -> String {
    match received {
        Received::Refused(text) => text,
        _ => panic!("it was not refused"),
    }
}

#[test]
fn there_are_512_clients_at_once_and_a_place_is_free_when_one_goes() {
    let quota = Rc::new(Quota::new(Limits::default()));
    let mut slots: Vec<_> = (0..512).map(|_| quota.take_slot().unwrap()).collect();
    let text = quota.take_slot().err().unwrap();
    assert!(text.contains("has 512 clients already"), "{text}");
    slots.pop();
    assert!(quota.take_slot().is_ok());
}

#[test]
fn a_client_has_30_seconds() {
    in_a_task(|| {
        let quota = Rc::new(Quota::new(Limits::default()));
        let (client, other) = guest(&quota);
        assert!(matches!(client.receive(), Received::Idle));
        assert!(client.idle_text().contains("idle for 30s"));
        other.write_part(&[200, 0, 0, 0, 1, 2]);
        let text = refused(client.receive());
        assert!(text.contains("not complete within 30s"), "{text}");
        let (client, other) = guest(&quota);
        other.write_part(&[200, 0]);
        let text = refused(client.receive());
        assert!(text.contains("not complete within 30s"), "{text}");
    });
}

#[test]
fn all_messages_share_256_mib() {
    in_a_task(|| {
        let quota = Rc::new(Quota::new(Limits::default()));
        let all: Vec<_> = (0..4).map(|_| quota.reserve(LONGEST).unwrap()).collect();
        let text = quota.reserve(SMALL + 1).err().unwrap();
        assert!(text.contains("268435456 bytes"), "{text}");
        assert!(text.contains("for 30s"), "{text}");
        assert!(quota.reserve(SMALL).is_ok(), "small ones do not count");
        drop(all);
        assert!(quota.reserve(SMALL + 1).is_ok());
    });
}

#[test]
fn an_answer_waits_for_memory_and_is_not_lost() {
    in_a_task(|| {
        let quota = Rc::new(Quota::new(Limits {
            message_memory: 2 * SMALL,
            ..Limits::default()
        }));
        let all = quota.reserve(2 * SMALL).unwrap();
        let (client, other) = guest(&quota);
        let answering = spawn(move || client.try_answer(SMALL + 1, || vec![7; SMALL + 1]));
        sleep(Duration::from_secs(3600)).unwrap();
        assert!(!answering.is_finished());
        drop(all);
        assert_eq!(other.read_frame().unwrap().unwrap(), [7; SMALL + 1]);
        answering.join().unwrap().unwrap().unwrap();
    });
}
