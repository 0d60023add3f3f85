//! The tracks of CPUs and tasks, and the flows between tasks.

use super::json::Fields;
use super::{CPUS, TASKS, event, micros, named, sorted};
use crate::kernel::{Did, Step};
use crate::picture::timeline::{Doing, Lane, Piece, Timeline};

/// The events of a track with their positions, to be put in order.
type Track = Vec<(u64, String)>;

pub(super) fn cpus(timeline: &Timeline<'_>, events: &mut Vec<String>) {
    for (cpu, at) in timeline.cpus.iter().zip(0..) {
        let tid = at + 1;
        events.push(named(
            "thread_name",
            CPUS,
            tid,
            &format!("CPU {}", cpu.number),
        ));
        events.push(sorted("thread_sort_index", CPUS, tid, at));
        for stay in &cpu.stays {
            let title = timeline.tasks[stay.lane].title();
            let fields = slice(
                timeline,
                &title,
                "stay",
                (CPUS, tid),
                (stay.from, stay.till),
            );
            events.push(fields.close());
        }
    }
}

pub(super) fn tasks(timeline: &Timeline<'_>, events: &mut Vec<String>) {
    let mut tracks: Vec<Track> = timeline.tasks.iter().map(|_| Vec::new()).collect();
    for ((lane, track), at) in timeline.tasks.iter().zip(&mut tracks).zip(0..) {
        let tid = tid_of(timeline, at);
        let pieces = lane.pieces.iter();
        track.extend(pieces.map(|piece| (piece.from, piece_event(timeline, piece, tid))));
        for (when, told) in ends(lane) {
            track.push((when, instant(timeline, &told, tid, when)));
        }
    }
    for (arrow, id) in timeline.arrows.iter().zip(1..) {
        let (waker, woken) = (&timeline.tasks[arrow.from], &timeline.tasks[arrow.to]);
        if let Some((from, to)) = running_at(waker, arrow.at).zip(running_after(woken, arrow.at)) {
            tracks[arrow.from].push((
                from,
                flow(timeline, "s", tid_of(timeline, arrow.from), from, id),
            ));
            tracks[arrow.to].push((to, flow(timeline, "f", tid_of(timeline, arrow.to), to, id)));
        }
    }
    for mark in &timeline.marks {
        if let Some(lane) = mark.lane {
            let told = instant(timeline, &mark.text, tid_of(timeline, lane), mark.at);
            tracks[lane].push((mark.at, told));
        }
    }
    for ((lane, mut track), at) in timeline.tasks.iter().zip(tracks).zip(0..) {
        let tid = tid_of(timeline, at);
        events.push(named("thread_name", TASKS, tid, &lane.title()));
        events.push(sorted("thread_sort_index", TASKS, tid, at));
        track.sort_by_key(|(when, _)| *when);
        events.extend(track.into_iter().map(|(_, told)| told));
    }
}

/// No two tracks have the same number, under whatever heading.
fn tid_of(timeline: &Timeline<'_>, lane: usize) -> usize {
    timeline.cpus.len() + lane + 1
}

fn slice(
    timeline: &Timeline<'_>,
    name: &str,
    kind: &str,
    (pid, tid): (usize, usize),
    (from, till): (u64, u64),
) -> Fields {
    let mut fields = event("X", name, pid, tid);
    fields.text("cat", kind);
    fields.raw("ts", &micros(timeline.axis, from));
    fields.raw("dur", &micros(timeline.axis, till - from));
    fields
}

fn piece_event(timeline: &Timeline<'_>, piece: &Piece<'_>, tid: usize) -> String {
    let (name, kind) = match piece.doing {
        Doing::Running(_) => (piece.asked.map_or("running", call_of), "running"),
        Doing::Ready => ("ready", "ready"),
        Doing::Blocked => (piece.on().unwrap_or("blocked"), "blocked"),
        Doing::Stopped => ("stopped", "stopped"),
    };
    let mut fields = slice(timeline, name, kind, (TASKS, tid), (piece.from, piece.till));
    fields.raw("args", &args(piece));
    fields.close()
}

/// What a turn is called by: the call, or the end.
fn call_of(step: &Step) -> &str {
    match &step.did {
        Did::Asked(call, _) | Did::Waits(call) | Did::Computes(call) => call,
        Did::Ended(_) => "end",
    }
}

/// What is known of a piece.
fn args(piece: &Piece<'_>) -> String {
    let mut args = Fields::new();
    if let Doing::Running(cpu) = piece.doing {
        args.raw("cpu", &cpu.to_string());
    }
    if let Some(picked) = piece.picked.filter(|step| !step.why.is_empty()) {
        args.text("why", &picked.why);
    }
    if let Some(step) = piece.asked {
        args.raw("turn", &step.turn.to_string());
        args.text("call", call_of(step));
        match &step.did {
            Did::Asked(_, reply) if !reply.is_empty() => args.text("reply", reply),
            Did::Ended(exit) => args.text("exit", &exit.to_string()),
            _ => {}
        }
        if let Some(place) = &step.place {
            args.text("place", &place.to_string());
        }
    }
    args.close()
}

/// The birth and the death of a task.
fn ends(lane: &Lane<'_>) -> impl Iterator<Item = (u64, String)> {
    let born = lane.born.map(|at| (at, "born".to_owned()));
    let died = lane.died.map(|(at, exit)| (at, exit.to_string()));
    born.into_iter().chain(died)
}

fn instant(timeline: &Timeline<'_>, name: &str, tid: usize, at: u64) -> String {
    let mut fields = event("i", name, TASKS, tid);
    fields.text("cat", "moment");
    fields.raw("ts", &micros(timeline.axis, at));
    fields.text("s", "t");
    fields.close()
}

fn flow(timeline: &Timeline<'_>, phase: &str, tid: usize, at: u64, id: usize) -> String {
    let mut fields = event(phase, "wake", TASKS, tid);
    fields.text("cat", "wake");
    fields.raw("id", &id.to_string());
    fields.raw("ts", &micros(timeline.axis, at));
    if phase == "f" {
        // It ends in the stay that begins there, not in whatever comes next.
        fields.text("bp", "e");
    }
    fields.close()
}

fn is_running(piece: &&Piece<'_>) -> bool {
    matches!(piece.doing, Doing::Running(_))
}

/// A position inside the stay in which a task was at this moment. A stay's end is outside of it.
fn running_at(lane: &Lane<'_>, at: u64) -> Option<u64> {
    let begun = lane.pieces.partition_point(|piece| piece.from <= at);
    let stay = lane.pieces[..begun].iter().rev().take(3).find(is_running)?;
    (at <= stay.till).then(|| at.min(stay.till.saturating_sub(1)).max(stay.from))
}

/// The beginning of the next stay of a task.
fn running_after(lane: &Lane<'_>, at: u64) -> Option<u64> {
    let before = lane.pieces.partition_point(|piece| piece.from < at);
    let stay = lane.pieces[before..].iter().find(is_running);
    stay.map(|stay| stay.from)
}
