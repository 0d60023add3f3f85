//! `coros show`: a picture of a recording.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use coros::kernel::Event;
use coros::picture::{Size, Timeline, gantt_svg, gantt_text, perfetto, wait_graph};
use coros::watch::record::Recovered;

use crate::{interrupt, term};

/// Make a picture of a recording
#[derive(Args)]
pub struct Show {
    /// What `coros run --record FILE` has written
    file: PathBuf,
    /// What to make of it
    #[arg(long = "as", value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Where to write it, instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// Who ran when, for a terminal
    Text,
    /// The same, for a page
    Svg,
    /// The same, for the trace viewer at ui.perfetto.dev
    Perfetto,
    /// Who waits for what at the end, for Graphviz
    Dot,
    /// The same, as an SVG
    Graph,
}

impl Format {
    /// A picture; text in so many columns.
    fn of(self, events: &[Event], width: usize) -> String {
        match self {
            Self::Text => gantt_text(&Timeline::of(events), &Size::terminal().width(width)),
            Self::Svg => gantt_svg(&Timeline::of(events), &Size::page()),
            Self::Perfetto => perfetto(&Timeline::of(events)),
            Self::Dot => wait_graph(events).dot(),
            Self::Graph => wait_graph(events).svg(),
        }
    }
}

impl Show {
    pub fn show(&self) -> ExitCode {
        interrupt::end_at_ctrl_c();
        match self.picture().and_then(|picture| self.write(&picture)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => term::complain(format_args!("{error}")),
        }
    }

    fn picture(&self) -> Result<String, String> {
        let recorded = Recovered::open(&self.file).map_err(|damage| match damage.line {
            0 => damage.reason,
            line => self.at(line, &damage.reason),
        })?;
        if let Some(cut) = recorded.cut() {
            let left_out = match cut.half_line {
                true => ", and this line is left out",
                false => "",
            };
            let told = format!("{cut}; shown is what comes before{left_out}");
            term::tell(format_args!("note: {}", self.at(cut.line, &told)));
        }
        let width = match self.output {
            Some(_) => term::file_width(),
            None => term::width(),
        };
        Ok(self.format.of(recorded.events(), width))
    }

    /// What is said of a line of the recording.
    fn at(&self, line: u64, told: &str) -> String {
        format!("{}:{line}: {told}", self.file.display())
    }

    fn write(&self, picture: &str) -> Result<(), String> {
        match &self.output {
            None => {
                term::print(picture);
                Ok(())
            }
            Some(file) if self.is_recording(file) => Err(format!(
                "--output: {} is the recording itself; give another file",
                file.display()
            )),
            Some(file) => fs::write(file, picture)
                .map_err(|error| format!("cannot write {}: {error}", file.display())),
        }
    }

    /// Whether a picture written there would take the recording's place.
    fn is_recording(&self, output: &Path) -> bool {
        let whole = |file: &Path| file.canonicalize().ok();
        whole(output).is_some_and(|output| whole(&self.file) == Some(output))
    }
}
