//! To watch a program changes nothing: it takes the same turns, and does the same, whether or not it is
//! observed or stepped; sockets and spawned tasks included.

use std::cell::RefCell;
use std::io::{Read, Write};
use std::rc::Rc;
use std::time::Duration;

use coros::channel::{Receiver, Sender, unbounded};
use coros::kernel::{Event as Told, Observer};
use coros::net::UnixStream;
use coros::sync::{Event, Mutex, Semaphore};
use coros::syscall::GetTid;
use coros::{Clock, JoinHandle, Scheduler, call, sleep, spawn, timeout, yield_now};

use crate::common::Dice;

/// What the tasks of a program share, and what they have done.
struct World {
    dice: Dice,
    done: RefCell<Vec<String>>,
    locks: [Mutex<u64>; 2],
    permits: Semaphore,
    bell: Event,
    channel: (Sender<u64>, Receiver<u64>),
    sockets: [(UnixStream, UnixStream); 2],
    tasks: RefCell<Vec<JoinHandle<()>>>,
}

impl World {
    fn new(seed: u64) -> Rc<Self> {
        let socket = || UnixStream::pair().expect("a pair of sockets");
        Rc::new(Self {
            dice: Dice::new(seed),
            done: RefCell::default(),
            locks: [Mutex::new(0), Mutex::new(0)],
            permits: Semaphore::new(2),
            bell: Event::new(),
            channel: unbounded(),
            sockets: [socket(), socket()],
            tasks: RefCell::default(),
        })
    }

    fn below(&self, sides: u64) -> u64 {
        self.dice.below(sides)
    }

    fn span(&self) -> Duration {
        Duration::from_millis(self.below(4))
    }

    fn say(&self, name: u64, text: &str) {
        self.done.borrow_mut().push(format!("{name} {text}"));
    }
}

/// Does something at random.
fn act(world: &Rc<World>, name: u64, depth: u64) {
    let socket = &world.sockets[world.below(2) as usize];
    let lock = &world.locks[world.below(2) as usize];
    let said = match world.below(15) {
        0 => format!("{}", call(GetTid)),
        1 => format!("{:?}", sleep(world.span()).is_ok()),
        2 | 3 => match lock.lock() {
            Ok(mut guard) => {
                *guard += 1;
                yield_now();
                format!("locked {guard}")
            }
            Err(error) => format!("{error}"),
        },
        4 => format!("{:?}", world.channel.0.send(name).is_ok()),
        5 => format!(
            "{:?}",
            timeout(world.span(), || world.channel.1.recv().ok())
        ),
        6 => format!("{:?}", world.channel.1.try_recv().ok()),
        7 | 8 => format!("wrote {:?}", (&socket.0).write(&[7; 99]).ok()),
        9 | 10 => {
            let mut bytes = [0; 64];
            let read = timeout(world.span(), || (&socket.1).read(&mut bytes).ok());
            format!("read {:?}", read.ok().flatten())
        }
        11 => {
            world.bell.set();
            world.bell.clear();
            "rang".to_owned()
        }
        12 => format!("{:?}", timeout(world.span(), || world.bell.wait().is_ok())),
        13 => format!(
            "{:?}",
            timeout(world.span(), || world.permits.acquire().map(drop).is_ok())
        ),
        _ if depth > 0 => {
            let (theirs, child) = (Rc::clone(world), 10 * name + world.below(10));
            let task = spawn(move || live(&theirs, child, depth - 1));
            world.tasks.borrow_mut().push(task);
            format!("spawned {child}")
        }
        _ => {
            let tasks = world.tasks.borrow();
            let victim = world.below(tasks.len() as u64 + 1) as usize;
            tasks.get(victim).inspect(|task| task.cancel("enough"));
            format!("cancelled {victim}")
        }
    };
    world.say(name, &said);
}

fn live(world: &Rc<World>, name: u64, depth: u64) {
    for _ in 0..world.below(9) {
        act(world, name, depth);
    }
    world.say(name, "is done");
}

/// Sees all, and does nothing.
struct Spectator;

impl Observer for Spectator {
    fn observe(&mut self, _: &Told) {}
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Watched {
    Not,
    Observed,
    Stepped,
}

/// Runs a program, and tells what its tasks did, and in how many turns.
fn run(seed: u64, watched: Watched) -> (Vec<String>, u64) {
    let builder = Scheduler::builder().clock(Clock::Virtual).seed(seed);
    let mut sched = match watched {
        Watched::Observed => builder.observer(Spectator).build(),
        _ => builder.build(),
    };
    let world = World::new(seed);
    for name in 1..=4 {
        let world = Rc::clone(&world);
        sched.spawn(move || live(&world, name, 2));
    }
    match watched {
        Watched::Stepped => while sched.step().expect("no program is stuck").is_some() {},
        _ => _ = sched.run().expect("no program is stuck"),
    }
    world.tasks.take();
    let done = world.done.take();
    (done, sched.report().turns)
}

#[test]
fn a_program_takes_the_same_turns_whether_or_not_it_is_watched() {
    let seeds = std::env::var("COROS_SEED").map_or(0..1200, |seed| {
        let seed = seed.parse().expect("COROS_SEED is a number");
        seed..seed + 1
    });
    let mut turns = 0;
    for seed in seeds {
        let plain = run(seed, Watched::Not);
        for watched in [Watched::Observed, Watched::Stepped] {
            assert_eq!(
                run(seed, watched),
                plain,
                "again: COROS_SEED={seed}, {watched:?}"
            );
        }
        turns += plain.1;
    }
    assert!(turns > 0);
}
