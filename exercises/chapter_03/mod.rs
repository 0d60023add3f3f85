//! Two cakes.

mod grade;
mod kitchen;
mod solved;
mod yours;

crate::exercise!(cake);
