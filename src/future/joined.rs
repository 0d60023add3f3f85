//! A task's end as a future.

use std::borrow::Borrow;
use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::join::{JoinError, JoinHandle};
use crate::shown::shown;
use crate::wakers::WakerKey;

/// Waits for the end of a task, as [`JoinHandle::join`] does; of `handle.await`, or `(&handle).await`.
///
/// Dropping it leaves the task alone.
///
/// # Panics
///
/// If it is polled outside a task before the task has ended.
#[must_use = "a future does nothing until it is polled"]
pub struct Joined<T, H> {
    handle: H,
    key: WakerKey,
    of: PhantomData<fn() -> T>,
}

impl<T, H: Unpin + Borrow<JoinHandle<T>>> Future for Joined<T, H> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { handle, key, .. } = &mut *self;
        let handle: &JoinHandle<T> = (*handle).borrow();
        key.poll_among(|| handle.wakers(), context, || handle.value_if_ended())
    }
}

impl<T> IntoFuture for JoinHandle<T> {
    type Output = Result<T, JoinError>;
    type IntoFuture = Joined<T, Self>;

    fn into_future(self) -> Self::IntoFuture {
        joined(self)
    }
}

impl<'h, T> IntoFuture for &'h JoinHandle<T> {
    type Output = Result<T, JoinError>;
    type IntoFuture = Joined<T, &'h JoinHandle<T>>;

    fn into_future(self) -> Self::IntoFuture {
        joined(self)
    }
}

fn joined<T, H>(handle: H) -> Joined<T, H> {
    Joined {
        handle,
        key: WakerKey::default(),
        of: PhantomData,
    }
}

shown!(impl<T, H: std::fmt::Debug> Debug for Joined<T, H>: self => "Joined({:?})", self.handle);
