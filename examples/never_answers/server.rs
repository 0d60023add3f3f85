//! Servers: tasks that are sent questions, and answer, or do not.

use std::time::Duration;

use coros::channel::{RecvError, Sender, bounded, oneshot};
use coros::{Builder, sleep};

/// What a question comes to.
pub type Answer = Result<&'static str, RecvError>;

/// A question: who drops it will not answer.
type Question = oneshot::Sender<&'static str>;

/// A task that is sent questions.
#[derive(Clone)]
pub struct Server(Sender<Question>);

impl Server {
    /// Treats one question after the other.
    fn new(mut treat: impl FnMut(Question) + 'static) -> Self {
        let (door, questions) = bounded(8);
        // A daemon: no run waits for its end.
        let server = Builder::new().name("server").daemon(true);
        server.spawn(move || {
            while let Ok(question) = questions.recv() {
                treat(question);
            }
        });
        Self(door)
    }

    pub fn answers_after(time: Duration) -> Self {
        Self::new(move |question| {
            _ = sleep(time);
            _ = question.send("here you are");
        })
    }

    /// Keeps each question, and says nothing.
    pub fn never_answers() -> Self {
        let mut kept = Vec::new();
        Self::new(move |question| kept.push(question))
    }

    /// Drops the first question, keeps the second, and answers the third.
    pub fn moody() -> Self {
        let (mut asked, mut kept) = (0, Vec::new());
        Self::new(move |question| {
            asked += 1;
            match asked {
                1 => drop(question),
                2 => kept.push(question),
                _ => _ = question.send("all right"),
            }
        })
    }

    /// Asks, and waits, however long it takes.
    pub fn ask(&self) -> Answer {
        let (question, answer) = oneshot();
        // What is not sent is dropped, and will not be answered.
        _ = self.0.send(question);
        answer.recv()
    }
}
