//! The server's side of a manager: the objects, and a task for each client.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::line::{Line, Taken, give_back};
use super::message;
use crate::process::wire::Wire;

/// All objects, by their names.
#[derive(Default)]
pub(super) struct Store(RefCell<HashMap<Vec<u8>, Object>>);

enum Object {
    Counter(i64),
    Dictionary(BTreeMap<Vec<u8>, Vec<u8>>),
    List(Vec<Vec<u8>>),
    Queue(Rc<Line>),
}

/// What a client is answered.
enum Answer {
    Fields(Vec<Vec<u8>>),
    Nothing,
    Error(String),
    /// It takes an item from a queue when there is one.
    Waits(Rc<Line>),
    /// It gives the last item back that it took.
    GivesBack,
}

impl Store {
    /// Serves a client until it goes, or sends what nobody understands.
    pub(super) fn attend(&self, wire: &Wire) {
        // What it took last, as long as it may give it back.
        let mut taken = None;
        loop {
            let answer = match wire.read_frame() {
                Ok(None) => return,
                Ok(Some(request)) => match self.answer(&request) {
                    Some(answer) => finish(answer, wire, &mut taken),
                    None => return complain(wire, "no request has this form"),
                },
                Err(error) => return complain(wire, &error.to_string()),
            };
            if wire.write_frame(&[&answer.to_message()]).is_err() {
                return give_back(&mut taken);
            }
        }
    }

    /// Does what a message asks; none if it is broken.
    fn answer(&self, request: &[u8]) -> Option<Answer> {
        let fields = message::read(request)?;
        let [kind, name, verb, arguments @ ..] = &fields[..] else {
            return None;
        };
        let mut objects = self.0.borrow_mut();
        if !objects.contains_key(*name) {
            objects.insert(name.to_vec(), Object::new(kind)?);
        }
        let object = objects.get_mut(*name)?;
        if object.kind() != *kind {
            let (kind, own) = (text(kind), text(object.kind()));
            let text = format!("'{}' is a {own}, not a {kind}", text(name));
            return Some(Answer::Error(text));
        }
        object.answer(verb, arguments)
    }
}

impl Object {
    fn new(kind: &[u8]) -> Option<Self> {
        Some(match kind {
            b"counter" => Self::Counter(0),
            b"dictionary" => Self::Dictionary(BTreeMap::new()),
            b"list" => Self::List(Vec::new()),
            b"queue" => Self::Queue(Rc::new(Line::new())),
            _ => return None,
        })
    }

    fn kind(&self) -> &'static [u8] {
        match self {
            Self::Counter(_) => b"counter",
            Self::Dictionary(_) => b"dictionary",
            Self::List(_) => b"list",
            Self::Queue(_) => b"queue",
        }
    }

    fn answer(&mut self, verb: &[u8], arguments: &[&[u8]]) -> Option<Answer> {
        match self {
            Self::Counter(number) => match (verb, arguments) {
                (b"add", [summand]) => {
                    *number = number.wrapping_add(message::number(summand)?);
                    Some(Answer::number(*number))
                }
                _ => None,
            },
            Self::Dictionary(entries) => of_dictionary(entries, verb, arguments),
            Self::List(items) => of_list(items, verb, arguments),
            Self::Queue(line) => of_queue(line, verb, arguments),
        }
    }
}

fn of_dictionary(
    entries: &mut BTreeMap<Vec<u8>, Vec<u8>>,
    verb: &[u8],
    arguments: &[&[u8]],
) -> Option<Answer> {
    Some(match (verb, arguments) {
        (b"get", [key]) => entries.get(*key).cloned().into(),
        (b"insert", [key, value]) => entries.insert(key.to_vec(), value.to_vec()).into(),
        (b"remove", [key]) => entries.remove(*key).into(),
        (b"keys", []) => Answer::Fields(entries.keys().cloned().collect()),
        _ => return None,
    })
}

fn of_list(items: &mut Vec<Vec<u8>>, verb: &[u8], arguments: &[&[u8]]) -> Option<Answer> {
    Some(match (verb, arguments) {
        (b"push", [item]) => {
            items.push(item.to_vec());
            Answer::count(items.len())
        }
        (b"get", [place]) => {
            let place = usize::try_from(message::number(place)?).ok();
            place.and_then(|place| items.get(place)).cloned().into()
        }
        (b"len", []) => Answer::count(items.len()),
        (b"items", []) => Answer::Fields(items.clone()),
        _ => return None,
    })
}

fn of_queue(line: &Rc<Line>, verb: &[u8], arguments: &[&[u8]]) -> Option<Answer> {
    Some(match (verb, arguments) {
        (b"put", [item]) => {
            line.put(item.to_vec());
            Answer::Fields(Vec::new())
        }
        (b"try", []) => line.try_take().into(),
        (b"take", []) => Answer::Waits(Rc::clone(line)),
        (b"withdraw", []) => Answer::GivesBack,
        (b"len", []) => Answer::count(line.len()),
        _ => return None,
    })
}

/// Brings an answer about that takes time, or undoes the one before.
fn finish(answer: Answer, wire: &Wire, taken: &mut Taken) -> Answer {
    match answer {
        Answer::GivesBack => {
            give_back(taken);
            Answer::Nothing
        }
        Answer::Waits(line) => {
            let item = line.wait_for(wire);
            *taken = item.clone().map(|item| (line, item));
            item.into()
        }
        answer => {
            *taken = None;
            answer
        }
    }
}

fn complain(wire: &Wire, text: &str) {
    let text = format!("the manager got a broken message: {text}");
    // Whoever does not listen any more has no use for it.
    _ = wire.write_frame(&[&Answer::Error(text).to_message()]);
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

impl Answer {
    fn number(number: i64) -> Self {
        Self::Fields(vec![number.to_le_bytes().to_vec()])
    }

    fn count(count: usize) -> Self {
        Self::number(i64::try_from(count).unwrap_or(i64::MAX))
    }

    fn to_message(&self) -> Vec<u8> {
        match self {
            Self::Fields(fields) => {
                let fields = fields.iter().map(|field| &field[..]);
                message::write([&b"ok"[..]].into_iter().chain(fields))
            }
            Self::Nothing | Self::Waits(_) | Self::GivesBack => message::write([&b"none"[..]]),
            Self::Error(text) => message::write([b"error", text.as_bytes()]),
        }
    }
}

impl From<Option<Vec<u8>>> for Answer {
    fn from(value: Option<Vec<u8>>) -> Self {
        value.map_or(Self::Nothing, |value| Self::Fields(vec![value]))
    }
}
