//! What a tiny executor lacks, and has here: six limits.
//!
//! `tiny_executor` has the limits of many a first runtime: no new tasks, no sleep, no other threads, no pool,
//! no server with many clients, no end but its own. Here each is lifted, with something to show for it.
//!
//! With `-- broken` two futures misbehave: one that is never woken, and one that wakes itself all the time.

use std::env;
use std::error::Error;
use std::future::poll_fn;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::sync::{Barrier, mpsc};
use std::task::{Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use coros::net::{TcpListener, TcpStream};
use coros::offload::Pool;
use coros::syscall::{GetRemote, NewTask};
use coros::{
    Builder, Clock, Scheduler, block_on, call, group, offload, shield, sleep, smp, spawn,
    spawn_future, sync,
};

/// How a part of the show ends: a wait may be broken off, by Ctrl-C say.
type Shown = Result<(), Box<dyn Error>>;

/// A part of the show: its title, and what shows it.
type Part = (&'static str, fn() -> Shown);

const HOUR: Duration = Duration::from_secs(3600);
const SECOND: Duration = Duration::from_secs(1);
/// How many come to the echo server.
const GUESTS: usize = 100;

/// New tasks come while the loop runs: from a task, as futures, from another thread.
fn births() -> Shown {
    coros::run(|| {
        let grandchild = || spawn(|| "a task of a task").join();
        println!("  {}", spawn(grandchild).join()??);
        println!("  {}", spawn_future(async { "a future" }).join()?);
        // A child comes before its parent: it has printed when the call returns.
        call(NewTask::new(|| println!("  a task, by the call NewTask")));
        let remote = call(GetRemote)?;
        let far = move || {
            let task = remote.spawn(|| "a task of another thread");
            task.map(|task| task.join())
        };
        println!("  {}", offload(far)???);
        Ok(())
    })?
}

/// How many turns the loop gives out while one task waits for so long.
fn turns_of_a_wait(time: Duration) -> u64 {
    let mut sched = Scheduler::new();
    sched.spawn(move || sleep(time).unwrap());
    sched.run().unwrap().turns
}

fn sleep_when_idle() -> Shown {
    for milliseconds in [1, 200] {
        let turns = turns_of_a_wait(Duration::from_millis(milliseconds));
        println!("  a wait of {milliseconds} ms: {turns} turns");
    }
    Ok(())
}

/// Other threads wake: a future by its waker, a task by an item in a channel.
fn wakes_across_threads() -> Shown {
    let (wakers, waker) = mpsc::channel::<Waker>();
    let (sender, items) = smp::channel(1);
    let other = thread::spawn(move || {
        // Without it, the task was interrupted.
        if let Ok(waker) = waker.recv() {
            waker.wake();
            _ = sender.send("an item");
        }
    });
    let ended: Shown = coros::run(move || {
        let mut polls = 0;
        let future = poll_fn(|context| {
            polls += 1;
            if polls > 1 {
                return Poll::Ready(());
            }
            _ = wakers.send(context.waker().clone());
            Poll::Pending
        });
        block_on(future)?;
        println!("  its waker was called: {polls} polls in all");
        println!("  received: {}", items.recv()?);
        Ok(())
    })?;
    other.join().expect("it does not panic");
    ended
}

/// Two threads at a time: only so can any of them get past a barrier of two.
fn pools() -> Shown {
    static MEETING: Barrier = Barrier::new(2);
    let cores = smp::run(2, |core| {
        MEETING.wait();
        core.id()
    });
    println!("  two loops have met: cores {:?}", cores?);
    let met = coros::run(|| {
        let pool = Pool::new(2);
        let lead = || pool.run(|| MEETING.wait().is_leader());
        group(|group| {
            let pieces: Vec<_> = (0..8).map(|_| group.spawn(lead)).collect();
            pieces
                .iter()
                .filter(|it| matches!(it.join(), Ok(Ok(true))))
                .count()
        })
        .map_err(|error| error.to_string())
    });
    println!("  8 pieces of work in a pool of 2: met {} times", met??);
    Ok(())
}

fn serve(listener: &TcpListener) {
    for stream in listener.incoming() {
        let Ok(stream) = stream else { return };
        spawn(move || io::copy(&mut &stream, &mut &stream));
    }
}

/// Comes, and speaks when all are there; says whether the echo is right.
fn visit(address: SocketAddr, number: usize, all_here: &sync::Barrier) -> io::Result<bool> {
    let mut stream = TcpStream::connect(address)?;
    all_here.wait().map_err(io::Error::other)?;
    let said = format!("guest {number}");
    stream.write_all(said.as_bytes())?;
    stream.shutdown(Shutdown::Write)?;
    let mut echo = String::new();
    stream.read_to_string(&mut echo)?;
    Ok(echo == said)
}

/// A server and its guests, on one thread.
fn many_clients() -> Shown {
    let right = coros::run(|| {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        // A daemon is not waited for: the run ends when the guests have gone.
        Builder::new().daemon(true).spawn(move || serve(&listener));
        let all_here = sync::Barrier::new(GUESTS);
        group(|group| {
            let visit = |number| {
                let all_here = &all_here;
                group.spawn_result(move || visit(address, number, all_here))
            };
            let visits: Vec<_> = (0..GUESTS).map(visit).collect();
            visits
                .iter()
                .filter(|it| matches!(it.join(), Ok(Ok(true))))
                .count()
        })
        .map_err(io::Error::other)
    });
    println!(
        "  {GUESTS} guests at the same time, {} right echoes",
        right??
    );
    Ok(())
}

/// Another thread ends the run: two tasks see to their end, one does not.
fn termination() -> Shown {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let remote = sched.remote().unwrap();
    let never = sync::Event::new();
    for name in ["reader", "writer"] {
        let never = never.clone();
        sched.spawn(move || {
            let why = never.wait().expect_err("no task sets it");
            println!("  {name}: {why}; I tidy up");
        });
    }
    let stubborn = never.clone();
    sched.spawn(move || {
        _ = stubborn.wait();
        _ = shield(HOUR, || stubborn.wait());
    });
    sched.spawn(move || {
        let other = thread::spawn(move || remote.stop(SECOND));
        _ = never.wait();
        other.join().unwrap().expect("no task stopped it before");
    });
    let report = sched.run().unwrap();
    let (returned, overdue) = (report.returned, report.overdue);
    println!("  {returned} have returned, {overdue} was killed: it outlived its grace");
    Ok(())
}

/// A future that is pending, and keeps no waker: it will never be woken.
fn forgotten_waker() -> Shown {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    sched.spawn(|| block_on(poll_fn(|_| Poll::<()>::Pending)));
    let stuck = sched.run().unwrap_err().to_string();
    println!("  {}", stuck.replace(" since 0ns at ", "\n    at "));
    Ok(())
}

/// A future that is pending, and wakes itself: the loop never sleeps.
fn busy_polling() -> Shown {
    let mut sched = Scheduler::new();
    let until = Instant::now() + Duration::from_millis(200);
    sched.spawn(move || {
        block_on(poll_fn(|context| {
            if Instant::now() >= until {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        }))
    });
    println!("  a wait of 200 ms: {} turns", sched.run()?.turns);
    Ok(())
}

fn main() -> Shown {
    let lifted: [Part; 6] = [
        ("1. tasks come at run time", births),
        ("2. the loop sleeps when idle", sleep_when_idle),
        ("3. other threads wake", wakes_across_threads),
        ("4. pools of threads", pools),
        ("5. a server with many clients", many_clients),
        ("6. the run is ended from outside", termination),
    ];
    let broken: [Part; 2] = [
        ("a future that keeps no waker", forgotten_waker),
        ("a future that wakes itself", busy_polling),
    ];
    let shown: &[_] = match env::args().any(|argument| argument == "broken") {
        true => &broken,
        false => &lifted,
    };
    for (title, show) in shown {
        println!("{title}:");
        show()?;
    }
    Ok(())
}
