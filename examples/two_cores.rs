//! A producer on one core, a consumer on another.
//!
//! Each is a thread with a scheduler of its own.

use coros::{smp, spawn};

fn main() {
    // The channel is the only thing that the cores share.
    let (tx, rx) = smp::channel(8);
    let (report, reports) = smp::channel(8);
    let printer = std::thread::spawn(move || {
        for line in reports {
            println!("{line}");
        }
    });

    let results = smp::run(2, move |core| match core.id() {
        0 => {
            // Tasks of one core need no locks among themselves.
            let halves = [0..500_u64, 500..1000].map(|half| {
                let tx = tx.clone();
                spawn(move || half.for_each(|item| tx.send(item).expect("it is consumed")))
            });
            for half in halves {
                half.join().expect("it was sent");
            }
            tx.close();
            0
        }
        _ => {
            let sum = rx.iter().sum::<u64>();
            report
                .send(format!("core 1 has received all: {sum}"))
                .unwrap();

            // The other core's main has ended, or is about to; its scheduler stays for this.
            let far = core.remote(0).spawn(|| "core 0 answers core 1").unwrap();
            report.send(far.join().unwrap().to_owned()).unwrap();
            report.close();
            sum
        }
    });
    printer.join().expect("it prints");
    println!("results: {:?}", results.expect("no core has failed"));
}
