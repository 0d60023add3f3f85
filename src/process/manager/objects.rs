//! What stands in a client for the objects that a manager keeps.

use std::io;

use super::{Proxy, message};

/// A number that processes count with.
#[derive(Clone, Debug)]
pub struct Counter(pub(super) Proxy);

impl Counter {
    /// Adds to it; says what it is then. At its limits it wraps around.
    ///
    /// # Errors
    ///
    /// As [`Objects`](super::Objects) says.
    pub fn add(&self, number: i64) -> io::Result<i64> {
        self.0.ask_number("add", &[&number.to_le_bytes()])
    }

    /// What it is.
    ///
    /// # Errors
    ///
    /// As [`Objects`](super::Objects) says.
    pub fn get(&self) -> io::Result<i64> {
        self.add(0)
    }
}

/// Values by their keys, both of bytes.
#[derive(Clone, Debug)]
pub struct Dictionary(pub(super) Proxy);

impl Dictionary {
    /// The value of a key.
    ///
    /// # Errors
    ///
    /// As [`Objects`](super::Objects) says.
    pub fn get(&self, key: &[u8]) -> io::Result<Option<Vec<u8>>> {
        first(self.0.ask("get", &[key])?)
    }

    /// Gives a key a value; says which it had.
    ///
    /// # Errors
    ///
    /// As [`Objects`](super::Objects) says.
    pub fn insert(&self, key: &[u8], value: &[u8]) -> io::Result<Option<Vec<u8>>> {
        first(self.0.ask("insert", &[key, value])?)
    }

    /// Takes a key out; says which value it had.
    ///
    /// # Errors
    ///
    /// As [`Objects`](super::Objects) says.
    pub fn remove(&self, key: &[u8]) -> io::Result<Option<Vec<u8>>> {
        first(self.0.ask("remove", &[key])?)
    }

    /// All keys, in their order.
    ///
    /// # Errors
    ///
    /// As [`Objects`](super::Objects) says.
    pub fn keys(&self) -> io::Result<Vec<Vec<u8>>> {
        Ok(self.0.ask("keys", &[])?.unwrap_or_default())
    }
}

/// Items of bytes, one after the other.
#[derive(Clone, Debug)]
pub struct List(pub(super) Proxy);

impl List {
    /// Puts an item at the end; says how many there are then.
    ///
    /// # Errors
    ///
    /// As [`Objects`](super::Objects) says.
    pub fn push(&self, item: &[u8]) -> io::Result<usize> {
        let count = self.0.ask_number("push", &[item])?;
        usize::try_from(count).map_err(|_| message::broken())
    }

    /// The item at a place.
    ///
    /// # Errors
    ///
    /// As [`Objects`](super::Objects) says.
    pub fn get(&self, place: usize) -> io::Result<Option<Vec<u8>>> {
        let place = i64::try_from(place).unwrap_or(i64::MAX);
        first(self.0.ask("get", &[&place.to_le_bytes()])?)
    }

    /// How many items there are.
    ///
    /// # Errors
    ///
    /// As [`Objects`](super::Objects) says.
    pub fn len(&self) -> io::Result<usize> {
        self.0.ask_count("len")
    }

    /// Whether there are none.
    ///
    /// # Errors
    ///
    /// As [`Objects`](super::Objects) says.
    pub fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }

    /// All items.
    ///
    /// # Errors
    ///
    /// As [`Objects`](super::Objects) says.
    pub fn items(&self) -> io::Result<Vec<Vec<u8>>> {
        Ok(self.0.ask("items", &[])?.unwrap_or_default())
    }
}

pub(super) fn first(answer: Option<Vec<Vec<u8>>>) -> io::Result<Option<Vec<u8>>> {
    let first = |fields: Vec<Vec<u8>>| fields.into_iter().next().ok_or_else(message::broken);
    answer.map(first).transpose()
}
