//! A tree of tokio's tasks.

use std::pin::Pin;
use std::time::Instant;

use tokio::task::JoinHandle;

use super::{Place, Tokio};
use crate::measure::Sample;
use crate::subjects::BRANCHES;

impl<P: Place> Tokio<P> {
    /// Leaves return their numbers, and all others the sum of what their children return.
    pub fn skynet(&self, leaves: u64) -> Sample {
        self.run(async move {
            let began = Instant::now();
            let sum = grow::<P>(0, leaves).await.expect("a task returns");
            let elapsed = began.elapsed();
            assert_eq!(sum, (0..leaves).sum::<u64>());
            Sample {
                operations: leaves,
                elapsed,
            }
        })
    }
}

fn grow<P: Place>(first: u64, leaves: u64) -> JoinHandle<u64> {
    if leaves == 1 {
        return P::spawn(async move { first });
    }
    P::spawn(Box::pin(branch::<P>(first, leaves / BRANCHES))
        as Pin<Box<dyn Future<Output = u64> + Send>>)
}

async fn branch<P: Place>(first: u64, leaves: u64) -> u64 {
    let children: Vec<_> = (0..BRANCHES)
        .map(|child| grow::<P>(first + child * leaves, leaves))
        .collect();
    let mut sum = 0;
    for child in children {
        sum += child.await.expect("a task returns");
    }
    sum
}
