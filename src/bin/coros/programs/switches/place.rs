//! Where the two sides run: on one CPU, or on two.

#[cfg(target_os = "linux")]
pub use linux::Place;
#[cfg(not(target_os = "linux"))]
pub use other::Place;

#[cfg(target_os = "linux")]
mod linux {
    use std::io;

    use rustix::thread::{CpuSet, sched_getaffinity, sched_getcpu, sched_setaffinity};

    /// The CPUs of both sides; dropped, this thread may go where it might before.
    pub struct Place {
        pub here: usize,
        pub there: usize,
        before: CpuSet,
    }

    impl Place {
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
            let mut place = Self::together()?;
            let all = (1..CpuSet::MAX_CPU).map(|further| (place.here + further) % CpuSet::MAX_CPU);
            let mut others = all.filter(|&cpu| place.before.is_set(cpu));
            place.there = others.next().unwrap_or(place.here);
            Ok(place)
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

    impl Drop for Place {
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
    pub struct Place {
        pub here: usize,
        pub there: usize,
    }

    impl Place {
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
