//! Random programs: what their tasks do.

/// How many wait lists a program has.
pub const LISTS: usize = 3;

/// How many mutexes it has.
pub const MUTEXES: usize = 2;

/// How many channels it has.
pub const CHANNELS: usize = 2;

/// How many items a channel holds.
pub fn capacity(channel: usize) -> usize {
    channel + 1
}

/// What needs no kernel is paid from a budget, and now and then ends a turn; a program takes fewer
/// such shortcuts than that.
pub const SHORTCUTS: usize = 50;

/// The same budget pays for looks at a mutex; a program takes no more than what is left of it then.
pub const LOOKS: usize = 36;

/// A program makes no more tasks than this.
pub const MOST_TASKS: usize = 40;

/// A select has no more branches than this.
pub const BRANCHES: usize = 3;

/// How planned panics read.
pub const PLANNED: &str = "planned";

/// A tree of tasks.
#[derive(Clone, Debug)]
pub struct Program {
    /// How many tasks there are at the start: task `n` follows script `n`.
    pub roots: usize,
    pub scripts: Vec<Vec<Op>>,
}

impl Program {
    /// What the tasks do that script `parent` makes with `Act::Spawn(skip)`: a later script, so that
    /// the tree ends; past the last one, nothing.
    pub fn child_of(&self, parent: usize, skip: usize) -> usize {
        parent + 1 + skip
    }

    /// The steps of a script.
    pub fn script(&self, index: usize) -> &[Op] {
        self.scripts.get(index).map_or(&[], Vec::as_slice)
    }
}

/// One step of a script.
#[derive(Clone, Debug)]
pub enum Op {
    /// Does it now.
    Do(Act),
    /// Does it when the block ends, in a destructor. These run in the order in which they were made.
    Guard(Act),
    Panic,
    /// Runs a block and catches what it unwinds with; then returns from the task, or goes on.
    Catch {
        block: Vec<Op>,
        leave: bool,
    },
    /// Runs a block in a scope of its own.
    Within {
        fence: Fence,
        block: Vec<Op>,
    },
    /// Runs a block while it holds a mutex; not at all, if it does not get it.
    Locked {
        door: Act,
        block: Vec<Op>,
    },
}

/// A call or a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Yield,
    GetTid,
    Spawn(usize),
    /// Spawns, and keeps the handle: nobody knows the child by another way.
    SpawnKept(usize),
    /// In milliseconds.
    Sleep(u64),
    Park(usize),
    WakeOne(usize),
    WakeAll(usize),
    PostOne(usize),
    PostAll(usize),
    Kill(Who),
    Wait(Who),
    /// A wake without a reason.
    Nudge(Who),
    /// A post, through a handle that was kept.
    Cancel(Who),
    /// Waits for whichever comes first; if several have come, the first of them.
    Select([Option<Branch>; BRANCHES]),
    Send(usize),
    TrySend(usize),
    Recv(usize),
    TryRecv(usize),
    Close(usize),
    /// Tells of a mutex, and clears its poison.
    Look(usize),
    /// Only at the beginning of `Op::Locked`.
    Lock(usize),
    TryLock(usize),
    /// Only at the ends of `Op::Within`.
    Enter(Fence),
    Leave(Fence),
}

/// A branch of a select.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Branch {
    Sleep(u64),
    Park(usize),
    Wait(Who),
    /// Only as the first of two; what is locked is let go of at once.
    Lock(usize),
    Recv(usize),
    /// The item stays with its sender until it is its turn.
    Send(usize),
}

impl Act {
    /// Where it waits; one that is not a select has a single branch, or none.
    pub fn branches(self) -> [Option<Branch>; BRANCHES] {
        let single = match self {
            Act::Select(branches) => return branches,
            Act::Sleep(time) => Some(Branch::Sleep(time)),
            Act::Park(list) => Some(Branch::Park(list)),
            Act::Wait(who) => Some(Branch::Wait(who)),
            _ => None,
        };
        [single, None, None]
    }

    /// Whether it may be done without a call, and is paid for then.
    pub fn is_shortcut(self) -> bool {
        use Act::{Lock, Recv, Send, TryLock, TryRecv, TrySend};
        matches!(
            self,
            Lock(_) | TryLock(_) | Send(_) | TrySend(_) | Recv(_) | TryRecv(_)
        )
    }
}

/// A scope; how long it lasts, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fence {
    Timeout(u64),
    Shield(u64),
}

/// A task; it may be dead, or not be born yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Me,
    /// By the order of birth, counted from 0.
    Nth(usize),
}
