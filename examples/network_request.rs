//! Several requests at once to a slow server, each a future.
//!
//! The first program of many a book on asynchronous runtimes, on this kernel. The server is a thread that
//! takes its time. Each request has a channel of its own, for one answer. It is a future that looks whether
//! the answer is there, and else leaves its waker for the server to use.

use std::collections::BinaryHeap;
use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread;

use coros::{JoinError, run, spawn_future};

/// What lies between a request and the server: a channel for one value, made by hand.
#[derive(Default)]
struct Reply {
    text: Option<String>,
    waker: Option<Waker>,
}

/// A request under way.
struct Request(Arc<Mutex<Reply>>);

impl Future for Request {
    type Output = String;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<String> {
        let mut reply = self.0.lock().unwrap();
        match reply.text.take() {
            Some(text) => Poll::Ready(text),
            None => {
                reply.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

/// What the server is asked: how long its answer takes, for what, and where the answer goes.
type Asked = (u32, &'static str, Arc<Mutex<Reply>>);

/// The client's end.
#[derive(Clone)]
struct Api(Sender<Asked>);

impl Api {
    fn get(&self, path: &'static str, takes: u32) -> Request {
        let reply = Arc::default();
        self.0
            .send((takes, path, Arc::clone(&reply)))
            .expect("the server runs");
        Request(reply)
    }
}

/// Answers what takes least time first, until no task asks any more.
fn serve(questions: &Receiver<Asked>) {
    let mut waiting = BinaryHeap::new();
    let mut replies = Vec::new();
    // All are asked before the first is answered, so that the order is the same each time.
    for (takes, path, reply) in questions {
        waiting.push((std::cmp::Reverse(takes), path, replies.len()));
        replies.push(reply);
    }
    while let Some((_, path, at)) = waiting.pop() {
        let waker = {
            let mut reply = replies[at].lock().unwrap();
            reply.text = Some(format!("200 OK, {path}"));
            reply.waker.take()
        };
        // A request that has not been polled yet will see its answer.
        waker.into_iter().for_each(Waker::wake);
        // Wait until it was read: the client's lines come in the order of the answers.
        while Arc::strong_count(&replies[at]) > 1 {
            thread::yield_now();
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let (asked, questions) = mpsc::channel();
    let server = thread::spawn(move || serve(&questions));

    run(move || {
        let api = Api(asked);
        let requests = [("/users", 30), ("/orders", 10), ("/prices", 20)];
        let tasks = requests.map(|(path, takes)| {
            let request = api.get(path, takes);
            println!("asked for {path}");
            spawn_future(async move { println!("{}", request.await) })
        });
        drop(api);
        for task in tasks {
            task.join()?;
        }
        println!("all is answered");
        Ok::<(), JoinError>(())
    })??;
    server.join().expect("the server ends");
    Ok(())
}
