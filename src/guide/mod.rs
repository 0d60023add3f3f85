//! The guide: twelve chapters, one idea each, from a coroutine to the size of pieces of work.
//!
// Floor 4: the pages stand in `docs/guide`, and here for readers of this documentation.
// Where their links lead here. Of two definitions the first one counts: those at the end of a page,
// which lead to files, hold in the repository.
#![doc = include_str!("links.md")]
#![doc = include_str!("../../docs/guide/README.md")]

macro_rules! page {
    ($name:ident, $file:literal) => {
        #[doc = include_str!("links.md")]
        #[doc = include_str!(concat!("../../docs/guide/", $file))]
        pub mod $name {}
    };
}

page!(ch01, "01-a-task-is-a-stack.md");
page!(ch02, "02-what-a-switch-costs.md");
page!(ch03, "03-two-cakes.md");
page!(ch04, "04-one-lock-for-all.md");
page!(ch05, "05-the-quantum.md");
page!(ch06, "06-time-tables.md");
page!(ch07, "07-the-end-of-main.md");
page!(ch08, "08-locks.md");
page!(ch09, "09-between-processes.md");
page!(ch10, "10-the-event-loop.md");
page!(ch11, "11-never-answers.md");
page!(ch12, "12-granularity.md");
page!(errata, "errata.md");
