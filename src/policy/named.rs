//! Policies by their names.

use std::time::Duration;

use super::{
    Edf, Eevdf, Fair, Fifo, Lottery, Mlfq, OnWait, Priority, QUANTUM, Random, RoundRobin, Sjf,
    Stcf, Stride,
};
use crate::kernel::Policy;
use crate::shown::error;

/// The names that [`by_name`] knows.
pub const NAMES: [&str; 13] = [
    "fifo", "rr", "sjf", "stcf", "priority", "rm", "mlfq", "lottery", "stride", "fair", "eevdf",
    "edf", "random",
];

/// What can be set of a policy that is made [by name](by_name); each looks at what it understands.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Settings {
    /// How much CPU time a task may use before it has to queue again; for `fair`, the latency.
    pub quantum: Option<Duration>,
    /// How many queues `mlfq` has.
    pub queues: Option<usize>,
    /// The CPU time after which `mlfq` moves a task one level down.
    pub allotment: Option<Duration>,
    /// How often `mlfq` moves all tasks to the top.
    pub boost: Option<Duration>,
    /// What a wait does to quantum and allotment of `mlfq`.
    pub on_wait: OnWait,
    /// What is drawn by lot comes from this.
    pub seed: u64,
    /// The first draws of `lottery`.
    pub draws: Vec<u64>,
}

/// Makes a policy from its name.
///
/// # Errors
///
/// If there is no policy of that name; the error says which there are.
///
/// ```
/// use coros::policy::{self, Settings};
///
/// let settings = Settings { seed: 7, ..Settings::default() };
/// for name in policy::NAMES {
///     assert_eq!(policy::by_name(name, &settings).unwrap().name(), name);
/// }
/// let unknown = policy::by_name("luck", &settings).err().unwrap();
/// assert!(unknown.to_string().starts_with("no such policy: luck (there are fifo, rr, sjf"));
/// ```
pub fn by_name(name: &str, settings: &Settings) -> Result<Box<dyn Policy>, UnknownPolicy> {
    let quantum = settings.quantum.unwrap_or(QUANTUM);
    Ok(match name {
        "fifo" => Box::new(Fifo::new()),
        "rr" => Box::new(RoundRobin::new(quantum)),
        "sjf" => Box::new(Sjf::new()),
        "stcf" => Box::new(Stcf::new()),
        "priority" => Box::new(with(Priority::new(), Priority::quantum, settings.quantum)),
        "rm" => {
            let policy = Priority::rate_monotonic();
            Box::new(with(policy, Priority::quantum, settings.quantum))
        }
        "mlfq" => Box::new(mlfq(settings)),
        "lottery" => {
            let draws = settings.draws.iter().copied();
            Box::new(Lottery::with_draws(draws, settings.seed).quantum(quantum))
        }
        "stride" => Box::new(Stride::new().quantum(quantum)),
        "fair" => Box::new(with(Fair::new(), Fair::latency, settings.quantum)),
        "eevdf" => Box::new(Eevdf::new().quantum(quantum)),
        "edf" => Box::new(Edf::new()),
        "random" => Box::new(with(
            Random::new(settings.seed),
            Random::quantum,
            settings.quantum,
        )),
        _ => return Err(UnknownPolicy(name.to_owned())),
    })
}

/// A policy with something set, if it is given.
fn with<P, S>(policy: P, set: fn(P, S) -> P, setting: Option<S>) -> P {
    match setting {
        Some(setting) => set(policy, setting),
        None => policy,
    }
}

fn mlfq(settings: &Settings) -> Mlfq {
    let policy = Mlfq::new().on_wait(settings.on_wait);
    let policy = with(policy, Mlfq::quantum, settings.quantum);
    let policy = with(policy, Mlfq::queues, settings.queues);
    let policy = with(policy, Mlfq::allotment, settings.allotment);
    with(policy, Mlfq::boost, settings.boost)
}

/// There is no policy of this name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownPolicy(pub String);

error! {
    UnknownPolicy {
        Self(name) => format_args!("no such policy: {name} (there are {})", NAMES.join(", ")),
    }
}
