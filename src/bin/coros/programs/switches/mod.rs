//! What a switch costs: between coroutines, tasks, threads and processes, measured side by side.
//!
//! Two sides take turns, both on one CPU, so that each turn is a switch of it. Threads and processes wait for a
//! byte in a pipe, since the system switches when one of them waits; so the table also says what the pipe
//! costs alone. The time is that of the wall, whatever the machine's clock is.

use std::io;
use std::process::ExitCode;

use clap::Args;
use coros::{Builder, Scheduler, yield_now};

use self::cpu_pair::CpuPair;
use self::measure::{Figures, measure};
use self::partner::{Partner, echo};
use super::Verdict;
use crate::interrupt;
use crate::numbers::whole;
use crate::term::{complain, say};

mod alone;
mod cpu_pair;
mod measure;
mod partner;

/// Bytes in a MiB, and in the smallest page that there is.
const MIB: usize = 1 << 20;
const PAGE: usize = 4096;

/// Measure a switch between coroutines, tasks, threads, and processes
#[derive(Args, Clone)]
pub struct Switches {
    /// So many MiB of memory are in use on either side
    #[arg(long, value_name = "MIB", default_value_t = 0)]
    #[arg(allow_hyphen_values = true, value_parser = whole::<usize>(0..=1024))]
    memory: usize,
    /// Put the two sides on two CPUs: then neither CPU switches to the other side
    #[arg(long)]
    apart: bool,
    /// Be the other process: send back each byte that comes
    #[arg(long, hide = true)]
    echo: bool,
}

impl Switches {
    pub fn load(&self, sched: &mut Scheduler) -> Verdict {
        let switches = self.clone();
        let main = sched.spawn_with(Builder::new().name("switches"), move || switches.main());
        let main = main.expect("a stack of the default size is to be had");
        Box::new(move || match main.join() {
            Ok(code) => code,
            Err(error) => complain(format_args!("{error}")),
        })
    }

    fn main(&self) -> ExitCode {
        let memory = in_use(self.memory);
        let told = match self.echo {
            true => {
                echo(rustix::stdio::stdin(), rustix::stdio::stdout()).map(|()| ExitCode::SUCCESS)
            }
            false => Ok(self.table()),
        };
        drop(memory);
        told.unwrap_or_else(|error| complain(format_args!("{error}")))
    }

    /// A row in each turn of this task, so that they can be stepped through.
    fn table(&self) -> ExitCode {
        let cpus = self.cpus();
        say!(
            "{:36} {:>10} {:>10} {:>14}",
            "a switch between",
            "ns",
            "ratio",
            "kernel counts"
        );
        let mut table = Table::default();
        table.row("two tasks of a scheduler", || Ok(alone::by_the_loop()));
        table.row("two coroutines, driven by hand", || Ok(alone::by_hand()));
        table.row("two threads, through pipes", || {
            turns(start(&cpus, Partner::thread)?)
        });
        let process = || Partner::process(self.memory);
        table.row("two processes, through pipes", || {
            turns(start(&cpus, process)?)
        });
        say!("and without a switch");
        table.row("a call of a function", || Ok(alone::of_a_function()));
        table.row("a byte into a pipe and out of it", alone::of_a_pipe);
        table.code
    }

    /// Chooses CPUs for both sides, and says which.
    fn cpus(&self) -> Option<CpuPair> {
        let cpus = match self.apart {
            true => CpuPair::apart(),
            false => CpuPair::together(),
        };
        match &cpus {
            Ok(cpus) if self.apart => say!(
                "One side on CPU {}, the other on CPU {}; medians.\n",
                cpus.here,
                cpus.there
            ),
            Ok(cpus) => say!("Both sides on CPU {}; medians.\n", cpus.here),
            Err(error) => say!("The two sides on any CPU ({error}); medians.\n"),
        }
        cpus.ok()
    }
}

fn start(
    cpus: &Option<CpuPair>,
    partner: impl FnOnce() -> io::Result<Partner>,
) -> io::Result<Partner> {
    match cpus {
        Some(cpus) => cpus.start(partner),
        None => partner(),
    }
}

/// The rows so far.
#[derive(Default)]
struct Table {
    /// What the first row says: all others are told as multiples of it.
    unit: Option<f64>,
    code: ExitCode,
}

impl Table {
    fn row(&mut self, what: &str, figures: impl FnOnce() -> io::Result<Figures>) {
        if interrupt::is_heard() {
            return;
        }
        // A line for each turn of the loop would be what is measured.
        let level = log::max_level();
        log::set_max_level(log::LevelFilter::Off);
        let figures = figures();
        log::set_max_level(level);
        match figures {
            Ok(figures) => self.tell(what, &figures),
            Err(error) => {
                say!("{what:36} {:>10} {:>10} {:>14}", "?", "?", "?");
                self.code = complain(format_args!("{what}: {error}"));
            }
        }
        yield_now();
    }

    fn tell(&mut self, what: &str, figures: &Figures) {
        let ratio = figures.nanos / *self.unit.get_or_insert(figures.nanos);
        let counted = figures
            .counted
            .map_or("?".into(), |count| format!("{count:.1}"));
        say!(
            "{what:36} {:>10.1} {ratio:>10.1} {counted:>14}",
            figures.nanos
        );
    }
}

/// Takes turns with a partner, round after round.
fn turns(mut partner: Partner) -> io::Result<Figures> {
    let figures = measure(|| partner.take_turns());
    // Also where something failed: no process is left behind.
    partner.end()?;
    let mut figures = figures?;
    // Each time this side gave up the CPU, the other one must do so too.
    figures.counted = figures.counted.map(|count| 2.0 * count);
    Ok(figures)
}

/// So much memory that each page of it has been written.
fn in_use(mib: usize) -> Vec<u8> {
    let mut memory = vec![0; mib * MIB];
    memory.iter_mut().step_by(PAGE).for_each(|byte| *byte = 1);
    std::hint::black_box(memory)
}
