//! coros's `smp`: channels between two cores.

use coros::smp::{Cores, Receiver, Sender, channel};

use crate::measure::{Pace, Sample};

/// The only tasks of two cores pass a token there and back.
pub fn ping_pong_across(laps: u64) -> Sample {
    let (there, arrived) = channel(1);
    let (back, returned) = channel(1);
    let main = move |core: coros::smp::Core| match core.id() {
        0 => Some(ping(&there, &returned, laps)),
        _ => {
            echo(&arrived, &back);
            None
        }
    };
    let samples = Cores::new(2).pinned().run(main).expect("two cores run");
    samples
        .into_iter()
        .flatten()
        .next()
        .expect("the first core measured")
}

fn ping(there: &Sender<u64>, returned: &Receiver<u64>, laps: u64) -> Sample {
    let pace = Pace::new(1, laps);
    for stretch in pace.stretches(0) {
        for token in 0..stretch {
            there.send(token).expect("the other one listens");
            assert_eq!(returned.recv().ok(), Some(token));
        }
    }
    // Both cores hold all ends, so nothing else says that it is over.
    there.close();
    pace.sample()
}

fn echo(arrived: &Receiver<u64>, back: &Sender<u64>) {
    for token in arrived.iter() {
        back.send(token).expect("it is awaited");
    }
}
