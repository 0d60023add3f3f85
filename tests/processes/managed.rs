//! A manager keeps objects for many processes, bears broken messages, and ends with its owner.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixStream};
use std::thread;
use std::time::Duration;

use coros::process::fork;
use coros::process::manager::{ManagerServer, Objects};
use coros::{Interrupted, run, spawn, timeout, yield_now};
use rustix::process::{Pid, Signal, kill_process};

use crate::{children, descriptors, eventually, is_alive};

crate::tests![
    objects_keep_what_they_are_given,
    four_processes_share_objects,
    many_tasks_ask_at_once,
    a_taker_waits_for_an_item,
    a_withdrawn_take_takes_nothing,
    a_killed_taker_takes_nothing,
    a_name_of_another_kind_is_refused,
    broken_messages_are_refused_and_others_are_served,
    a_manager_that_has_ended_is_an_error,
    it_ends_with_its_owner_and_leaves_nothing,
    a_cancelled_task_can_still_ask,
    it_works_in_virtual_time,
    an_answer_that_is_too_long_is_told_with_the_limit,
    a_request_that_is_too_long_is_told_with_the_limit,
    one_client_too_many_is_told_how_many_there_may_be,
    a_cancelled_wait_says_so_where_the_server_hangs_up_too,
    a_message_that_does_not_come_to_its_end_is_given_up,
    messages_in_the_making_share_the_memory_there_is,
    a_message_longer_than_all_memory_is_refused,
    a_client_that_takes_no_answer_is_given_up,
    an_idle_client_connects_again,
    a_taker_that_waits_is_not_idle,
];

const MIB: usize = 1 << 20;

fn objects_keep_what_they_are_given() {
    let server = ManagerServer::start().unwrap();
    let objects = server.objects();
    let ages = objects.dictionary("ages");
    assert_eq!(ages.get(b"Ada").unwrap(), None);
    assert_eq!(ages.insert(b"Ada", b"36").unwrap(), None);
    assert_eq!(ages.insert(b"Ada", b"").unwrap(), Some(b"36".to_vec()));
    ages.insert(b"", b"nobody").unwrap();
    assert_eq!(ages.keys().unwrap(), [b"".to_vec(), b"Ada".to_vec()]);
    assert_eq!(ages.remove(b"Ada").unwrap(), Some(b"".to_vec()));
    assert_eq!(ages.remove(b"Ada").unwrap(), None);

    let log = objects.list("log");
    assert!(log.is_empty().unwrap());
    assert_eq!(log.push(b"one").unwrap(), 1);
    assert_eq!(log.push(b"two").unwrap(), 2);
    assert_eq!(log.get(1).unwrap(), Some(b"two".to_vec()));
    assert_eq!(log.get(2).unwrap(), None);
    assert_eq!(log.get(usize::MAX).unwrap(), None);
    assert_eq!(log.items().unwrap(), [b"one", b"two"]);

    let hits = objects.counter("hits");
    assert_eq!(hits.add(i64::MAX).unwrap(), i64::MAX);
    assert_eq!(hits.add(1).unwrap(), i64::MIN);
    assert_eq!(hits.get().unwrap(), i64::MIN);

    let jobs = objects.queue("jobs");
    let empty = jobs.try_take().unwrap_err();
    assert_eq!(empty.kind(), std::io::ErrorKind::WouldBlock);
    jobs.put(b"wash").unwrap();
    jobs.put(b"dry").unwrap();
    assert_eq!(jobs.len().unwrap(), 2);
    assert_eq!(jobs.take().unwrap(), b"wash");
    assert_eq!(jobs.try_take().unwrap(), b"dry");
    assert!(jobs.is_empty().unwrap());
}

fn four_processes_share_objects() {
    let server = ManagerServer::start().unwrap();
    let objects = server.objects();
    objects.counter("hits").add(1).unwrap(); // So that there is a connection to inherit.
    let client = |number: u8| {
        let objects = &objects;
        move || {
            for round in 0..50 {
                objects.counter("hits").add(1).unwrap();
                objects.list("log").push(&[number, round]).unwrap();
            }
            let own = Objects::at(objects.address().clone());
            own.dictionary("who")
                .insert(&[number], b"was here")
                .unwrap();
            own.queue("done").put(&[number]).unwrap();
            0
        }
    };
    let clients: Vec<_> = (0..4).map(|number| fork(client(number)).unwrap()).collect();
    let mut done: Vec<_> = (0..4)
        .map(|_| objects.queue("done").take().unwrap()[0])
        .collect();
    done.sort();
    assert_eq!(done, [0, 1, 2, 3]);
    for client in clients {
        assert_eq!(client.wait().unwrap().code(), Some(0));
    }
    assert_eq!(objects.counter("hits").get().unwrap(), 201);
    assert_eq!(objects.dictionary("who").keys().unwrap().len(), 4);
    let log = objects.list("log").items().unwrap();
    for number in 0..4 {
        let rounds = log
            .iter()
            .filter(|item| item[0] == number)
            .map(|item| item[1]);
        assert!(rounds.eq(0..50), "each client's requests in their order");
    }
}

fn many_tasks_ask_at_once() {
    let server = ManagerServer::start().unwrap();
    run(move || {
        let tasks: Vec<_> = (0..50)
            .map(|_| {
                let hits = server.objects().counter("hits");
                spawn(move || hits.add(1).unwrap())
            })
            .collect();
        let mut seen: Vec<_> = tasks.iter().map(|task| task.join().unwrap()).collect();
        seen.sort();
        assert!(seen.into_iter().eq(1..=50));
    })
    .unwrap();
}

fn a_taker_waits_for_an_item() {
    let server = ManagerServer::start().unwrap();
    let jobs = server.objects().queue("jobs");
    let child = fork(|| i32::from(jobs.take().unwrap()[0])).unwrap();
    thread::sleep(Duration::from_millis(5));
    jobs.put(&[33]).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(33));
}

fn a_withdrawn_take_takes_nothing() {
    let server = ManagerServer::start().unwrap();
    run(move || {
        let jobs = server.objects().queue("jobs");
        for round in 0..20 {
            assert!(timeout(Duration::from_millis(1), || jobs.take()).is_err());
            jobs.put(&[round]).unwrap();
            assert_eq!(jobs.take().unwrap(), [round]);
        }
        // Where both may happen, one does.
        let mut taken = 0;
        for round in 0..100 {
            let other = server.objects().queue("jobs");
            let putter = spawn(move || other.put(&[round]).unwrap());
            let limit = Duration::from_micros(u64::from(round) * 3);
            if let Ok(item) = timeout(limit, || jobs.take()) {
                taken += item.map_or(0, |_| 1);
            }
            putter.join().unwrap();
        }
        assert_eq!(jobs.len().unwrap() + taken, 100);
    })
    .unwrap();
}

fn a_killed_taker_takes_nothing() {
    let server = ManagerServer::start().unwrap();
    run(move || {
        let jobs = server.objects().queue("jobs");
        let other = jobs.clone();
        let taker = spawn(move || other.take().map_err(|error| error.kind()));
        coros::sleep(Duration::from_millis(3)).unwrap();
        taker.kill().unwrap();
        coros::sleep(Duration::from_millis(3)).unwrap();
        jobs.put(b"mine").unwrap();
        assert_eq!(jobs.take().unwrap(), b"mine");
    })
    .unwrap();
}

fn a_name_of_another_kind_is_refused() {
    let server = ManagerServer::start().unwrap();
    let objects = server.objects();
    objects.counter("x").add(1).unwrap();
    let error = objects.list("x").push(b"item").unwrap_err();
    assert_eq!(error.to_string(), "'x' is a counter, not a list");
    assert_eq!(objects.counter("x").get().unwrap(), 1);
}

/// A connection of one who speaks the protocol by himself.
fn connection(server: &ManagerServer) -> UnixStream {
    let address = SocketAddr::from_abstract_name(server.address().to_string()).unwrap();
    UnixStream::connect_addr(&address).unwrap()
}

/// What the manager answers to bytes that no client of ours sends.
fn answer_to(server: &ManagerServer, bytes: &[u8]) -> String {
    let mut stream = connection(server);
    stream.write_all(bytes).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut answer = Vec::new();
    // It may hang up on what it has not read.
    _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn broken_messages_are_refused_and_others_are_served() {
    let server = ManagerServer::start().unwrap();
    let hits = server.objects().counter("hits");
    hits.add(1).unwrap();
    let broken: &[&[u8]] = &[
        &[255; 64],
        &[1, 0, 0, 0, 7],
        &[5, 0, 0, 0, 255, 255, 255, 255, 1],
        &[0; 4],
        b"\x10\0\0\0\x07\0\0\0counter\x01\0\0\0x",
        b"GET / HTTP/1.1\r\n\r\n",
    ];
    for bytes in broken {
        let answer = answer_to(&server, bytes);
        assert!(answer.contains("broken message"), "{bytes:?}: {answer:?}");
        assert_eq!(hits.add(0).unwrap(), 1);
    }
    assert!(
        answer_to(&server, &[9, 0]).contains("broken message"),
        "cut off"
    );
    assert_eq!(answer_to(&server, b""), "", "nothing is no message");
}

fn a_manager_that_has_ended_is_an_error() {
    let server = ManagerServer::start().unwrap();
    let hits = server.objects().counter("hits");
    hits.add(1).unwrap();
    drop(server);
    assert!(hits.add(1).is_err(), "over the connection that there was");
    let error = hits.add(1).unwrap_err();
    assert!(error.to_string().contains("has it ended?"), "{error}");
}

fn it_ends_with_its_owner_and_leaves_nothing() {
    let before = descriptors();
    let server = ManagerServer::start().unwrap();
    let id = server.id();
    // A process that was forked after it, and has a copy of all that the owner has.
    let witness = fork(|| {
        loop {
            thread::park();
        }
    });
    drop(server);
    assert!(!is_alive(id));
    drop(witness);
    assert_eq!(descriptors(), before);
    assert!(children().is_empty());

    let (sender, receiver) = coros::process::queue().unwrap();
    let owner = fork(|| {
        let server = ManagerServer::start().unwrap();
        sender.send(&server.id().to_le_bytes()).unwrap();
        loop {
            thread::park();
        }
    });
    let id = u32::from_le_bytes(receiver.recv().unwrap().unwrap().try_into().unwrap());
    assert!(is_alive(id));
    drop(owner);
    eventually(|| !is_alive(id));
}

fn a_cancelled_task_can_still_ask() {
    let server = ManagerServer::start().unwrap();
    run(move || {
        let hits = server.objects().counter("hits");
        let task = spawn(move || {
            assert!(coros::sleep(Duration::from_secs(600)).is_err());
            hits.add(1).unwrap()
        });
        yield_now();
        task.cancel("enough");
        assert_eq!(
            task.join().unwrap(),
            1,
            "what is over soon is not broken off"
        );
    })
    .unwrap();
}

fn it_works_in_virtual_time() {
    let server = ManagerServer::start().unwrap();
    let mut sched = coros::Scheduler::builder()
        .clock(coros::Clock::Virtual)
        .build();
    let task = sched.spawn(move || {
        let hits = server.objects().counter("hits");
        hits.add(2).unwrap();
        coros::sleep(Duration::from_secs(3600)).unwrap();
        hits.add(3).unwrap()
    });
    sched.run().unwrap();
    assert_eq!(task.join().unwrap(), 5);
}

fn an_answer_that_is_too_long_is_told_with_the_limit() {
    let server = ManagerServer::start().unwrap();
    let big = server.objects().list("big");
    let item = vec![7; 20 * MIB];
    for count in 1..=4 {
        assert_eq!(big.push(&item).unwrap(), count);
    }
    let error = big.items().unwrap_err().to_string();
    assert!(error.contains("the answer is too long"), "{error}");
    assert!(
        error.contains(&ManagerServer::LONGEST.to_string()),
        "{error}"
    );
    assert_eq!(big.len().unwrap(), 4, "over the same connection");
    assert!(big.get(3).unwrap().unwrap() == item);

    let keys = server.objects().dictionary("keys");
    for first in 0..4 {
        let mut key = item.clone();
        key[0] = first;
        keys.insert(&key, b"").unwrap();
    }
    let error = keys.keys().unwrap_err().to_string();
    assert!(error.contains("the answer is too long"), "{error}");
}

fn a_request_that_is_too_long_is_told_with_the_limit() {
    let server = ManagerServer::start().unwrap();
    let jobs = server.objects().queue("jobs");
    let error = jobs
        .put(&vec![0; ManagerServer::LONGEST])
        .unwrap_err()
        .to_string();
    assert!(
        error.contains(&ManagerServer::LONGEST.to_string()),
        "{error}"
    );
    assert!(jobs.is_empty().unwrap());
    // What fits with its names goes through, and comes back.
    let longest = vec![1; ManagerServer::LONGEST - 100];
    jobs.put(&longest).unwrap();
    assert!(jobs.take().unwrap() == longest);
}

fn one_client_too_many_is_told_how_many_there_may_be() {
    let server = ManagerServer::builder().max_clients(2).start().unwrap();
    let first = connection(&server);
    let second = connection(&server);
    let hits = server.objects().counter("hits");
    for _ in 0..3 {
        let error = hits.add(1).unwrap_err().to_string();
        assert!(error.contains("has 2 clients already"), "{error}");
    }
    assert!(answer_to(&server, b"").contains("has 2 clients already"));
    drop(first);
    eventually(|| hits.add(1).is_ok());
    assert_eq!(hits.get().unwrap(), 1, "what was refused was not done");
    drop(second);
}

fn a_cancelled_wait_says_so_where_the_server_hangs_up_too() {
    let server = ManagerServer::builder().max_clients(1).start().unwrap();
    let first = connection(&server);
    let jobs = server.objects().queue("jobs");
    // Its answer comes when the wait has begun: not before it goes on.
    let process = Pid::from_raw(server.id() as i32).unwrap();
    kill_process(process, Signal::STOP).unwrap();
    run(move || {
        let task = spawn(move || jobs.take());
        task.cancel("enough");
        spawn(move || {
            // Turns enough for the task to write its request and to wait for the answer.
            (0..8).for_each(|_| yield_now());
            kill_process(process, Signal::CONT).unwrap();
        });
        let error = task.join().unwrap().unwrap_err();
        assert!(Interrupted::of(&error).is_some(), "{error}");
    })
    .unwrap();
    drop(first);
}

fn a_message_that_does_not_come_to_its_end_is_given_up() {
    let limit = Duration::from_millis(20);
    let server = ManagerServer::builder().timeout(limit).start().unwrap();
    let half: &[&[u8]] = &[&[9], &[200, 0, 0, 0], &[200, 0, 0, 0, 1, 2, 3]];
    for bytes in half {
        let mut stream = connection(&server);
        stream.write_all(bytes).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(answer.contains("not complete within 20ms"), "{answer}");
    }
    assert_eq!(server.objects().counter("hits").add(1).unwrap(), 1);
}

/// The most memory that a process ever had, in bytes.
fn peak_of(process: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kib = line
        .and_then(|line| line.split_whitespace().nth(1))
        .unwrap();
    kib.parse::<usize>().unwrap() * 1024
}

fn messages_in_the_making_share_the_memory_there_is() {
    let server = ManagerServer::builder()
        .message_memory(16 * MIB)
        .timeout(Duration::from_millis(200))
        .start()
        .unwrap();
    let before = peak_of(server.id());
    let half_sent = |mut stream: UnixStream| {
        let length = 12 * MIB;
        let mut bytes = vec![0; length];
        bytes[..4].copy_from_slice(&u32::try_from(length).unwrap().to_le_bytes());
        // Refused ones are not read to the end.
        _ = stream.write_all(&bytes);
        let mut answer = Vec::new();
        _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    };
    let clients: Vec<_> = (0..10)
        .map(|_| {
            let stream = connection(&server);
            thread::spawn(move || half_sent(stream))
        })
        .collect();
    // Small messages need not wait for any of them.
    assert_eq!(server.objects().counter("hits").add(1).unwrap(), 1);
    for client in clients {
        let answer = client.join().unwrap();
        let slow = answer.contains("not complete within 200ms");
        let full = answer.contains("the 16777216 bytes that the server has");
        assert!(slow || full, "{answer}");
    }
    let taken = peak_of(server.id()) - before;
    assert!(taken < 24 * MIB, "{taken} bytes");
    // And all of it is there again.
    let list = server.objects().list("list");
    list.push(&vec![0; 15 * MIB]).unwrap();
    assert_eq!(list.get(0).unwrap().unwrap().len(), 15 * MIB);
}

fn a_message_longer_than_all_memory_is_refused() {
    let server = ManagerServer::builder()
        .message_memory(MIB)
        .start()
        .unwrap();
    let list = server.objects().list("list");
    let error = list.push(&vec![0; 2 * MIB]).unwrap_err().to_string();
    assert!(error.contains("has 1048576 for all messages"), "{error}");
    for count in 1..=3 {
        assert_eq!(list.push(&vec![0; MIB / 2]).unwrap(), count);
    }
    let error = list.items().unwrap_err().to_string();
    assert!(error.contains("has 1048576 for all messages"), "{error}");
    // With no memory at all, what is small goes through.
    let server = ManagerServer::builder().message_memory(0).start().unwrap();
    assert_eq!(server.objects().list("list").push(&[0; 9_000]).unwrap(), 1);
}

fn a_client_that_takes_no_answer_is_given_up() {
    let limit = Duration::from_millis(20);
    let server = ManagerServer::builder().timeout(limit).start().unwrap();
    let list = server.objects().list("x");
    list.push(&vec![0; 4 * MIB]).unwrap();
    let descriptors = || {
        let path = format!("/proc/{}/fd", server.id());
        std::fs::read_dir(path).unwrap().count()
    };
    // That of the library is idle soon.
    let mut idle = connection(&server);
    idle.read_to_end(&mut Vec::new()).unwrap();
    let before = descriptors();
    let mut stream = connection(&server);
    let request: &[&[u8]] = &[b"list", b"x", b"items"];
    let mut bytes = Vec::new();
    for field in request {
        bytes.extend(u32::try_from(field.len()).unwrap().to_le_bytes());
        bytes.extend(*field);
    }
    let length = u32::try_from(bytes.len()).unwrap().to_le_bytes();
    stream.write_all(&[&length[..], &bytes].concat()).unwrap();
    let mut first = [0; 4];
    stream.read_exact(&mut first).unwrap();
    eventually(|| descriptors() <= before);
    let mut rest = Vec::new();
    _ = stream.read_to_end(&mut rest);
    assert!(rest.len() < 4 * MIB, "the rest never came");
}

fn an_idle_client_connects_again() {
    let limit = Duration::from_millis(5);
    let server = ManagerServer::builder().timeout(limit).start().unwrap();
    let hits = server.objects().counter("hits");
    let jobs = server.objects().queue("jobs");
    jobs.put(b"wash").unwrap();
    for round in 1..=3 {
        assert_eq!(hits.add(1).unwrap(), round);
        // Once this one is told that it was idle, so was the other.
        let mut idle = connection(&server);
        let mut text = String::new();
        idle.read_to_string(&mut text).unwrap();
        assert!(text.contains("idle for 5ms"), "{text}");
    }
    assert_eq!(
        jobs.take().unwrap(),
        b"wash",
        "after it was hung up on, too"
    );
    run(move || {
        assert!(timeout(Duration::from_millis(20), || jobs.take()).is_err());
        assert_eq!(hits.add(1).unwrap(), 4);
    })
    .unwrap();
}

fn a_taker_that_waits_is_not_idle() {
    let limit = Duration::from_millis(5);
    let server = ManagerServer::builder().timeout(limit).start().unwrap();
    let jobs = server.objects().queue("jobs");
    let child = fork(|| i32::from(jobs.take().unwrap()[0])).unwrap();
    // Two are hung up on one after the other: the taker has waited for longer.
    for _ in 0..2 {
        connection(&server).read_to_end(&mut Vec::new()).unwrap();
    }
    jobs.put(&[34]).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(34));
}
