//! An executor made of `std` alone, each poll counted.
//!
//! Three requests are under way at once; they take 3, 1 and 2 ms. The executor runs them in several ways:
//! it polls every task in every round, whatever the wakers say, or only those whose wakers were called.
//! It is the small library that many begin with, and has its limits: all tasks are there from the start, one
//! thread runs them, nothing ends it from outside. In `limits_lifted` they are lifted.
//!
//! With `-- broken` one of the requests leaves no waker behind.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::env;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Context, Poll, Wake, Waker};

/// Whether a task is to be polled.
struct Wish(AtomicBool);

impl Wake for Wish {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Relaxed);
    }
}

/// A future that the executor drives, and what the future's waker sets.
struct Task {
    name: &'static str,
    future: Pin<Box<dyn Future<Output = ()>>>,
    wish: Arc<Wish>,
}

impl Task {
    fn new(name: &'static str, future: Pin<Box<dyn Future<Output = ()>>>) -> Self {
        Self {
            name,
            future,
            // The first poll needs no wake.
            wish: Arc::new(Wish(AtomicBool::new(true))),
        }
    }

    fn is_woken(&self) -> bool {
        self.wish.0.load(Relaxed)
    }

    fn poll(&mut self) -> Poll<()> {
        // Before the poll, so that a wake during it counts for the next.
        self.wish.0.store(false, Relaxed);
        let waker = Waker::from(Arc::clone(&self.wish));
        self.future.as_mut().poll(&mut Context::from_waker(&waker))
    }
}

/// Who is polled in a round.
#[derive(Clone, Copy)]
enum Whom {
    Everybody,
    /// All of them, if any of them was woken.
    EverybodyIfWoken,
    TheWoken,
}

/// Each poll of a run: whose it was, and whether the task was ready.
type Polls = Vec<(&'static str, Poll<()>)>;

/// Polls in rounds, until no task is left or nothing more will happen.
fn run(tasks: &mut Vec<Task>, whom: Whom, world: &Network) -> Vec<Polls> {
    let mut rounds = Vec::new();
    loop {
        let any_woken = tasks.iter().any(Task::is_woken);
        let mut polls = Polls::new();
        tasks.retain_mut(|task| {
            let is_due = match whom {
                Whom::Everybody => true,
                Whom::EverybodyIfWoken => any_woken,
                Whom::TheWoken => task.is_woken(),
            };
            if !is_due {
                return true;
            }
            let polled = task.poll();
            polls.push((task.name, polled));
            polled.is_pending()
        });
        rounds.push(polls);
        if tasks.is_empty() || !world.pass_time() {
            return rounds;
        }
    }
}

/// The world outside: its time, and who is to be woken when.
#[derive(Default)]
struct Network {
    now: Cell<u32>,
    waiting: RefCell<BTreeMap<u32, Vec<Waker>>>,
}

impl Network {
    /// Asks something; the answer takes so many milliseconds.
    fn request(self: &Rc<Self>, takes: u32) -> Request {
        let answer_at = self.now.get() + takes;
        Request(Rc::clone(self), answer_at)
    }

    /// Takes note of whom to wake when.
    fn wake_at(&self, time: u32, waker: Waker) {
        self.waiting
            .borrow_mut()
            .entry(time)
            .or_default()
            .push(waker);
    }

    /// Lets a millisecond pass, and wakes; says whether any request had waited.
    fn pass_time(&self) -> bool {
        let now = self.now.get() + 1;
        self.now.set(now);
        let mut waiting = self.waiting.borrow_mut();
        let is_awaited = !waiting.is_empty();
        let due = waiting.remove(&now).unwrap_or_default();
        due.into_iter().for_each(Waker::wake);
        is_awaited
    }
}

/// An answer that comes at a time.
struct Request(Rc<Network>, u32);

impl Future for Request {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Self(network, answer_at) = &*self;
        if network.now.get() >= *answer_at {
            return Poll::Ready(());
        }
        network.wake_at(*answer_at, context.waker().clone());
        Poll::Pending
    }
}

/// A request that leaves a waker behind which wakes no task.
struct Forgetful(Request);

impl Future for Forgetful {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<()> {
        let mut no_task = Context::from_waker(Waker::noop());
        Pin::new(&mut self.0).poll(&mut no_task)
    }
}

/// How a request becomes a future.
type Manner = fn(Request) -> Pin<Box<dyn Future<Output = ()>>>;

/// Requests that take so long, and the manner of each.
type Asked<'a> = &'a [(&'static str, u32, Manner)];

/// Runs requests at the same time; says who was polled when, and how many are left.
fn ask(whom: Whom, asked: Asked) -> (Vec<Polls>, usize) {
    let network = Rc::new(Network::default());
    let task =
        |&(name, takes, manner): &(_, _, Manner)| Task::new(name, manner(network.request(takes)));
    let mut tasks = asked.iter().map(task).collect();
    let rounds = run(&mut tasks, whom, &network);
    (rounds, tasks.len())
}

fn show((title, whom): (&str, Whom), asked: Asked) {
    println!("who polls {title}:");
    let (rounds, left) = ask(whom, asked);
    for (at, polls) in rounds.iter().enumerate() {
        let each = polls.iter().map(|(name, polled)| match polled {
            Poll::Ready(()) => format!("{name} Ready"),
            Poll::Pending => format!("{name} Pending"),
        });
        let each: Vec<_> = each.collect();
        let told = if each.is_empty() {
            "none".to_owned()
        } else {
            each.join(", ")
        };
        println!("  at {at} ms: {told}");
    }
    if left > 0 {
        println!("  the end: the task that is left will not be woken");
    }
}

fn count(whom: Whom, asked: Asked) -> usize {
    ask(whom, asked).0.iter().map(Vec::len).sum()
}

const ALL: (&str, Whom) = ("everybody, each millisecond", Whom::Everybody);
const ALL_IF: (&str, Whom) = ("everybody, when one is woken", Whom::EverybodyIfWoken);
const WOKEN: (&str, Whom) = ("the woken", Whom::TheWoken);

fn main() {
    let right: Manner = |request| Box::pin(request);
    let asked = |prices| {
        [
            ("users", 3, right),
            ("orders", 1, right),
            ("prices", 2, prices),
        ]
    };
    if env::args().any(|argument| argument == "broken") {
        let asked = asked(|request| Box::pin(Forgetful(request)));
        show(ALL_IF, &asked);
        return show(WOKEN, &asked);
    }
    let asked = asked(right);
    show(ALL, &asked);
    show(WOKEN, &asked);

    let three = asked.map(|(name, takes, manner)| (name, 100 * takes, manner));
    let hundred: Vec<_> = (1..=100)
        .map(|number| ("any", 100 * number, right))
        .collect();
    println!("polls, if answers take 100 times as long:");
    println!("                               3 requests   100 requests");
    for (title, whom) in [ALL, ALL_IF, WOKEN] {
        let (few, many) = (count(whom, &three), count(whom, &hundred));
        println!("  {title:<28} {few:>10} {many:>14}");
    }
}
