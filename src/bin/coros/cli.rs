//! The command line: what may be asked of the binary, and what is said to a mistake.

use std::env::args_os;
use std::error::Error as _;
use std::num::ParseIntError;
use std::process::{ExitCode, exit};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Error, Parser, Subcommand};
use unicode_width::UnicodeWidthStr;

use crate::fit::fold;
use crate::machine::Machine;
use crate::numbers::short;
use crate::programs::{self, Program};
use crate::sched::{self, Sched};
use crate::show::Show;
use crate::watching::Watching;
use crate::{list, run, step, term, tour};

/// A toy operating system whose tasks are coroutines that yield system calls
#[derive(Parser)]
#[command(version, after_help = NOTES, term_width = term::width())]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

const NOTES: &str = "\
Without a command, coros gives a short tour of the four classic system calls.

A program runs in virtual time, first in first out, unless its options say \
otherwise: `coros run jobs --policy mlfq --gantt`. What was recorded can be \
shown as a picture; `sched` compares policies on lists of jobs.

RUST_LOG=trace shows one line for each turn of the loop, RUST_LOG=debug the \
births and ends of tasks, RUST_LOG=info a summary at the end. Each kind of line \
can be had alone: RUST_LOG=coros::turn=trace, coros::task=debug.

Tables, charts and help are as wide as the terminal, from 40 to 200 columns; \
without a terminal, as COLUMNS says, or else 80.

Exit codes: 0 all went well (a panic that other tasks take in their stride \
included), 1 the program had trouble, 2 the command line makes no sense, \
3 the program is stuck: no task can go on, 130 Ctrl-C has ended it (128 + the \
number of another signal that did).";

#[derive(Subcommand)]
enum Command {
    /// List the programs that there are
    List,
    /// Run a program to its end
    #[command(
        disable_help_subcommand = true,
        subcommand_value_name = "PROGRAM",
        subcommand_help_heading = "Programs"
    )]
    Run {
        #[command(flatten)]
        machine: Machine,
        #[command(flatten)]
        watching: Watching,
        #[command(subcommand)]
        program: Program,
    },
    /// Run a program one turn of the loop at a time
    #[command(
        disable_help_subcommand = true,
        subcommand_value_name = "PROGRAM",
        subcommand_help_heading = "Programs"
    )]
    Step {
        #[command(flatten)]
        machine: Machine,
        #[command(subcommand)]
        program: Program,
    },
    Sched(Box<Sched>),
    Show(Show),
}

impl Cli {
    pub fn obey(self) -> ExitCode {
        match self.command {
            None => tour::give(),
            Some(Command::List) => list::print(),
            Some(Command::Run {
                program,
                machine,
                watching,
            }) => run::run(&program, &machine, &watching),
            Some(Command::Step { program, machine }) => step::step(&program, &machine),
            Some(Command::Sched(sched)) => sched::simulate(&sched),
            Some(Command::Show(show)) => show.show(),
        }
    }
}

/// Reads the command line; ends the process if it asks for help or makes no sense.
pub fn read() -> Cli {
    Cli::try_parse().unwrap_or_else(|error| match error.kind() {
        ErrorKind::InvalidSubcommand => {
            term::complain_folded(&explain(&error));
            exit(2)
        }
        ErrorKind::ValueValidation | ErrorKind::InvalidValue => {
            term::refuse(format_args!("{}", reason(&error)));
            exit(2)
        }
        _ => tell(&error),
    })
}

/// Ends the process with a help text or a mistake that clap tells by itself, in colour. But it does not fold
/// the line on how a command is used.
fn tell(error: &Error) -> ! {
    let text = error.render().to_string();
    let width = match error.use_stderr() {
        true => term::error_width(),
        false => term::width(),
    };
    if text.lines().all(|line| line.width() <= width) {
        error.exit()
    }
    let folded = fold(&text, width);
    match error.use_stderr() {
        true => term::tell(format_args!("{folded}")),
        false => term::print(&format!("{folded}\n")),
    }
    exit(error.exit_code())
}

/// What is wrong with the value of an option; it may be long, so that it is not told in whole.
fn reason(error: &Error) -> String {
    let option = text(error, ContextKind::InvalidArg).unwrap_or_default();
    let name = option.split_whitespace().next().unwrap_or_default();
    let value = text(error, ContextKind::InvalidValue).unwrap_or_default();
    match (error.source(), error.get(ContextKind::ValidValue)) {
        (Some(reason), _) if reason.is::<ParseIntError>() => {
            format!("{name}: '{}': {reason}", short(&value))
        }
        (Some(reason), _) => format!("{name}: {reason}"),
        (None, Some(ContextValue::Strings(valid))) if !value.is_empty() => {
            let (value, valid) = (short(&value), valid.join(", "));
            format!("{name}: '{value}' is none of {valid}")
        }
        _ => format!("{name}: a value is missing"),
    }
}

/// What to say to a command or a program that does not exist.
fn explain(error: &Error) -> String {
    let asked = text(error, ContextKind::InvalidSubcommand).unwrap_or_default();
    let names: Vec<_> = programs::captions().map(|(name, _)| name).collect();
    let wants_program = args_os()
        .nth(1)
        .is_some_and(|arg| arg == "run" || arg == "step");
    if !wants_program && names.contains(&asked) {
        return format!(
            "'{asked}' is a program: try `{} run {asked}`",
            term::command()
        );
    }
    let kind = if wants_program { "program" } else { "command" };
    let guess = match text(error, ContextKind::SuggestedSubcommand) {
        Some(close) => format!("; did you mean '{close}'?"),
        None => String::new(),
    };
    let (names, more) = match wants_program {
        true => (names.join(", "), "`list` says what they do"),
        false => ("list, run, step, sched, show".into(), "`--help` says more"),
    };
    format!("there is no {kind} '{asked}'{guess}\nThe {kind}s are: {names}.\n{more}.")
}

fn text(error: &Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => texts.first().cloned(),
        _ => None,
    }
}
