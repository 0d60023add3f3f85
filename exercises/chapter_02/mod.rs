//! What a switch costs.

mod grade;
mod solved;
mod yours;

crate::exercise!(switches);
