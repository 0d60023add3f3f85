//! Telling observers what happens.

pub(crate) mod observers;
pub(crate) mod turn;
