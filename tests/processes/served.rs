//! A fork server forks for its owner, whatever that has become, and ends with it.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use coros::process::spawn::Entry;
use coros::process::{Failed, ForkServer, SharedMemory, fork, queue};
use coros::{run, spawn, timeout};

use crate::{children, children_of, descriptors, eventually, is_alive};

crate::tests![
    bytes_go_there_and_back,
    it_forks_for_an_owner_with_threads,
    twenty_requests_at_once,
    requests_without_tasks_overlap,
    how_a_process_ended_is_told,
    an_unknown_function_is_refused,
    a_dead_server_is_an_error,
    a_server_that_dies_meanwhile_is_an_error_and_takes_its_children_along,
    a_dropped_job_ends_its_process,
    a_broken_off_wait_can_be_taken_up_again,
    a_dropped_server_ends_and_leaves_nothing,
    it_ends_with_an_owner_that_is_killed,
    the_server_leaves_no_zombies,
    many_bytes_go_there_and_back,
    a_function_has_room_on_its_stack,
];

const FUNCTIONS: &[Entry] = &[
    |bytes| bytes.iter().rev().copied().collect(),
    |_| panic!("on purpose"),
    |_| std::process::exit(4),
    |_| loop {
        thread::park();
    },
    |bytes| {
        thread::sleep(Duration::from_millis(bytes[0].into()));
        std::process::id().to_string().into_bytes()
    },
    |_| {
        let room = [1_u8; 1 << 20];
        vec![std::hint::black_box(&room)[1 << 19]]
    },
];
const REVERSE: usize = 0;
const PANIC: usize = 1;
const EXIT: usize = 2;
const FOREVER: usize = 3;
const SLEEP: usize = 4;
const ROOM: usize = 5;

fn server() -> ForkServer {
    ForkServer::start(FUNCTIONS).unwrap()
}

fn bytes_go_there_and_back() {
    let server = server();
    assert_eq!(server.call(REVERSE, b"drawer").unwrap(), b"reward");
    assert_eq!(server.call(REVERSE, b"").unwrap(), b"");
    assert_eq!(children(), [server.id()], "its processes are the server's");
}

fn it_forks_for_an_owner_with_threads() {
    let server = server();
    let (keep, kept) = mpsc::channel::<()>();
    let thread = thread::spawn(move || kept.recv());
    assert!(fork(|| 0).is_err());
    assert_eq!(server.call(REVERSE, b"ab").unwrap(), b"ba");
    drop(keep);
    _ = thread.join();
}

fn twenty_requests_at_once() {
    let before = descriptors();
    let server = server();
    run(move || {
        let server = std::rc::Rc::new(server);
        let tasks: Vec<_> = (0..20)
            .map(|_| {
                let server = server.clone();
                spawn(move || server.call(SLEEP, &[5]).unwrap())
            })
            .collect();
        let mut ids: Vec<_> = tasks.iter().map(|task| task.join().unwrap()).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 20, "each had a process of its own");
    })
    .unwrap();
    assert_eq!(descriptors(), before);
}

fn requests_without_tasks_overlap() {
    let server = server();
    let jobs: Vec<_> = (0..5)
        .map(|it| server.begin(REVERSE, &[it, 9]).unwrap())
        .collect();
    for (number, job) in (0..).zip(jobs) {
        assert_eq!(job.wait().unwrap(), [9, number]);
    }
}

fn how_a_process_ended_is_told() {
    let server = server();
    let code_of = |function| match server.call(function, b"") {
        Err(Failed::Ended(status)) => status.code(),
        other => panic!("{other:?}"),
    };
    assert_eq!(code_of(PANIC), Some(101));
    assert_eq!(code_of(EXIT), Some(4));
}

fn an_unknown_function_is_refused() {
    let server = server();
    let error = server.call(99, b"").unwrap_err();
    assert!(matches!(error, Failed::Unknown(_)), "{error:?}");
    assert!(error.to_string().contains("no function 99"), "{error}");
    assert_eq!(server.call(REVERSE, b"1").unwrap(), b"1", "it goes on");
}

fn a_dead_server_is_an_error() {
    let server = server();
    server.kill().unwrap();
    eventually(|| !is_alive(server.id()));
    let error = server.call(REVERSE, b"").unwrap_err();
    assert!(matches!(error, Failed::Io(_)), "{error:?}");
    assert!(error.to_string().contains("has it ended?"), "{error}");
}

fn a_server_that_dies_meanwhile_is_an_error_and_takes_its_children_along() {
    let server = server();
    let job = server.begin(FOREVER, b"").unwrap();
    eventually(|| children_of(server.id()).len() == 1);
    let worker = children_of(server.id())[0];
    server.kill().unwrap();
    let error = job.wait().unwrap_err();
    assert!(matches!(error, Failed::Io(_)), "{error:?}");
    eventually(|| !is_alive(worker));
}

fn a_dropped_job_ends_its_process() {
    let server = server();
    let job = server.begin(FOREVER, b"").unwrap();
    eventually(|| children_of(server.id()).len() == 1);
    drop(job);
    eventually(|| children_of(server.id()).is_empty());
}

fn a_broken_off_wait_can_be_taken_up_again() {
    let server = server();
    run(move || {
        let job = server.begin(SLEEP, &[30]).unwrap();
        assert!(timeout(Duration::from_millis(1), || job.wait()).is_err());
        job.wait().unwrap();
    })
    .unwrap();
}

fn a_dropped_server_ends_and_leaves_nothing() {
    let before = descriptors();
    let server = server();
    let job = server.begin(FOREVER, b"").unwrap();
    eventually(|| children_of(server.id()).len() == 1);
    let worker = children_of(server.id())[0];
    drop(server);
    assert!(children().is_empty());
    assert!(!is_alive(worker));
    assert!(job.wait().is_err());
    drop(job);
    assert_eq!(descriptors(), before);
}

fn it_ends_with_an_owner_that_is_killed() {
    let told = SharedMemory::new(16).unwrap();
    let (sender, receiver) = queue().unwrap();
    let owner = fork(|| {
        let server = server();
        let _job = server.begin(FOREVER, b"").unwrap();
        eventually(|| children_of(server.id()).len() == 1);
        let worker = children_of(server.id())[0];
        sender
            .send(&[server.id().to_le_bytes(), worker.to_le_bytes()].concat())
            .unwrap();
        loop {
            thread::park();
        }
    });
    let owner = owner.unwrap();
    let ids = receiver.recv().unwrap().unwrap();
    told.write_at(0, &ids).unwrap();
    let id_at = |at: usize| u32::from_le_bytes(ids[at..at + 4].try_into().unwrap());
    assert!(is_alive(id_at(0)) && is_alive(id_at(4)));
    owner.kill().unwrap();
    owner.wait().unwrap();
    eventually(|| !is_alive(id_at(0)) && !is_alive(id_at(4)));
}

fn the_server_leaves_no_zombies() {
    let server = server();
    for _ in 0..30 {
        server.call(REVERSE, b"x").unwrap();
    }
    eventually(|| children_of(server.id()).is_empty());
}

fn many_bytes_go_there_and_back() {
    let server = server();
    let bytes: Vec<u8> = (0..3_000_000).map(|at| (at % 251) as u8).collect();
    let back = server.call(REVERSE, &bytes).unwrap();
    assert!(back.iter().rev().eq(&bytes));
}

fn a_function_has_room_on_its_stack() {
    assert_eq!(server().call(ROOM, b"").unwrap(), [1]);
}
