//! Pictures of what happened, made from events. Floor 3.
//!
//! A [`Timeline`] puts the events together; [`gantt_text`] draws it for a terminal, [`gantt_svg`] for a
//! page, and [`perfetto`] writes it for the trace viewer of that name. [`wait_graph`] shows who waits for
//! what, held by whom. All of them take any sequence of events, and any names.
//!
//! ```
//! use std::time::Duration;
//! use coros::picture::{Size, Timeline, gantt_text};
//!
//! let ms = Duration::from_millis;
//! let pieces = [(ms(0), ms(20), 0, 1), (ms(20), ms(30), 0, 2), (ms(30), ms(40), 0, 1)];
//! let text = gantt_text(&Timeline::of_pieces(pieces), &Size::terminal().width(50));
//! assert!(text.contains("████████████████████··········██████████"));
//! ```

mod axis;
mod colours;
mod gantt;
mod perfetto;
mod resample;
mod shapes;
mod sheet;
pub mod signs;
mod text;
mod timeline;
mod waits;
mod words;

pub use gantt::gantt_svg;
pub use perfetto::perfetto;
pub use text::gantt_text;
pub use timeline::{Arrow, Axis, Counter, Cpu, Doing, Lane, Mark, Piece, Stay, Timeline};
pub use waits::{WaitEdge, WaitGraph, WaitNode, wait_graph};

/// How much room a Gantt chart has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Size {
    /// How wide it is: columns of a terminal, or pixels.
    pub width: usize,
    /// How many CPUs are drawn, and how many tasks; of the others it is only told how many they are.
    pub lanes: usize,
}

impl Size {
    /// 80 columns, and up to 40 lanes of each kind.
    #[must_use]
    pub fn terminal() -> Self {
        Self {
            width: 80,
            lanes: 40,
        }
    }

    /// 1000 pixels, and up to 100 lanes of each kind.
    #[must_use]
    pub fn page() -> Self {
        Self {
            width: 1000,
            lanes: 100,
        }
    }

    /// Sets the width. What is too narrow or too wide to draw is taken for the nearest that is not.
    #[must_use]
    pub fn width(mut self, width: usize) -> Self {
        self.width = width;
        self
    }

    /// Sets the number of lanes of each kind.
    #[must_use]
    pub fn lanes(mut self, lanes: usize) -> Self {
        self.lanes = lanes;
        self
    }
}
