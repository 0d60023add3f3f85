//! Granularity.

mod grade;
mod solved;
mod yours;

crate::exercise!(work_in_pieces);
