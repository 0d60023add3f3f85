//! Who watches a run: what they see is told or written when it is over.

use std::cell::RefCell;
use std::fs::File;
use std::path::PathBuf;
use std::rc::Rc;

use clap::Args;
use coros::kernel::{Event, Observer, SchedulerBuilder};
use coros::picture::{Size, Timeline, gantt_text};
use coros::watch::record::Recorder;
use coros::watch::{Lints, Metrics};

use crate::fit::fold;
use crate::term::{self, say};

const HEADING: &str = "Watching";

/// What is to be known of a run besides what the program says.
#[derive(Args)]
pub struct Watching {
    /// Record all that happens, for `coros show`
    #[arg(long, value_name = "FILE", global = true, help_heading = HEADING)]
    record: Option<PathBuf>,
    /// Draw who ran when
    #[arg(long, global = true, help_heading = HEADING)]
    gantt: bool,
    /// Tell how long tasks ran and waited
    #[arg(long, global = true, help_heading = HEADING)]
    metrics: bool,
    /// Tell what looks like a mistake in the program
    #[arg(long, global = true, help_heading = HEADING)]
    lint: bool,
}

impl Watching {
    /// Those who watch, as far as they were asked for.
    pub fn watchers(&self) -> Result<Watchers, String> {
        let recorder = self.record.as_ref().map(Recorder::to_file).transpose();
        let watchers = WatchersShared {
            recorder: recorder.map_err(|error| error.to_string())?,
            events: self.gantt.then(Vec::new),
            metrics: self.metrics.then(Metrics::new),
            lints: self.lint.then(Lints::new),
        };
        Ok(Watchers(Rc::new(RefCell::new(watchers))))
    }
}

/// Those who watch a run.
pub struct Watchers(Rc<RefCell<WatchersShared>>);

#[derive(Default)]
struct WatchersShared {
    recorder: Option<Recorder<File>>,
    events: Option<Vec<Event>>,
    metrics: Option<Metrics>,
    lints: Option<Lints>,
}

impl WatchersShared {
    fn is_none(&self) -> bool {
        let no_event = self.recorder.is_none() && self.events.is_none();
        no_event && self.metrics.is_none() && self.lints.is_none()
    }
}

impl Watchers {
    /// Lets them observe; none of them costs nothing.
    pub fn observe(&self, builder: SchedulerBuilder) -> SchedulerBuilder {
        match self.0.borrow().is_none() {
            true => builder,
            false => builder.observer(Rc::clone(&self.0)),
        }
    }

    /// Tells what they have seen, and lets them see no more: what is killed when the scheduler is
    /// dropped is not part of the run.
    pub fn tell(&self) -> Result<(), String> {
        let seen = self.0.take();
        if let Some(events) = &seen.events {
            let timeline = Timeline::of(events);
            let size = Size::terminal().width(term::width());
            say!("\n{}", gantt_text(&timeline, &size).trim_end());
        }
        if let Some(metrics) = &seen.metrics {
            say!("\n{:1$}", metrics.summary(), term::width());
        }
        if let Some(lints) = &seen.lints {
            tell_findings(lints);
        }
        match seen.recorder.map(|mut recorder| recorder.finish()) {
            Some(Err(error)) => Err(format!("the recording is not whole: {error}")),
            _ => Ok(()),
        }
    }
}

fn tell_findings(lints: &Lints) {
    let findings = lints.findings();
    if findings.is_empty() {
        say!("\nlint: nothing found");
    }
    for finding in findings {
        say!("{}", fold(&format!("\n{finding}"), term::width()));
    }
}

impl Observer for WatchersShared {
    fn observe(&mut self, event: &Event) {
        if let Some(events) = &mut self.events {
            events.push(event.clone());
        }
        if let Some(recorder) = &mut self.recorder {
            recorder.observe(event);
        }
        if let Some(metrics) = &mut self.metrics {
            metrics.observe(event);
        }
        if let Some(lints) = &mut self.lints {
            lints.observe(event);
        }
    }

    fn pause(&mut self) {
        if let Some(recorder) = &mut self.recorder {
            recorder.pause();
        }
    }

    fn idle(&mut self) {
        if let Some(recorder) = &mut self.recorder {
            recorder.idle();
        }
    }
}
