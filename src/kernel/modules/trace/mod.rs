//! Telling observers what happens.

pub(in crate::kernel) mod observers;
pub(in crate::kernel) mod turn;
