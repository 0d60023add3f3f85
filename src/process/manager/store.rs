//! The server's side of a manager: the objects, and a task for each client.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::rc::Rc;

use super::item_queue::{ItemQueue, Taken, give_back};
use super::message;
use crate::process::client::{Client, Received};

/// All objects, by their names.
#[derive(Default)]
pub(super) struct Store(RefCell<HashMap<Vec<u8>, Object>>);

enum Object {
    Counter(i64),
    Dictionary(BTreeMap<Bytes, Bytes>),
    List(Vec<Bytes>),
    Queue(Rc<ItemQueue>),
}

/// What is kept: an answer that waits for its client has no copy of it.
type Bytes = Rc<[u8]>;

/// What a client is answered.
enum Answer {
    Fields(Vec<Bytes>),
    Nothing,
    Error(String),
    /// It takes an item from a queue when there is one.
    Waits(Rc<ItemQueue>),
    /// It gives the last item back that it took.
    GivesBack,
}

impl Store {
    /// Serves a client until it goes, is idle for too long, or sends what is not understood or beyond a
    /// limit.
    pub(super) fn attend(&self, client: &Client) {
        // What it took last, as long as it may give it back.
        let mut taken = None;
        loop {
            let request = match client.receive() {
                Received::Message(request) => request,
                Received::End => return,
                Received::Idle => return tell(client, message::IDLE, &client.idle_text()),
                Received::Refused(text) => return tell(client, message::REFUSED, &text),
                Received::Broken(error) => return complain(client, &error.to_string()),
            };
            let Some(answer) = self.answer(&request) else {
                return complain(client, "no request has this form");
            };
            // Its memory is free while the answer waits for some, and for what may never come.
            drop(request);
            let answer = finish(answer, client, &mut taken);
            if send(client, &answer).is_err() {
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
            b"queue" => Self::Queue(Rc::new(ItemQueue::new())),
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
            Self::Queue(queue) => of_queue(queue, verb, arguments),
        }
    }
}

fn of_dictionary(
    entries: &mut BTreeMap<Bytes, Bytes>,
    verb: &[u8],
    arguments: &[&[u8]],
) -> Option<Answer> {
    Some(match (verb, arguments) {
        (b"get", [key]) => entries.get(*key).cloned().into(),
        (b"insert", [key, value]) => entries.insert((*key).into(), (*value).into()).into(),
        (b"remove", [key]) => entries.remove(*key).into(),
        (b"keys", []) => Answer::Fields(entries.keys().cloned().collect()),
        _ => return None,
    })
}

fn of_list(items: &mut Vec<Bytes>, verb: &[u8], arguments: &[&[u8]]) -> Option<Answer> {
    Some(match (verb, arguments) {
        (b"push", [item]) => {
            items.push((*item).into());
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

fn of_queue(queue: &Rc<ItemQueue>, verb: &[u8], arguments: &[&[u8]]) -> Option<Answer> {
    Some(match (verb, arguments) {
        (b"put", [item]) => {
            queue.put((*item).into());
            Answer::Fields(Vec::new())
        }
        (b"try", []) => queue.try_take().into(),
        (b"take", []) => Answer::Waits(Rc::clone(queue)),
        (b"withdraw", []) => Answer::GivesBack,
        (b"len", []) => Answer::count(queue.len()),
        _ => return None,
    })
}

/// Brings an answer about that takes time, or undoes the one before.
fn finish(answer: Answer, client: &Client, taken: &mut Taken) -> Answer {
    match answer {
        Answer::GivesBack => {
            give_back(taken);
            Answer::Nothing
        }
        Answer::Waits(queue) => {
            let item = queue.wait_for(client.wire());
            *taken = item.clone().map(|item| (queue, item));
            item.into()
        }
        answer => {
            *taken = None;
            answer
        }
    }
}

/// Sends an answer, or that it is beyond a limit.
fn send(client: &Client, answer: &Answer) -> io::Result<()> {
    let length = message::length(answer.fields());
    match client.try_answer(length, || message::write(answer.fields())) {
        Ok(sent) => sent,
        Err(text) => client.send(&[&message::write([b"error", text.as_bytes()])]),
    }
}

/// Sends the last message of a connection. An error is ignored: the client has gone.
fn tell(client: &Client, head: &[u8], text: &str) {
    _ = client.send(&[&message::write([head, text.as_bytes()])]);
}

fn complain(client: &Client, text: &str) {
    let text = format!("the manager got a broken message: {text}");
    tell(client, message::REFUSED, &text);
}

/// Tells a client that it is not served.
pub(super) fn refusal(text: &str) -> Vec<u8> {
    message::write([message::REFUSED, text.as_bytes()])
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

impl Answer {
    fn number(number: i64) -> Self {
        Self::Fields(vec![number.to_le_bytes()[..].into()])
    }

    fn count(count: usize) -> Self {
        Self::number(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// What its message consists of.
    fn fields(&self) -> impl Iterator<Item = &[u8]> {
        let (head, text, rest): (&[u8], _, &[Bytes]) = match self {
            Self::Fields(fields) => (b"ok", None, fields),
            Self::Nothing | Self::Waits(_) | Self::GivesBack => (b"none", None, &[]),
            Self::Error(text) => (b"error", Some(text.as_bytes()), &[]),
        };
        let rest = rest.iter().map(|field| &field[..]);
        [head].into_iter().chain(text).chain(rest)
    }
}

impl From<Option<Bytes>> for Answer {
    fn from(value: Option<Bytes>) -> Self {
        value.map_or(Self::Nothing, |value| Self::Fields(vec![value]))
    }
}
