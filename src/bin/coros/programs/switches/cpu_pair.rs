//! Where the two sides run: on one CPU, or on two.

#[cfg(target_os = "linux")]
pub use linux::CpuPair;
#[cfg(not(target_os = "linux"))]
pub use other::CpuPair;

#[cfg(target_os = "linux")]
mod linux {
    use std::io;

    use rustix::thread::{CpuSet, sched_getaffinity, sched_getcpu, sched_setaffinity};

    /// The CPUs of both sides; dropped, this thread may go where it might before.
    pub struct CpuPair {
        pub here: usize,
        pub there: usize,
        before: CpuSet,
    }

    impl CpuPair {
        /// Puts this thread, and the other side, on the CPU where it is.
        pub fn together() -> io::Result<Self> {
            let before = sched_getaffinity(None)?;
            let here = sched_getcpu();
            put_on(here)?;
            Ok(Self {
                here,
                there: here,
                before,
            })
        }

        /// Puts the other side on the next CPU that may be used; it is the same one if there is but one.
        pub fn apart() -> io::Result<Self> {
            let mut pair = Self::together()?;
            let all = (1..CpuSet::MAX_CPU).map(|further| (pair.here + further) % CpuSet::MAX_CPU);
            let mut others = all.filter(|&cpu| pair.before.is_set(cpu));
            pair.there = others.next().unwrap_or(pair.here);
            Ok(pair)
        }

        /// Starts the other side: a thread or a process begins where its maker is.
        pub fn start<T>(&self, other: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
            put_on(self.there)?;
            let started = other();
            put_on(self.here)?;
            started
        }
    }

    fn put_on(cpu: usize) -> io::Result<()> {
        if cpu >= CpuSet::MAX_CPU {
            return Err(io::Error::other(format!("CPU {cpu} is beyond the list")));
        }
        let mut one = CpuSet::new();
        one.set(cpu);
        Ok(sched_setaffinity(None, &one)?)
    }

    impl Drop for CpuPair {
        fn drop(&mut self) {
            // It was allowed before. If it no more is, the measuring is over all the same.
            _ = sched_setaffinity(None, &self.before);
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod other {
    use std::io;

    /// There is none: this system lets no thread choose its CPU.
    pub struct CpuPair {
        pub here: usize,
        pub there: usize,
    }

    impl CpuPair {
        pub fn together() -> io::Result<Self> {
            Err(io::Error::other("no thread may choose its CPU"))
        }

        pub fn apart() -> io::Result<Self> {
            Self::together()
        }

        pub fn start<T>(&self, other: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
            other()
        }
    }
}
