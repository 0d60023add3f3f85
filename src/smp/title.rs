//! What reports call something that several threads share.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// What something is and which, as in "channel between threads 'jobs'".
pub(super) struct Title {
    kind: &'static str,
    name: Mutex<Option<Arc<str>>>,
}

impl Title {
    pub(super) const fn of(kind: &'static str) -> Self {
        Self {
            kind,
            name: Mutex::new(None),
        }
    }

    pub(super) fn set_name(&self, name: Arc<str>) {
        let mut held = self.name.lock().unwrap_or_else(PoisonError::into_inner);
        *held = Some(name);
    }
}

impl fmt::Display for Title {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = self.name.lock().unwrap_or_else(PoisonError::into_inner);
        match held.clone() {
            Some(name) => write!(out, "{} '{name}'", self.kind),
            None => write!(out, "a {}", self.kind),
        }
    }
}
