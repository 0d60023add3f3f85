//! No loop of cheap operations keeps the other tasks from their turns: whatever can be asked, tried or
//! taken without a call yields once in a while.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::fs;
use std::future::{Future, IntoFuture};
use std::io::{Read, Write};
use std::path::Path;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Waker};
use std::time::Duration;

use coros::channel::{bounded, broadcast, oneshot, rendezvous, unbounded, watch};

use crate::common::{self, OnDrop, run, scheduler};
#[cfg(target_os = "linux")]
use coros::process;
use coros::select::{Order, select_among};
use coros::signal::{self, Signal};
use coros::sync::{
    Barrier, BoundedSemaphore, CapacityLimiter, Condvar, Event, Latch, Mutex, OnceCell, RLock,
    RwLock, Semaphore, WaitGroup,
};
use coros::syscall::{GetRemote, GetTid, Now};
use coros::{
    Builder, JoinHandle, WaitList, Waitable, block_on, call, compute, deadline, group, net,
    offload, pipe, random, shield, sleep, sleep_until, smp, spawn, spawn_future, timeout, wait_all,
    wait_any, wait_first_failed, yield_now,
};
use futures_core::Stream;

/// More than any budget: a loop that is not over by then would go on for ever.
const PATIENCE: usize = 2000;

/// An operation that a loop repeats.
type Poll = Box<dyn FnMut()>;

/// An operation by its file, its type and its name, and what makes a loop over it.
type Case = (&'static str, fn() -> Poll);

/// Whether a loop over an operation keeps another task, which is ready, from its turn.
fn starves(make: fn() -> Poll) -> bool {
    run(move || {
        let mut poll = make();
        let has_run = Rc::new(Cell::new(false));
        let other = Rc::clone(&has_run);
        spawn(move || {
            yield_now();
            other.set(true);
        });
        (0..PATIENCE).all(|_| {
            poll();
            !has_run.get()
        })
    })
}

/// Each operation by its file, its type and its name, with what a loop would do over and over.
macro_rules! table {
    ($($name:literal => $make:expr;)*) => {
        &[$(($name, || Box::new($make))),*]
    };
}

/// A task that has ended.
fn ended() -> JoinHandle<()> {
    let task = spawn(|| ());
    yield_now();
    task
}

/// Polls a future by hand, as a program with an executor of its own may; so often as it likes.
fn poll_by_hand(future: impl Future + Unpin) {
    let mut future = future;
    _ = Pin::new(&mut future).poll(&mut Context::from_waker(Waker::noop()));
}

/// The same, of a stream.
fn poll_next_by_hand(stream: impl Stream + Unpin) {
    let mut stream = stream;
    _ = Pin::new(&mut stream).poll_next(&mut Context::from_waker(Waker::noop()));
}

/// A send that waits for room, of an end that lasts.
fn send_without_room() -> impl Future + Unpin {
    let (tx, rx) = bounded(1);
    tx.try_send(1).unwrap();
    // The future borrows from both for as long as it is polled.
    let (tx, _rx) = (Box::leak(Box::new(tx)), Box::leak(Box::new(rx)));
    tx.send_async(2)
}

/// A scheduler that several tasks may look at.
fn shared_scheduler() -> Rc<RefCell<coros::Scheduler>> {
    Rc::new(RefCell::new(scheduler()))
}

const TABLE: &[Case] = table! {
    "channel/sender.rs Sender::send" => { let (tx, _rx) = unbounded(); let rx = _rx; move || { _ = &rx; tx.send(1).unwrap() } };
    "channel/sender.rs Sender::try_send" => { let (tx, rx) = bounded(1); move || { _ = &rx; _ = tx.try_send(1) } };
    "channel/sender.rs Sender::try_send (a rendezvous)" => { let (tx, rx) = rendezvous(); move || { _ = &rx; _ = tx.try_send(1) } };
    "channel/info.rs Info::is_closed" => { let (tx, rx) = bounded::<u8>(1); move || { _ = &rx; _ = tx.is_closed() } };
    "channel/info.rs Info::len" => { let (tx, rx) = bounded::<u8>(1); move || { _ = &rx; _ = tx.len() } };
    "channel/info.rs Info::is_empty" => { let (tx, rx) = bounded::<u8>(1); move || { _ = &rx; _ = tx.is_empty() } };
    "channel/info.rs Info::waiting_senders" => { let (tx, rx) = bounded::<u8>(1); move || { _ = &rx; _ = tx.waiting_senders() } };
    "channel/info.rs Info::waiting_receivers" => { let (tx, rx) = bounded::<u8>(1); move || { _ = &rx; _ = tx.waiting_receivers() } };
    "channel/info.rs Info::senders" => { let (tx, rx) = bounded::<u8>(1); move || { _ = &rx; _ = tx.senders() } };
    "channel/receiver.rs Receiver::recv" => { let (tx, rx) = bounded::<u8>(1); drop(tx); move || _ = rx.recv() };
    "channel/receiver.rs Receiver::try_recv" => { let (tx, rx) = bounded::<u8>(1); move || { _ = &tx; _ = rx.try_recv() } };
    "channel/receiver.rs Receiver::try_recv (a rendezvous)" => { let (tx, rx) = rendezvous::<u8>(); move || { _ = &tx; _ = rx.try_recv() } };
    "channel/info.rs Info::receivers" => { let (tx, rx) = bounded::<u8>(1); move || { _ = &tx; _ = rx.receivers() } };
    "channel/oneshot.rs Sender::is_closed" => { let (tx, rx) = oneshot::<u8>(); move || { _ = &rx; _ = tx.is_closed() } };
    "channel/oneshot.rs Receiver::recv" => { let (tx, rx) = oneshot::<u8>(); drop(tx); move || _ = rx.recv() };
    "channel/oneshot.rs Receiver::try_recv" => { let (tx, rx) = oneshot::<u8>(); move || { _ = &tx; _ = rx.try_recv() } };
    "channel/oneshot.rs Receiver::is_closed" => { let (tx, rx) = oneshot::<u8>(); move || { _ = &tx; _ = rx.is_closed() } };
    "channel/broadcast.rs Sender::send" => { let (tx, rx) = broadcast(1); move || { _ = &rx; _ = tx.send(1) } };
    "channel/broadcast.rs Sender::is_closed" => { let (tx, _rx) = broadcast::<u8>(1); move || _ = tx.is_closed() };
    "channel/broadcast.rs Sender::receivers" => { let (tx, _rx) = broadcast::<u8>(1); move || _ = tx.receivers() };
    "channel/broadcast.rs Sender::len" => { let (tx, _rx) = broadcast::<u8>(1); move || _ = tx.len() };
    "channel/broadcast.rs Sender::is_empty" => { let (tx, _rx) = broadcast::<u8>(1); move || _ = tx.is_empty() };
    "channel/broadcast/receiver.rs Receiver::recv" => { let (tx, rx) = broadcast::<u8>(1); drop(tx); move || _ = rx.recv() };
    "channel/broadcast/receiver.rs Receiver::try_recv" => { let (tx, rx) = broadcast::<u8>(1); move || { _ = &tx; _ = rx.try_recv() } };
    "channel/broadcast/receiver.rs Receiver::len" => { let (tx, rx) = broadcast::<u8>(1); move || { _ = &tx; _ = rx.len() } };
    "channel/broadcast/receiver.rs Receiver::is_empty" => { let (tx, rx) = broadcast::<u8>(1); move || { _ = &tx; _ = rx.is_empty() } };
    "channel/broadcast/receiver.rs Receiver::is_closed" => { let (tx, rx) = broadcast::<u8>(1); move || { _ = &tx; _ = rx.is_closed() } };
    "channel/watch.rs Sender::send" => { let (tx, rx) = watch(0); move || { _ = &rx; tx.send(1).unwrap() } };
    "channel/watch.rs Sender::send_replace" => { let (tx, _rx) = watch(0); move || _ = tx.send_replace(1) };
    "channel/watch.rs Sender::send_if_modified" => { let (tx, _rx) = watch(0); move || _ = tx.send_if_modified(|_| false) };
    "channel/watch.rs Sender::borrow" => { let (tx, _rx) = watch(0); move || _ = tx.borrow() };
    "channel/watch.rs Sender::get" => { let (tx, _rx) = watch(0); move || _ = tx.get() };
    "channel/watch.rs Sender::receivers" => { let (tx, _rx) = watch(0); move || _ = tx.receivers() };
    "channel/watch.rs Sender::is_closed" => { let (tx, _rx) = watch(0); move || _ = tx.is_closed() };
    "channel/watch/receiver.rs Receiver::changed" => { let (tx, rx) = watch(0); drop(tx); move || _ = rx.changed() };
    "channel/watch/receiver.rs Receiver::wait_for" => { let (_tx, rx) = watch(0); move || _ = rx.wait_for(|_| true).unwrap() };
    "channel/watch/receiver.rs Receiver::borrow" => { let (_tx, rx) = watch(0); move || _ = rx.borrow() };
    "channel/watch/receiver.rs Receiver::borrow_and_update" => { let (_tx, rx) = watch(0); move || _ = rx.borrow_and_update() };
    "channel/watch/receiver.rs Receiver::get" => { let (_tx, rx) = watch(0); move || _ = rx.get() };
    "channel/watch/receiver.rs Receiver::has_changed" => { let (_tx, rx) = watch(0); move || _ = rx.has_changed() };
    "channel/watch/receiver.rs Receiver::is_closed" => { let (_tx, rx) = watch(0); move || _ = rx.is_closed() };
    "join/mod.rs JoinHandle::join" => { let task = ended(); move || _ = task.join() };
    "join/mod.rs JoinHandle::is_finished" => { let task = ended(); move || _ = task.is_finished() };
    "join/mod.rs JoinHandle::kill" => { let task = ended(); move || _ = task.kill() };
    "join/any.rs wait_any" => { let task = ended(); move || _ = wait_any([&task], None) };
    "join/any.rs wait_all" => { let task = ended(); move || _ = wait_all([&task], None) };
    "join/any.rs wait_first_failed" => { let task = ended(); move || _ = wait_first_failed([&task], None) };
    "join/several.rs Waitable::exit" => { let task = ended(); move || _ = Waitable::exit(&task) };
    "future/joined.rs Joined::poll" => { let task = ended(); move || poll_by_hand((&task).into_future()) };
    "channel/send_future.rs SendFuture::poll" => { let mut sending = send_without_room(); poll_by_hand(&mut sending); move || poll_by_hand(&mut sending) };
    "channel/receive_future.rs RecvFuture::poll" => { let (tx, rx) = bounded::<u8>(1); drop(tx); move || poll_by_hand(rx.recv_async()) };
    "channel/receive_future.rs Stream::poll_next" => { let (tx, rx) = bounded::<u8>(1); drop(tx); move || poll_next_by_hand(rx.stream()) };
    "channel/receive_future.rs IntoStream::poll_next" => { let (tx, rx) = bounded::<u8>(1); drop(tx); let mut items = rx.into_stream(); move || poll_next_by_hand(&mut items) };
    "channel/receiver.rs Iter::next" => { let (tx, rx) = bounded::<u8>(1); drop(tx); move || _ = rx.iter().next() };
    "channel/receiver.rs IntoIter::next" => { let (tx, rx) = bounded::<u8>(1); drop(tx); let mut items = rx.into_iter(); move || _ = items.next() };
    "channel/broadcast/receiver.rs Iter::next" => { let (tx, rx) = broadcast::<u8>(1); drop(tx); move || _ = rx.iter().next() };
    "channel/receiver.rs Iter::next (between threads)" => { let (tx, rx) = smp::channel::<u8>(1); drop(tx); move || _ = rx.iter().next() };
    "channel/receiver.rs IntoIter::next (between threads)" => { let (tx, rx) = smp::channel::<u8>(1); drop(tx); let mut items = rx.into_iter(); move || _ = items.next() };
    "chance.rs random" => || _ = random();
    "compute.rs compute" => || compute(Duration::ZERO).unwrap();
    "future/mod.rs block_on" => || block_on(std::future::ready(())).unwrap();
    "future/mod.rs spawn_future" => || drop(spawn_future(std::future::ready(())));
    "group/mod.rs group" => || group(|_| ()).unwrap();
    "offload/mod.rs offload" => || _ = offload(|| ());
    "scope/mod.rs timeout" => || timeout(Duration::ZERO, || ()).unwrap();
    "scope/mod.rs deadline" => { let over = call(Now); move || deadline(over, || ()).unwrap() };
    "scope/mod.rs shield" => || shield(Duration::ZERO, || ()).unwrap();
    "select/mod.rs select_among" => || _ = select_among(vec![GetTid], Order::Fair).unwrap();
    "signal.rs ask" => || signal::ask(Signal::Usr2).unwrap();
    "signal.rs ignore" => || signal::ignore(Signal::Usr2).unwrap();
    "signal.rs reset" => || signal::reset(Signal::Usr2).unwrap();
    "signal.rs kill" => { let gone = ended().tid(); move || assert!(signal::kill(gone, Signal::Usr2).is_err()) };
    "task.rs spawn" => || drop(spawn(|| ()));
    "time.rs sleep" => || sleep(Duration::ZERO).unwrap();
    "time.rs sleep_until" => { let over = call(Now); move || sleep_until(over).unwrap() };
    "kernel/core/list.rs WaitList::len" => { let list = WaitList::new(); move || _ = list.len() };
    "kernel/core/list.rs WaitList::is_empty" => { let list = WaitList::new(); move || _ = list.is_empty() };
    "kernel/core/list.rs WaitList::holders" => { let list = WaitList::new(); move || _ = list.holders() };
    "kernel/core/list.rs WaitList::is_held_by" => { let (list, me) = (WaitList::new(), call(GetTid)); move || _ = list.is_held_by(me) };
    "kernel/modules/outside/remote.rs Remote::is_closed" => { let remote = call(GetRemote).unwrap(); move || _ = remote.is_closed() };
    "kernel/scheduler/mod.rs Scheduler::now" => { let sched = shared_scheduler(); move || _ = sched.borrow_mut().now() };
    "kernel/scheduler/mod.rs Scheduler::tasks" => { let sched = shared_scheduler(); move || _ = sched.borrow().tasks().count() };
    "kernel/scheduler/mod.rs Scheduler::ready" => { let sched = shared_scheduler(); move || _ = sched.borrow().ready().count() };
    "kernel/scheduler/mod.rs Scheduler::report" => { let sched = shared_scheduler(); move || _ = sched.borrow().report() };
    "net/listener.rs Listener::bind" => { let taken = net::TcpListener::bind("127.0.0.1:0").unwrap(); let at = taken.local_addr().unwrap(); move || { _ = &taken; assert!(net::TcpListener::bind(at).is_err()) } };
    "net/datagram.rs Socket::bind (UDP)" => { let taken = net::UdpSocket::bind("127.0.0.1:0").unwrap(); let at = taken.local_addr().unwrap(); move || { _ = &taken; assert!(net::UdpSocket::bind(at).is_err()) } };
    "net/datagram.rs Socket::connect (UDP)" => { let one = net::UdpSocket::bind("127.0.0.1:0").unwrap(); let at = one.local_addr().unwrap(); move || one.connect(at).unwrap() };
    "net/listener.rs Listener::bind (Unix)" => || assert!(net::UnixListener::bind("/nowhere/at/all").is_err());
    "net/listener.rs Listener::bind_addr" => || assert!(net::UnixListener::bind_addr(&nowhere()).is_err());
    "net/stream.rs Socket::connect (Unix)" => || assert!(net::UnixStream::connect("/nowhere/at/all").is_err());
    "net/stream.rs Socket::connect_addr" => || assert!(net::UnixStream::connect_addr(&nowhere()).is_err());
    "net/datagram.rs Socket::bind (Unix)" => || assert!(net::UnixDatagram::bind("/nowhere/at/all").is_err());
    "net/datagram.rs Socket::bind_addr" => || assert!(net::UnixDatagram::bind_addr(&nowhere()).is_err());
    "net/datagram.rs Socket::connect (Unix)" => { let one = net::UnixDatagram::unbound().unwrap(); move || assert!(one.connect("/nowhere/at/all").is_err()) };
    "net/datagram.rs Socket::connect_addr" => { let one = net::UnixDatagram::unbound().unwrap(); move || assert!(one.connect_addr(&nowhere()).is_err()) };
    "net/listener.rs Listener::take_error" => { let socket = net::TcpListener::bind("127.0.0.1:0").unwrap(); move || _ = socket.take_error() };
    "net/listener.rs Listener::take_error (Unix)" => { let socket = net::UnixListener::bind(socket_path()).unwrap(); move || _ = socket.take_error() };
    "net/socket.rs Socket::take_error" => { let (one, _other) = net::UnixStream::pair().unwrap(); move || _ = one.take_error() };
    "offload/pool.rs Pool::queued" => { let pool = coros::offload::Pool::new(1); move || _ = pool.queued() };
    "pipe/memory.rs Reader::len" => { let (reader, _writer) = pipe::between_tasks(8); move || _ = reader.len() };
    "pipe/memory.rs Reader::is_empty" => { let (reader, _writer) = pipe::between_tasks(8); move || _ = reader.is_empty() };
    "pipe/memory.rs Writer::room" => { let (_reader, writer) = pipe::between_tasks(8); move || _ = writer.room() };
    "pipe/memory.rs Read::read" => { let (mut reader, writer) = pipe::between_tasks(8); drop(writer); move || _ = reader.read(&mut [0]) };
    "pipe/memory.rs Write::write" => { let (reader, mut writer) = pipe::between_tasks(8); drop(reader); move || _ = writer.write(&[0]) };
    "channel/sender.rs Sender::send (between threads)" => { let (tx, rx) = smp::channel(1 << 12); move || { _ = &rx; tx.send(1).unwrap() } };
    "channel/sender.rs Sender::try_send (between threads)" => { let (tx, rx) = smp::channel(1); move || { _ = &rx; _ = tx.try_send(1) } };
    "channel/info.rs Info::is_closed (between threads)" => { let (tx, _rx) = smp::channel::<u8>(1); move || _ = tx.is_closed() };
    "channel/info.rs Info::len (between threads)" => { let (tx, _rx) = smp::channel::<u8>(1); move || _ = tx.len() };
    "channel/info.rs Info::is_empty (between threads)" => { let (tx, _rx) = smp::channel::<u8>(1); move || _ = tx.is_empty() };
    "channel/receiver.rs Receiver::recv (between threads)" => { let (tx, rx) = smp::channel::<u8>(1); drop(tx); move || _ = rx.recv() };
    "channel/receiver.rs Receiver::try_recv (between threads)" => { let (tx, rx) = smp::channel::<u8>(1); move || { _ = &tx; _ = rx.try_recv() } };
    "channel/oneshot.rs Sender::is_closed" => { let (tx, rx) = smp::oneshot::<u8>(); move || { _ = &rx; _ = tx.is_closed() } };
    "channel/oneshot.rs Receiver::recv" => { let (tx, rx) = smp::oneshot::<u8>(); drop(tx); move || _ = rx.recv() };
    "channel/oneshot.rs Receiver::try_recv" => { let (tx, rx) = smp::oneshot::<u8>(); move || { _ = &tx; _ = rx.try_recv() } };
    "channel/oneshot.rs Receiver::is_closed" => { let (tx, rx) = smp::oneshot::<u8>(); move || { _ = &tx; _ = rx.is_closed() } };
    "smp/remote.rs RemoteHandle::try_join" => { let task = call(GetRemote).unwrap().spawn(|| 1).unwrap(); move || _ = task.try_join() };
    "smp/remote.rs RemoteHandle::is_finished" => { let task = call(GetRemote).unwrap().spawn(|| 1).unwrap(); move || _ = task.is_finished() };
    "smp/remote.rs Remote::spawn" => { let remote = call(GetRemote).unwrap(); move || drop(remote.spawn(|| 1)) };
    "smp/remote.rs Remote::spawn_with" => { let remote = call(GetRemote).unwrap(); move || drop(remote.spawn_with(Builder::new(), || 1)) };
    "smp/remote.rs RemoteHandle::join" => { let task = call(GetRemote).unwrap().spawn(|| 1).unwrap(); task.join().unwrap(); move || _ = task.join() };
    "sync/barrier.rs Barrier::waiting" => { let barrier = Barrier::new(2); move || _ = barrier.waiting() };
    "sync/barrier.rs Barrier::is_broken" => { let barrier = Barrier::new(2); move || _ = barrier.is_broken() };
    "sync/bounded.rs BoundedSemaphore::acquire" => { let permits = BoundedSemaphore::new(1); move || drop(permits.acquire()) };
    "sync/bounded.rs BoundedSemaphore::acquire_many" => { let permits = BoundedSemaphore::new(1); move || drop(permits.acquire_many(1)) };
    "sync/bounded.rs BoundedSemaphore::try_acquire" => { let permits = BoundedSemaphore::new(0); move || drop(permits.try_acquire()) };
    "sync/bounded.rs BoundedSemaphore::available" => { let permits = BoundedSemaphore::new(0); move || _ = permits.available() };
    "sync/bounded.rs BoundedSemaphore::waiters" => { let permits = BoundedSemaphore::new(0); move || _ = permits.waiters() };
    "sync/condvar.rs Condvar::waiters" => { let changed = Condvar::new(); move || _ = changed.waiters() };
    "sync/event.rs Event::wait" => { let event = Event::new(); event.set(); move || _ = event.wait() };
    "sync/event.rs Event::is_set" => { let event = Event::new(); move || _ = event.is_set() };
    "sync/event.rs Event::waiters" => { let event = Event::new(); move || _ = event.waiters() };
    "sync/latch.rs Latch::wait" => { let latch = Latch::new(0); move || _ = latch.wait() };
    "sync/latch.rs Latch::is_open" => { let latch = Latch::new(1); move || _ = latch.is_open() };
    "sync/latch.rs Latch::left" => { let latch = Latch::new(1); move || _ = latch.left() };
    "sync/latch.rs Latch::waiters" => { let latch = Latch::new(1); move || _ = latch.waiters() };
    "sync/latch.rs WaitGroup::wait" => { let work = WaitGroup::new(); move || _ = work.wait() };
    "sync/latch.rs WaitGroup::tokens" => { let work = WaitGroup::new(); move || _ = work.tokens() };
    "sync/latch.rs WaitGroup::waiters" => { let work = WaitGroup::new(); move || _ = work.waiters() };
    "sync/limiter.rs CapacityLimiter::acquire" => { let limiter = CapacityLimiter::new(1); move || drop(limiter.acquire()) };
    "sync/limiter.rs CapacityLimiter::try_acquire" => { let limiter = CapacityLimiter::new(1); move || drop(limiter.try_acquire()) };
    "sync/limiter.rs CapacityLimiter::capacity" => { let limiter = CapacityLimiter::new(1); move || _ = limiter.capacity() };
    "sync/limiter.rs CapacityLimiter::borrowed" => { let limiter = CapacityLimiter::new(1); move || _ = limiter.borrowed() };
    "sync/limiter.rs CapacityLimiter::available" => { let limiter = CapacityLimiter::new(1); move || _ = limiter.available() };
    "sync/limiter.rs CapacityLimiter::waiters" => { let limiter = CapacityLimiter::new(1); move || _ = limiter.waiters() };
    "sync/lock.rs Lock::is_poisoned (mutex)" => { let mutex = Mutex::new(0); move || _ = mutex.is_poisoned() };
    "sync/lock.rs Lock::is_poisoned (reentrant)" => { let lock = RLock::new(0); move || _ = lock.is_poisoned() };
    "sync/lock.rs Lock::is_poisoned (read-write)" => { let lock = RwLock::new(0); move || _ = lock.is_poisoned() };
    "sync/lock.rs Lock::waiters (mutex)" => { let mutex = Mutex::new(0); move || _ = mutex.waiters() };
    "sync/lock.rs Lock::waiters (reentrant)" => { let lock = RLock::new(0); move || _ = lock.waiters() };
    "sync/lock.rs Lock::waiters (read-write)" => { let lock = RwLock::new(0); move || _ = lock.waiters() };
    "sync/mutex.rs Mutex::lock" => { let mutex = Mutex::new(0); move || drop(mutex.lock()) };
    "sync/mutex.rs Mutex::try_lock" => { let mutex = Mutex::new(0); move || drop(mutex.try_lock()) };
    "sync/mutex.rs Mutex::is_locked" => { let mutex = Mutex::new(0); move || _ = mutex.is_locked() };
    "sync/once.rs OnceCell::get" => { let cell = OnceCell::<u8>::new(); move || _ = cell.get() };
    "sync/once.rs OnceCell::set" => { let cell = OnceCell::new(); cell.set(1).unwrap(); move || _ = cell.set(2) };
    "sync/once.rs OnceCell::get_or_init" => { let cell = OnceCell::new(); move || _ = cell.get_or_init(|| 1) };
    "sync/once.rs OnceCell::get_or_try_init" => { let cell = OnceCell::<u8>::new(); move || _ = cell.get_or_try_init(|| Err(())) };
    "sync/once.rs OnceCell::waiters" => { let cell = OnceCell::<u8>::new(); move || _ = cell.waiters() };
    "sync/rlock.rs RLock::lock" => { let lock = RLock::new(0); move || drop(lock.lock()) };
    "sync/rlock.rs RLock::try_lock" => { let lock = RLock::new(0); move || drop(lock.try_lock()) };
    "sync/rlock.rs RLock::holds" => { let lock = RLock::new(0); move || _ = lock.holds() };
    "sync/rlock.rs RLock::is_locked" => { let lock = RLock::new(0); move || _ = lock.is_locked() };
    "sync/rwlock.rs RwLock::read" => { let lock = RwLock::new(0); move || drop(lock.read()) };
    "sync/rwlock.rs RwLock::write" => { let lock = RwLock::new(0); move || drop(lock.write()) };
    "sync/rwlock.rs RwLock::try_read" => { let lock = RwLock::new(0); move || drop(lock.try_read()) };
    "sync/rwlock.rs RwLock::try_write" => { let lock = RwLock::new(0); move || drop(lock.try_write()) };
    "sync/rwlock.rs RwLock::is_written" => { let lock = RwLock::new(0); move || _ = lock.is_written() };
    "sync/rwlock.rs RwLock::readers" => { let lock = RwLock::new(0); move || _ = lock.readers() };
    "sync/semaphore.rs Semaphore::acquire" => { let permits = Semaphore::new(1); move || drop(permits.acquire()) };
    "sync/semaphore.rs Semaphore::acquire_many" => { let permits = Semaphore::new(2); move || drop(permits.acquire_many(2)) };
    "sync/semaphore.rs Semaphore::try_acquire" => { let permits = Semaphore::new(0); move || drop(permits.try_acquire()) };
    "sync/semaphore.rs Semaphore::try_acquire_many" => { let permits = Semaphore::new(0); move || drop(permits.try_acquire_many(2)) };
    "sync/semaphore.rs Semaphore::available" => { let permits = Semaphore::new(0); move || _ = permits.available() };
    "sync/semaphore.rs Semaphore::waiters" => { let permits = Semaphore::new(0); move || _ = permits.waiters() };
};

/// The address of a socket that is not there.
fn nowhere() -> std::os::unix::net::SocketAddr {
    std::os::unix::net::SocketAddr::from_pathname("/nowhere/at/all").unwrap()
}

#[cfg(not(target_os = "linux"))]
const PROCESSES: &[Case] = &[];

#[cfg(target_os = "linux")]
const PROCESSES: &[Case] = table! {
    "process/child.rs Child::try_wait" => { let mut child = sleeper(); move || assert!(child.try_wait().unwrap().is_none()) };
    "process/child.rs Child::signal" => { let child = sleeper(); move || child.signal(coros::signal::Signal::Cont).unwrap() };
    "process/child.rs Child::kill" => { let mut child = sleeper(); move || child.kill().unwrap() };
    "process/fork.rs fork" => || assert!(process::fork(|| 0).is_err(), "there are threads");
    "process/spawn.rs spawn" => || assert!(process::spawn::spawn("nothing", &[]).is_err());
    "process/shared.rs SharedMemory::read_at" => { let memory = process::SharedMemory::new(8).unwrap(); move || memory.read_at(0, &mut [0]).unwrap() };
    "process/shared.rs SharedMemory::write_at" => { let memory = process::SharedMemory::new(8).unwrap(); move || memory.write_at(0, &[0]).unwrap() };
};

/// A process that runs until it is killed.
#[cfg(target_os = "linux")]
fn sleeper() -> process::Child {
    let mut command = process::Command::new("sleep");
    command.arg("1000").kill_on_drop(true).spawn().unwrap()
}

fn socket_path() -> std::path::PathBuf {
    let path = std::env::temp_dir().join(format!("coros-starvation-{}", std::process::id()));
    _ = fs::remove_file(&path);
    path
}

#[test]
fn no_loop_of_cheap_operations_starves_the_others() {
    let all = TABLE.iter().chain(PROCESSES);
    let starving = all.filter(|(_, make)| starves(*make));
    let names: Vec<_> = starving.map(|(name, _)| *name).collect();
    _ = fs::remove_file(socket_path());
    assert!(
        names.is_empty(),
        "these keep the others from their turns: {names:#?}"
    );
}

/// Those of a group are asked in its block, which lends it.
#[test]
fn no_loop_over_a_group_starves_the_others() {
    fn starves_in_group(poll: fn(&coros::Group<'_, '_>, &coros::GroupHandle<'_, ()>)) -> bool {
        run(move || {
            let has_run = Rc::new(Cell::new(false));
            let outcome = Cell::new(true);
            let other = Rc::clone(&has_run);
            _ = group(|g| {
                let task = g.spawn(|| ());
                spawn(move || {
                    yield_now();
                    other.set(true);
                });
                let starved = (0..PATIENCE).all(|_| {
                    poll(g, &task);
                    !has_run.get()
                });
                outcome.set(starved);
            });
            outcome.get()
        })
    }
    assert!(!starves_in_group(|g, _| _ = g.alive()), "Group::alive");
    assert!(!starves_in_group(|g, _| _ = g.next_ended()), "next_ended");
    assert!(
        !starves_in_group(|_, task| _ = task.is_finished()),
        "is_finished"
    );
    assert!(!starves_in_group(|_, task| _ = task.join()), "join");
    assert!(!starves_in_group(|_, task| _ = task.kill()), "kill");
}

#[test]
fn a_loop_that_tries_to_spawn_in_a_closed_group_starves_no_task() {
    let starved = run(|| {
        let (has_run, outcome) = (Rc::new(Cell::new(false)), Cell::new(true));
        let other = Rc::clone(&has_run);
        _ = group(|g| {
            spawn(move || {
                yield_now();
                other.set(true);
            });
            g.cancel("closed");
            let starved = (0..PATIENCE).all(|_| {
                assert!(g.try_spawn(|| ()).is_err());
                !has_run.get()
            });
            outcome.set(starved);
        });
        outcome.get()
    });
    assert!(!starved);
}

#[test]
fn outside_tasks_nothing_yields_and_nothing_panics() {
    let (tx, rx) = bounded::<u8>(1);
    let event = Event::new();
    for _ in 0..PATIENCE {
        assert!(!tx.is_closed() && rx.is_empty() && !event.is_set());
    }
}

#[test]
fn a_look_while_the_task_unwinds_does_not_yield() {
    let (event, turns) = (Event::new(), Rc::new(Cell::new(0)));
    let yielded = Rc::new(Cell::new(0));
    let (counted, noted) = (Rc::clone(&turns), Rc::clone(&yielded));
    run(move || {
        let ticker = spawn(move || {
            loop {
                counted.set(counted.get() + 1);
                yield_now();
            }
        });
        for is_killed in [true, false] {
            let (event, turns, noted) = (event.clone(), Rc::clone(&turns), Rc::clone(&noted));
            let looker = spawn(move || {
                let _looks = OnDrop(|| {
                    let before = turns.get();
                    for _ in 0..PATIENCE {
                        _ = event.is_set();
                    }
                    noted.set(noted.get() + turns.get() - before);
                });
                yield_now();
                if !is_killed {
                    std::panic::resume_unwind(Box::new("torn down"));
                }
                common::park_for_ever();
            });
            if is_killed {
                yield_now();
                looker.kill().unwrap();
            }
            assert!(looker.join().is_err());
        }
        ticker.kill().unwrap();
    });
    assert_eq!(yielded.get(), 0, "turns that others had meanwhile");
}

/// What takes no part: by a file or a folder, or by one operation, and why.
const EXCEPTIONS: &[(&str, &str)] = &[
    // Not for tasks, or no more than a constant.
    ("bin/", "the demo program, built on what is in the table"),
    (
        "kernel/core/kernel.rs",
        "a kernel is seen while it serves a call: there is no turn to end",
    ),
    (
        "kernel/modules/outside/source.rs Source::get",
        "lends what the caller put in",
    ),
    ("policy/", "used by the loop, not by tasks"),
    (
        "watch/",
        "figures of its owner: nothing waits for them to change",
    ),
    ("picture/", "made of a recording, which does not change"),
    ("kernel/abi/events/", "data that does not change"),
    ("kernel/abi/interrupted.rs", "data that does not change"),
    ("kernel/abi/sched_params.rs", "data that does not change"),
    ("kernel/abi/stuck.rs", "data that does not change"),
    ("group/error.rs", "data that does not change"),
    ("join/error.rs", "data that does not change"),
    (
        "sync/barrier.rs BarrierWaitResult",
        "data that does not change",
    ),
    ("sync/semaphore.rs Permit::count", "does not change"),
    ("sync/barrier.rs Barrier::parties", "does not change"),
    ("sync/bounded.rs BoundedSemaphore::bound", "does not change"),
    ("channel/info.rs Info::capacity", "does not change"),
    ("pipe/memory.rs Reader::capacity", "does not change"),
    ("pipe/memory.rs Writer::capacity", "does not change"),
    (
        "kernel/scheduler/mod.rs Scheduler::stack_size",
        "does not change",
    ),
    ("join/mod.rs JoinHandle::tid", "does not change"),
    ("group/handle.rs GroupHandle::tid", "does not change"),
    ("time.rs Interval::period", "does not change"),
    ("smp/core.rs", "does not change"),
    ("process/child.rs Child::id", "does not change"),
    ("process/fork.rs Forked::id", "does not change"),
    ("process/spawn.rs Spawned::id", "does not change"),
    (
        "process/fork_server.rs ForkServer::address",
        "does not change",
    ),
    ("process/fork_server.rs ForkServer::id", "does not change"),
    (
        "process/manager/mod.rs",
        "makes handles of what does not change",
    ),
    ("process/shared.rs SharedMemory::len", "does not change"),
    (
        "process/shared.rs SharedMemory::cells",
        "lends atomics of std, which are beyond reach",
    ),
    (
        "local/mod.rs",
        "the caller's own value: no other task changes it",
    ),
    (
        "join/several.rs Waitable::exit_paid_for",
        "hidden; who looks at several has paid",
    ),
    ("join/several.rs Waitable::serial", "hidden"),
    ("join/several.rs Waitable::tid", "does not change"),
    (
        "join/several.rs Waitables::",
        "lends what the caller put in",
    ),
    (
        "kernel/abi/policy.rs Policy::",
        "used by the loop, not by tasks",
    ),
    (
        "kernel/core/call.rs SystemCall::",
        "used by the loop, not by tasks",
    ),
    (
        "net/addrs.rs ToAddrs::",
        "addresses that the caller has, or a call that looks up a name",
    ),
    ("select/arms.rs Arms::", "hidden: the parts of a select"),
    ("channel/reach.rs", "hidden: what is between the ends"),
    // Makes something to be polled or waited for, or prepares it.
    (
        "channel/broadcast.rs broadcast",
        "makes a channel, of which no other task knows",
    ),
    ("channel/oneshot.rs oneshot", "as `broadcast`"),
    ("channel/open.rs", "as `broadcast`"),
    ("channel/watch.rs watch", "as `broadcast`"),
    ("smp/channel/mod.rs channel", "as `broadcast`"),
    ("smp/oneshot.rs oneshot", "as `broadcast`"),
    ("pipe/memory.rs between_tasks", "as `broadcast`"),
    ("pipe/os.rs os", "as `broadcast`, of the system's"),
    ("time.rs interval", "makes an interval"),
    ("channel/broadcast.rs Sender::subscribe", "makes an end"),
    (
        "channel/broadcast/receiver.rs Receiver::subscribe",
        "makes an end",
    ),
    (
        "channel/broadcast/receiver.rs Receiver::iter",
        "makes an iterator",
    ),
    ("channel/watch.rs Sender::subscribe", "makes an end"),
    (
        "channel/watch/receiver.rs Receiver::subscribe",
        "makes an end",
    ),
    ("channel/receiver.rs Receiver::iter", "makes an iterator"),
    ("channel/oneshot.rs Receiver::recv_async", "makes a future"),
    ("channel/receive_future.rs", "makes a future"),
    ("channel/send_future.rs", "makes a future"),
    ("sync/latch.rs WaitGroup::add", "makes a token"),
    ("net/listener.rs Listener::incoming", "makes an iterator"),
    ("net/half.rs", "makes two halves"),
    ("net/stream.rs Socket::split", "makes two halves"),
    ("offload/pool.rs Pool::running", "makes a call"),
    (
        "process/command.rs",
        "prepares a command, or makes the calls that run it",
    ),
    // Calls, each time: they end the turn.
    ("kernel/core/call.rs call", "a call"),
    ("offload/mod.rs offloading", "makes a call"),
    ("select/mod.rs wait", "as `select_among`"),
    ("signal.rs wait", "a call"),
    ("signal.rs ctrl_c", "a call"),
    ("signal.rs on", "calls, to ask and to spawn"),
    ("sync/barrier.rs Barrier::wait", "a call"),
    ("sync/condvar.rs Condvar::wait", "a call"),
    ("time.rs Interval::tick", "a call"),
    ("scope/handle.rs Scope::run", "calls, to enter and to leave"),
    ("offload/pool.rs Pool::run", "a call"),
    (
        "fs/",
        "calls, by way of a pool of threads; or data of an entry",
    ),
    ("stdio/", "calls"),
    ("process/child.rs Child::wait", "a call"),
    (
        "process/child.rs Child::stop",
        "looks first, as `try_wait` does, then calls",
    ),
    ("process/fork.rs Forked::wait", "a call, or as `try_wait`"),
    (
        "process/fork_server.rs ForkServer::begin",
        "talks through a socket",
    ),
    (
        "process/fork_server.rs ForkServer::call",
        "talks through a socket",
    ),
    ("process/fork_server.rs Job::wait", "talks through a socket"),
    ("process/manager/objects.rs", "talks through a socket"),
    ("process/manager/queue.rs", "talks through a socket"),
    ("process/queue.rs", "talks through a pipe"),
    (
        "process/spawn.rs Spawned::wait",
        "talks through a socket, and waits",
    ),
    // Sockets: what moves bytes spends from the same budget, or calls; see `net_turns`.
    ("net/socket.rs Socket::peek", "moves bytes"),
    ("net/datagram.rs Socket::peek_from", "moves bytes"),
    ("net/datagram.rs Socket::recv", "moves bytes"),
    ("net/datagram.rs Socket::send", "moves bytes"),
    ("net/listener.rs Listener::accept", "as what moves bytes"),
    (
        "net/accept.rs Incoming::next",
        "as `accept`, up to an end that does not change",
    ),
    ("net/options.rs", "settings of the socket's owner"),
    (
        "net/listener.rs Listener::set_ttl",
        "a setting of the socket's owner",
    ),
    (
        "net/listener.rs Listener::ttl",
        "a setting of the socket's owner",
    ),
    (
        "net/socket.rs Socket::read_timeout",
        "a setting of the socket's owner",
    ),
    (
        "net/socket.rs Socket::write_timeout",
        "a setting of the socket's owner",
    ),
    (
        "net/socket.rs Socket::set_",
        "a setting of the socket's owner",
    ),
    ("net/socket.rs Socket::try_clone", "makes a socket"),
    ("net/listener.rs Listener::try_clone", "makes a listener"),
    ("net/socket.rs Socket::shutdown", "ends a way, once"),
    ("net/socket.rs Socket::local_addr", "does not change"),
    (
        "net/socket.rs Socket::peer_addr",
        "changes by `connect` alone",
    ),
    ("net/listener.rs Listener::local_addr", "does not change"),
    ("net/family.rs", "hidden: what `std` does"),
    // Posts, and what drives tasks itself.
    (
        "boot.rs run",
        "gives turns to the tasks of another scheduler",
    ),
    (
        "smp/cores.rs run",
        "blocks its thread until other threads have ended",
    ),
    (
        "sync/bounded.rs BoundedSemaphore::release",
        "a post: it never suspends, so that destructors may use it",
    ),
    (
        "kernel/modules/outside/remote.rs Remote::stop",
        "a post: it never suspends, so that destructors may use it",
    ),
    (
        "kernel/scheduler/mod.rs Scheduler::create_task",
        "adds to a scheduler that the caller drives",
    ),
    (
        "kernel/scheduler/mod.rs Scheduler::kill",
        "acts on a scheduler that the caller drives",
    ),
    (
        "kernel/scheduler/mod.rs Scheduler::remote",
        "makes a handle",
    ),
    (
        "kernel/scheduler/mod.rs Scheduler::run",
        "gives turns to the tasks of another scheduler",
    ),
    (
        "kernel/scheduler/mod.rs Scheduler::step",
        "gives a turn to a task of another scheduler",
    ),
    (
        "task.rs Scheduler::spawn",
        "adds to a scheduler that the caller drives",
    ),
    (
        "kernel/core/task.rs Task::run",
        "gives a turn to a task driven by hand",
    ),
    ("net/stream.rs Socket::connect_timeout", "calls"),
    ("task.rs Builder::try_spawn", "a call"),
    // In a test of their own.
    (
        "group/spawn.rs Group::",
        "see `no_loop_over_a_group_starves_the_others`",
    ),
    (
        "group/handle.rs GroupHandle::",
        "see `no_loop_over_a_group_starves_the_others`",
    ),
    (
        "process/fork.rs Forked::try_wait",
        "see `tests/processes`: a process with threads may not fork",
    ),
    ("process/fork.rs Forked::kill", "as `Forked::try_wait`"),
    ("process/spawn.rs Spawned::kill", "as `Forked::kill`"),
    (
        "process/fork_server.rs ForkServer::kill",
        "as `Forked::kill`",
    ),
];

#[test]
fn every_operation_is_in_the_table_or_excepted_for_a_reason() {
    let told: BTreeSet<_> = TABLE
        .iter()
        .chain(PROCESSES)
        .map(|(name, _)| name.split(" (").next().unwrap())
        .collect();
    let missing: Vec<_> = operations(Path::new("src"), Path::new("src"))
        .into_iter()
        .filter(|name| !told.contains(name.as_str()))
        .filter(|name| !EXCEPTIONS.iter().any(|(which, _)| name.starts_with(which)))
        .collect();
    assert!(
        missing.is_empty(),
        "neither in the table nor excepted: {missing:#?}"
    );
}

/// What is public and answers something at once, by file, type and name: functions, methods that borrow an
/// object, those of traits, and what futures, streams and iterators are asked again and again.
fn operations(root: &Path, folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(operations(root, &path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let file = path.strip_prefix(root).unwrap().display().to_string();
            found.extend(operations_of(&text).map(|name| format!("{file} {name}")));
        }
    }
    found.sort();
    found
}

fn operations_of(text: &str) -> impl Iterator<Item = String> + '_ {
    let mut owner = String::new();
    let (mut is_trait, mut is_trait_for) = (false, false);
    text.match_indices('\n').filter_map(move |(at, _)| {
        let rest = &text[at + 1..];
        let line = rest.lines().next()?;
        if line.starts_with("impl") {
            owner = owner_of(line);
            is_trait_for = line.contains(" for ");
        } else if let Some(name) = line.strip_prefix("pub trait ") {
            owner = name_at(name).to_owned();
            is_trait = true;
        } else if line.starts_with('}') {
            owner.clear();
            is_trait = false;
        }
        let is_free = line.starts_with("pub fn ");
        // Those of `Future`, `Stream` and `Iterator`.
        let is_polled = is_trait_for
            && ["fn poll(", "fn poll_next(", "fn next("]
                .iter()
                .any(|which| line.trim_start().starts_with(which));
        let line = line.trim_start();
        let name = match is_trait || is_polled {
            true => line.strip_prefix("fn ")?,
            false => line.strip_prefix("pub fn ")?,
        };
        let name = name_at(name);
        let signature = &rest[..rest.find(['{', ';'])?];
        let borrows = [
            "(&self",
            "(&mut self",
            "
        &self",
            "&'scope self",
            "&'static self",
        ];
        let is_method = borrows.iter().any(|self_| signature.contains(self_));
        // These are repeated until they find what another has put there, or left.
        let is_sought = ["bind", "connect", "try_"]
            .iter()
            .any(|how| name.starts_with(how));
        let answer = signature.rsplit_once(") ->").map(|(_, answer)| answer);
        let answers = answer.is_some_and(|answer| !answer.contains("impl SystemCall"));
        let dot = if owner.is_empty() { "" } else { "::" };
        let is_asked = is_free || is_method || is_polled || is_sought;
        (is_asked && answers).then(|| format!("{owner}{dot}{name}"))
    })
}

/// The name with which a text begins.
fn name_at(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_'));
    &text[..end.unwrap_or(text.len())]
}

/// The type that an `impl` is for.
fn owner_of(line: &str) -> String {
    let mut depth = 0;
    let plain: String = line
        .chars()
        .filter(|&c| {
            depth += i32::from(c == '<');
            let keep = depth == 0;
            depth -= i32::from(c == '>');
            keep
        })
        .collect();
    let after = plain
        .rsplit(" for ")
        .next()
        .unwrap()
        .trim_start_matches("impl")
        .trim();
    after.split([' ', '{', '(']).next().unwrap().to_owned()
}
