//! Shared memory is the same for all processes that fork from one another.

use std::sync::atomic::Ordering::{Relaxed, SeqCst};

use coros::process::{SharedMemory, fork};

crate::tests![
    counts_of_four_processes_add_up,
    bytes_beside_each_other_are_kept,
    what_is_written_is_read_at_any_offset,
    what_lies_outside_is_refused,
    no_bytes_and_too_many_are_refused,
];

fn counts_of_four_processes_add_up() {
    let memory = SharedMemory::new(16).unwrap();
    let count = || {
        for _ in 0..10_000 {
            memory.cells()[0].fetch_add(1, Relaxed);
        }
        memory.cells()[1].fetch_add(1, SeqCst);
        0
    };
    let children: Vec<_> = (0..4).map(|_| fork(count).unwrap()).collect();
    for child in children {
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
    assert_eq!(memory.cells()[0].load(SeqCst), 40_000);
    assert_eq!(memory.cells()[1].load(SeqCst), 4);
}

/// Eight processes write a byte each of one word, many times: none loses another's.
fn bytes_beside_each_other_are_kept() {
    let memory = SharedMemory::new(8).unwrap();
    let memory = &memory;
    let write = |place: usize| {
        move || {
            for round in 0..=255 {
                memory.write_at(place, &[round]).unwrap();
                let mut read = [0];
                memory.read_at(place, &mut read).unwrap();
                if read != [round] {
                    return 1;
                }
            }
            0
        }
    };
    let children: Vec<_> = (0..8).map(|place| fork(write(place)).unwrap()).collect();
    for child in children {
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
    let mut all = [0; 8];
    memory.read_at(0, &mut all).unwrap();
    assert_eq!(all, [255; 8]);
}

fn what_is_written_is_read_at_any_offset() {
    let memory = SharedMemory::new(40).unwrap();
    let mut model = [0; 40];
    for offset in 0..=40 {
        for len in 0..=40 - offset {
            let bytes: Vec<_> = (0..len).map(|at| (offset * 7 + at + len) as u8).collect();
            memory.write_at(offset, &bytes).unwrap();
            model[offset..offset + len].copy_from_slice(&bytes);
            let mut all = [0; 40];
            memory.read_at(0, &mut all).unwrap();
            assert_eq!(all, model, "{len} bytes at {offset}");
            let mut part = vec![0; len];
            memory.read_at(offset, &mut part).unwrap();
            assert_eq!(part, bytes);
        }
    }
    memory.cells()[1].store(u64::from_ne_bytes(*b"whatever"), SeqCst);
    let mut word = [0; 8];
    memory.read_at(8, &mut word).unwrap();
    assert_eq!(&word, b"whatever");
}

fn what_lies_outside_is_refused() {
    let memory = SharedMemory::new(10).unwrap();
    assert_eq!(memory.len(), 16, "whole words");
    assert!(memory.write_at(16, &[]).is_ok());
    assert!(memory.read_at(9, &mut [0; 8]).is_err());
    assert!(memory.write_at(17, &[]).is_err());
    let error = memory.write_at(usize::MAX, &[1, 2]).unwrap_err();
    assert!(error.to_string().contains("of 16 bytes"), "{error}");
}

fn no_bytes_and_too_many_are_refused() {
    assert!(SharedMemory::new(0).is_err());
    assert!(SharedMemory::new(usize::MAX).is_err());
    assert!(SharedMemory::new(isize::MAX as usize).is_err());
}
