//! The child's side: it tells where it listens, and what it has used whenever it is asked.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::process;
use std::thread;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

use super::cores::pin;

/// What a process has used since it began, and what it has.
#[derive(Serialize, Deserialize)]
pub struct Used {
    pub cpu: Duration,
    pub resident_bytes: u64,
}

impl Used {
    fn now() -> Self {
        let time = clock_gettime(ClockId::ProcessCPUTime);
        Self {
            cpu: Duration::try_from(time).expect("a process uses no negative time"),
            resident_bytes: resident_bytes(),
        }
    }
}

/// Answers in a thread of its own, and pins the caller; ends the process when the parent is gone.
pub fn obey(core: usize) {
    thread::spawn(|| {
        for _ask in io::stdin().lines().map_while(Result::ok) {
            let used = serde_json::to_string(&Used::now()).expect("numbers can be written");
            println!("{used}");
        }
        process::exit(0);
    });
    pin(core);
}

/// Tells the parent where this process listens.
pub fn tell_address(address: io::Result<SocketAddr>) {
    println!("{}", address.expect("a listener has an address"));
}

/// How much of this process is in memory.
pub fn resident_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux has it");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|rest| rest.trim().strip_suffix(" kB"));
    kib.and_then(|kib| kib.parse::<u64>().ok())
        .expect("VmRSS is in KiB")
        << 10
}
