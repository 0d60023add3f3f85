//! How events are written down and read again.
#![cfg(feature = "record")]

/// What is not written down, since it is read as that anyway.
pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Durations as whole nanoseconds.
pub(super) mod nanos {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(in crate::kernel::abi::events) fn serialize<S: Serializer>(
        time: &Duration,
        out: S,
    ) -> Result<S::Ok, S::Error> {
        out.serialize_u64(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX))
    }

    pub(in crate::kernel::abi::events) fn deserialize<'de, D: Deserializer<'de>>(
        input: D,
    ) -> Result<Duration, D::Error> {
        u64::deserialize(input).map(Duration::from_nanos)
    }
}

/// As [`nanos`], where there may be none.
pub(super) mod some_nanos {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(in crate::kernel::abi::events) fn serialize<S: Serializer>(
        time: &Option<Duration>,
        out: S,
    ) -> Result<S::Ok, S::Error> {
        match time {
            Some(time) => super::nanos::serialize(time, out),
            None => out.serialize_none(),
        }
    }

    pub(in crate::kernel::abi::events) fn deserialize<'de, D: Deserializer<'de>>(
        input: D,
    ) -> Result<Option<Duration>, D::Error> {
        let nanos = Option::<u64>::deserialize(input)?;
        Ok(nanos.map(Duration::from_nanos))
    }
}

mod tid {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::kernel::abi::tid::Tid;

    /// By its number.
    impl Serialize for Tid {
        fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
            out.serialize_u64(self.number())
        }
    }

    /// One that was recorded: it names no task that lives.
    impl<'de> Deserialize<'de> for Tid {
        fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
            let number = u64::deserialize(input)?;
            Tid::recorded(number)
                .ok_or_else(|| D::Error::custom(format!("no task has the number {number}")))
        }
    }
}

mod candidate {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::super::step::Candidate;
    use crate::kernel::abi::tid::Tid;

    /// Its number alone, or with its key: there are several of them in each turn.
    #[derive(Deserialize)]
    #[serde(
        untagged,
        expecting = "expected the number of a task, or a pair of it and its key"
    )]
    enum Written {
        Tid(Tid),
        Keyed(Tid, String),
    }

    impl Serialize for Candidate {
        fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
            match self.key.as_str() {
                "" => self.tid.serialize(out),
                key => (self.tid, key).serialize(out),
            }
        }
    }

    impl<'de> Deserialize<'de> for Candidate {
        fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
            let (tid, key) = match Written::deserialize(input)? {
                Written::Tid(tid) => (tid, String::new()),
                Written::Keyed(tid, key) => (tid, key),
            };
            Ok(Self { tid, key })
        }
    }
}
