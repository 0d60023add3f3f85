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
        "priority" => Box::new(priority(Priority::new(), settings)),
        "rm" => Box::new(priority(Priority::rate_monotonic(), settings)),
        "mlfq" => Box::new(mlfq(settings)),
        "lottery" => Box::new(lottery(settings).quantum(quantum)),
        "stride" => Box::new(Stride::new().quantum(quantum)),
        "fair" => Box::new(fair(settings)),
        "eevdf" => Box::new(Eevdf::new().quantum(quantum)),
        "edf" => Box::new(Edf::new()),
        "random" => Box::new(random(settings)),
        _ => return Err(UnknownPolicy(name.to_owned())),
    })
}

fn priority(policy: Priority, settings: &Settings) -> Priority {
    match settings.quantum {
        Some(quantum) => policy.quantum(quantum),
        None => policy,
    }
}

fn mlfq(settings: &Settings) -> Mlfq {
    let mut policy = Mlfq::new().on_wait(settings.on_wait);
    if let Some(quantum) = settings.quantum {
        policy = policy.quantum(quantum);
    }
    if let Some(queues) = settings.queues {
        policy = policy.queues(queues);
    }
    if let Some(allotment) = settings.allotment {
        policy = policy.allotment(allotment);
    }
    if let Some(boost) = settings.boost {
        policy = policy.boost(boost);
    }
    policy
}

fn lottery(settings: &Settings) -> Lottery {
    Lottery::with_draws(settings.draws.iter().copied(), settings.seed)
}

fn fair(settings: &Settings) -> Fair {
    match settings.quantum {
        Some(latency) => Fair::new().latency(latency),
        None => Fair::new(),
    }
}

fn random(settings: &Settings) -> Random {
    match settings.quantum {
        Some(quantum) => Random::new(settings.seed).quantum(quantum),
        None => Random::new(settings.seed),
    }
}

/// There is no policy of this name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownPolicy(pub String);

error! {
    UnknownPolicy {
        Self(name) => format_args!("no such policy: {name} (there are {})", NAMES.join(", ")),
    }
}
