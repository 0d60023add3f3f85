//! tokio's `mpsc` between two cores.

use std::thread;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::{self, Receiver, Sender};

use crate::measure::{Pace, Sample};
use crate::wire::cores::{cores, pin};

/// A token goes there and back between the main thread and a task on one of two workers, which
/// are pinned to the other core. Of two tasks on workers one would be drawn to the other's.
pub fn ping_pong_across_workers(laps: u64) -> Sample {
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .on_thread_start(|| pin(cores().load))
        .build()
        .expect("a runtime can be had");
    let (there, arrived) = mpsc::channel(1);
    let (back, returned) = mpsc::channel(1);
    let echo = runtime.spawn(echo(arrived, back));
    let sample = in_thread(cores().server, || {
        runtime.block_on(ping(there, returned, laps))
    });
    runtime.block_on(echo).expect("a task returns");
    sample
}

/// The same between the only tasks of two current-thread runtimes.
pub fn ping_pong_across_runtimes(laps: u64) -> Sample {
    let (there, arrived) = mpsc::channel(1);
    let (back, returned) = mpsc::channel(1);
    let echo = thread::spawn(|| {
        pin(cores().load);
        current_thread().block_on(echo(arrived, back));
    });
    let sample = in_thread(cores().server, || {
        current_thread().block_on(ping(there, returned, laps))
    });
    echo.join().expect("a thread returns");
    sample
}

fn current_thread() -> Runtime {
    Builder::new_current_thread()
        .build()
        .expect("a runtime can be had")
}

fn in_thread<T: Send>(core: usize, work: impl FnOnce() -> T + Send) -> T {
    let work = move || {
        pin(core);
        work()
    };
    thread::scope(|scope| scope.spawn(work).join()).expect("a thread returns")
}

async fn ping(there: Sender<u64>, mut returned: Receiver<u64>, laps: u64) -> Sample {
    let pace = Pace::new(1, laps);
    for stretch in pace.stretches(0) {
        for token in 0..stretch {
            there.send(token).await.expect("the other one listens");
            assert_eq!(returned.recv().await, Some(token));
        }
    }
    pace.sample()
}

async fn echo(mut arrived: Receiver<u64>, back: Sender<u64>) {
    while let Some(token) = arrived.recv().await {
        if back.send(token).await.is_err() {
            return;
        }
    }
}
