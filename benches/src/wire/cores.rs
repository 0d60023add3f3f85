//! Cores: one for the servers, another for the load, so that they do not take turns.

use std::sync::OnceLock;
use std::thread;

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// Which core is for what.
#[derive(Clone, Copy)]
pub struct Cores {
    pub server: usize,
    pub load: usize,
}

/// The first two cores of this process, found out before anything is pinned.
pub fn cores() -> Cores {
    static CORES: OnceLock<Cores> = OnceLock::new();
    *CORES.get_or_init(|| {
        let mine = sched_getaffinity(None).unwrap_or_else(|_| CpuSet::new());
        let mut all = (0..CpuSet::MAX_CPU).filter(|&core| mine.is_set(core));
        let server = all.next().unwrap_or(0);
        let load = all.next().unwrap_or(server);
        if load == server {
            println!("\nnote: one core only, which servers and load share: compare nothing with");
            println!("      figures from machines with two");
        }
        Cores { server, load }
    })
}

/// Pins the calling thread, and those that it starts from now on; says so if it cannot.
pub fn pin(core: usize) {
    let mut set = CpuSet::new();
    set.set(core);
    if let Err(error) = sched_setaffinity(None, &set) {
        eprintln!("note: not pinned to core {core}: {error}");
    }
}

/// Does something on the core that is for the load.
pub fn on_load_core<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let core = cores().load;
    let work = move || {
        pin(core);
        work()
    };
    thread::scope(|scope| scope.spawn(work).join())
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
