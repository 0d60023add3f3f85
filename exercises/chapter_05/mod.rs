//! The quantum.

mod grade;
mod solved;
mod yours;

crate::exercise!(highest_response_ratio_next);
