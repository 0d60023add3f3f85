//! A server that never answers: who waits, and what helps.
//!
//! "The answer of a server does not come for 10,000 seconds, it was the last coroutine in the queue, and so
//! the whole main thread is stuck waiting for it", says a well-meant note. Here it is played, in virtual
//! time: a task that *waits* holds up no other, one that *blocks* the thread holds up all. Then what the note
//! recommends: limits, a look at the errors, and waiting for several with one limit for all.
//!
//! With `-- broken`: what happens without, and what a limit does not help against.

mod server;

use std::env;
use std::fmt::Display;
use std::panic::resume_unwind;
use std::sync::mpsc::{self, TryRecvError};
use std::time::{Duration, Instant};

use coros::syscall::{Block, Now};
use coros::{
    Clock, RunError, Scheduler, call, offload, run, shield, sleep, spawn, timeout, wait_all,
};

use server::{Answer, Server};

const SECOND: Duration = Duration::from_secs(1);
const LIMIT: Duration = Duration::from_secs(5);
const AGES: Duration = Duration::from_secs(10_000);

/// The time of a scene.
#[derive(Clone, Copy)]
struct Watch(Instant);

impl Watch {
    fn say(self, who: &str, what: impl Display) {
        let seconds = (call(Now) - self.0).as_secs();
        println!("{seconds:>6} s  {who}: {what}");
    }

    fn tell(self, who: &str, answer: Answer) {
        match answer {
            Ok(answer) => self.say(who, answer),
            Err(error) => self.say(who, error),
        }
    }
}

/// Plays a scene as the first task of a scheduler in virtual time.
fn play(title: &str, scene: fn(Watch)) {
    println!("{title}:");
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let watch = Watch(sched.now());
    sched.spawn(move || scene(watch));
    match sched.run() {
        Ok(_) => println!("{:>6} s  all is over", (sched.now() - watch.0).as_secs()),
        Err(stuck) => println!(
            "  {}",
            stuck.to_string().replace(" since 0ns at ", "\n    at ")
        ),
    }
}

/// Two questions that are answered soon, and the last task in the queue.
fn two_and_a_last(watch: Watch, last: fn()) {
    for (name, seconds) in [("mail", 1), ("news", 2)] {
        let server = Server::answers_after(seconds * SECOND);
        spawn(move || watch.tell(name, server.ask()));
    }
    spawn(move || {
        last();
        watch.say("the last", "here I am");
    });
}

fn the_last_waits(watch: Watch) {
    two_and_a_last(watch, || _ = Server::answers_after(AGES).ask());
}

fn the_last_blocks(watch: Watch) {
    two_and_a_last(watch, || call(Block(AGES)));
}

fn a_limit(watch: Watch) {
    let server = Server::never_answers();
    match timeout(LIMIT, || server.ask()) {
        Ok(answer) => watch.tell("never", answer),
        Err(late) => watch.say("never", late),
    }
}

/// Asks, and asks again after a pause, each time a longer one.
fn ask_again(watch: Watch, server: &Server) -> Option<&'static str> {
    for pause in [0, 1, 2, 4] {
        // Interrupted, we give up.
        sleep(pause * SECOND).ok()?;
        match timeout(LIMIT, || server.ask()) {
            Ok(Ok(answer)) => return Some(answer),
            Ok(Err(error)) => watch.say("moody", error),
            Err(late) => watch.say("moody", late),
        }
    }
    None
}

fn errors(watch: Watch) {
    // What panics ends its own task alone.
    let careless = spawn(|| -> Answer { resume_unwind(Box::new("I took it for granted")) });
    match careless.join() {
        Ok(answer) => watch.tell("careless", answer),
        Err(error) => watch.say("careless", error),
    }
    let answer = ask_again(watch, &Server::moody());
    watch.say("moody", answer.unwrap_or("what it said yesterday"));
}

/// Asks, and tidies up if there is no answer, even if it was broken off.
fn ask_tidily(watch: Watch, name: &'static str, server: &Server) -> Answer {
    server.ask().inspect_err(|_| {
        _ = shield(LIMIT, || sleep(SECOND));
        watch.say(name, "I have tidied up");
    })
}

fn several(watch: Watch) {
    let servers = [("slow", AGES), ("news", 2 * SECOND), ("mail", SECOND)];
    let asked = servers.map(|(name, time)| {
        let server = Server::answers_after(time);
        spawn(move || ask_tidily(watch, name, &server))
    });
    let waited = wait_all(&asked, LIMIT).expect("nothing interrupts it");
    for &at in &waited.pending {
        asked[at].cancel("too late");
    }
    for at in waited.done.into_iter().chain(waited.pending) {
        watch.tell(servers[at].0, asked[at].join().expect("no panic"));
    }
}

fn nested(watch: Watch) {
    let server = Server::never_answers();
    let outer = timeout(3 * SECOND, || {
        match timeout(LIMIT, || server.ask()) {
            Ok(answer) => watch.tell("inner", answer),
            Err(late) => watch.say("inner", late),
        };
    });
    watch.say("outer", outer.expect_err("the inner one is longer"));
}

fn no_limit(watch: Watch) {
    watch.tell("never", Server::never_answers().ask());
}

fn no_cancel(watch: Watch) {
    let server = Server::answers_after(AGES);
    let asked = [spawn(move || watch.tell("slow", server.ask()))];
    let waited = wait_all(&asked, LIMIT).expect("nothing interrupts it");
    watch.say("pending", waited.pending.len());
}

fn a_limit_around_a_block(watch: Watch) {
    let blocked = timeout(LIMIT, || call(Block(AGES)));
    watch.say("limited to 5 s", format_args!("{blocked:?}"));
}

/// In real time.
fn beside_the_loop() -> Result<(), RunError> {
    println!("a limit around a block beside the loop:");
    let (release, gate) = mpsc::channel::<()>();
    let (leave, exit) = mpsc::channel::<()>();
    let blocking = move || {
        _ = gate.recv();
        drop(leave);
    };
    // Long enough for a thread to begin, on whatever machine: before that it could be called off.
    run(|| match timeout(SECOND, || offload(blocking)) {
        Ok(_) => println!("  it has come to its end"),
        Err(late) => println!("  {late}"),
    })?;
    let blocked = exit.try_recv() == Err(TryRecvError::Empty);
    println!("  the loop is over; its thread is still blocked: {blocked}");
    drop(release);
    exit.recv().expect_err("it leaves without a word");
    println!("  the thread was let go");
    Ok(())
}

fn main() -> Result<(), RunError> {
    if env::args().any(|argument| argument == "broken") {
        play("no limit", no_limit);
        play("a limit, and no cancel", no_cancel);
        play("a limit around a block", a_limit_around_a_block);
        return beside_the_loop();
    }
    play("the last in the queue waits", the_last_waits);
    play("the last in the queue blocks", the_last_blocks);
    play("a limit", a_limit);
    play("errors, looked at", errors);
    play("several, with one limit for all", several);
    play("a limit of 5 s within one of 3 s", nested);
    Ok(())
}
