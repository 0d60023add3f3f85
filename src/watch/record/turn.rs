//! How the record of a turn is written, and read again.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::json;
use crate::devices::nanoseconds;
use crate::kernel::{Candidate, Cause, Did, Ended, Place, Step, Tid};

/// How the line of a turn begins, and no other.
pub(super) const TURN: &str = r#"{"turn":"#;

/// How the line that defines a place begins, and no other.
pub(super) const PLACE: &str = r#"{"place":"#;

/// Gives a place its number.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Definition {
    pub(super) place: (u32, String, u32),
}

/// The line of a turn.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordLine {
    pub(super) turn: TurnRecord,
}

/// The record of a turn, as it is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TurnRecord {
    turn: u64,
    time: u64,
    #[serde(default)]
    took: u64,
    #[serde(default)]
    cpu: u32,
    pub(super) tid: Tid,
    /// None if the task's birth has told it.
    name: Option<Arc<str>>,
    #[serde(default)]
    candidates: Vec<Candidate>,
    #[serde(default)]
    why: String,
    #[serde(default)]
    with: String,
    did: Did,
    /// By its number.
    pub(super) place: Option<u32>,
    on: Option<String>,
    until: Option<u64>,
    #[serde(default)]
    holders: Vec<Tid>,
    #[serde(default)]
    woke: Vec<Tid>,
    #[serde(default)]
    causes: Vec<Cause>,
    #[serde(default)]
    ended: Vec<Ended>,
    ready: usize,
}

impl TurnRecord {
    /// The record as it was before it was abbreviated.
    pub(super) fn step(self, told: Option<&Arc<str>>, place: Option<Place>) -> Step {
        Step {
            turn: self.turn,
            time: Duration::from_nanos(self.time),
            took: Duration::from_nanos(self.took),
            cpu: self.cpu,
            tid: self.tid,
            name: self.name.or_else(|| told.cloned()).unwrap_or_default(),
            candidates: self.candidates,
            why: self.why,
            with: self.with,
            did: self.did,
            place,
            on: self.on,
            until: self.until.map(Duration::from_nanos),
            holders: self.holders,
            depth: 0,
            woke: self.woke,
            causes: self.causes,
            ended: self.ended,
            ready: self.ready,
        }
    }
}

/// Writes the line of a turn, without its end; its name and its place are as told by lines before.
///
/// The keys are literals, in the order of [`TurnRecord`], and what most turns have is written by [`json`]:
/// serde would look for something to escape in each key each time, and all would take twice as long.
pub(super) fn write(
    out: &mut Vec<u8>,
    step: &Step,
    name: Option<&Arc<str>>,
    place: Option<u32>,
) -> serde_json::Result<()> {
    put_number(out, r#"{"turn":{"turn":"#, step.turn);
    put_number(out, r#","time":"#, nanoseconds(step.time));
    put_more_than_zero(out, r#","took":"#, nanoseconds(step.took));
    put_more_than_zero(out, r#","cpu":"#, step.cpu.into());
    put_number(out, r#","tid":"#, step.tid.number());
    put_some(out, r#","name":"#, name)?;
    put_candidates(out, &step.candidates)?;
    put_text(out, r#","why":"#, &step.why)?;
    put_text(out, r#","with":"#, &step.with)?;
    put_did(out, &step.did)?;
    if let Some(place) = place {
        put_number(out, r#","place":"#, place.into());
    }
    put_some(out, r#","on":"#, step.on.as_ref())?;
    put_some(out, r#","until":"#, step.until.map(nanoseconds).as_ref())?;
    put_all(out, r#","holders":"#, &step.holders)?;
    put_all(out, r#","woke":"#, &step.woke)?;
    put_all(out, r#","causes":"#, &step.causes)?;
    put_all(out, r#","ended":"#, &step.ended)?;
    put_number(out, r#","ready":"#, step.ready as u64);
    out.extend_from_slice(b"}}");
    Ok(())
}

#[inline(always)]
fn put_number(out: &mut Vec<u8>, key: &str, number: u64) {
    out.extend_from_slice(key.as_bytes());
    json::put_number(out, number);
}

#[inline(always)]
fn put_more_than_zero(out: &mut Vec<u8>, key: &str, number: u64) {
    if number > 0 {
        put_number(out, key, number);
    }
}

#[inline(always)]
fn put_text(out: &mut Vec<u8>, key: &str, text: &str) -> serde_json::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    out.extend_from_slice(key.as_bytes());
    json::put_text(out, text)
}

/// Without keys, they are numbers.
#[inline(always)]
fn put_candidates(out: &mut Vec<u8>, candidates: &[Candidate]) -> serde_json::Result<()> {
    if candidates.iter().any(|candidate| !candidate.key.is_empty()) {
        return put_all(out, r#","candidates":"#, candidates);
    }
    let mut key = r#","candidates":["#;
    for candidate in candidates {
        put_number(out, key, candidate.tid.number());
        key = ",";
    }
    if !candidates.is_empty() {
        out.push(b']');
    }
    Ok(())
}

/// What nearly every turn does is spelled out, too.
#[inline(always)]
fn put_did(out: &mut Vec<u8>, did: &Did) -> serde_json::Result<()> {
    let Did::Asked(call, reply) = did else {
        return put(out, r#","did":"#, did);
    };
    out.extend_from_slice(br#","did":{"asked":["#);
    json::put_text(out, call)?;
    out.push(b',');
    json::put_text(out, reply)?;
    out.extend_from_slice(b"]}");
    Ok(())
}

#[inline]
fn put<T: Serialize + ?Sized>(out: &mut Vec<u8>, key: &str, value: &T) -> serde_json::Result<()> {
    out.extend_from_slice(key.as_bytes());
    serde_json::to_writer(out, value)
}

#[inline]
fn put_some<T: Serialize>(
    out: &mut Vec<u8>,
    key: &str,
    value: Option<&T>,
) -> serde_json::Result<()> {
    value.map_or(Ok(()), |value| put(out, key, value))
}

#[inline]
fn put_all<T: Serialize>(out: &mut Vec<u8>, key: &str, all: &[T]) -> serde_json::Result<()> {
    match all {
        [] => Ok(()),
        all => put(out, key, all),
    }
}
