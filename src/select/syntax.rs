//! What `select!` stands for: nested arms, and a `match` on which of them was answered.
//!
//! ```text
//! select! { a = A => 1, b = B => 2, default => 3 }
//!
//! match wait((Arm(A), (Arm(B), Otherwise)), Fair) {
//!     Ok(This(a)) => 1,
//!     Ok(Later(This(b))) => 2,
//!     Ok(Later(Later(()))) => 3,
//! }
//! ```

/// Waits until one of several calls is answered, and goes on with its reply; the other calls did not
/// happen: nothing is taken, sent or locked by them.
///
/// ```text
/// select! {
///     pattern = call => value,
///     …
///     default => value,
/// }
/// ```
///
/// with a comma after each branch, after a block too, comes to a `Result<Value, Interrupted>`: an error if
/// the wait as a whole was broken off. If several calls can be answered at once, one of them is chosen at
/// random, as the scheduler's seed decides; with `biased;` in front, the first. Whatever was granted while
/// the caller waited is taken before the rest are looked at; and what was handed to one branch in a
/// rendezvous decides for that branch.
///
/// `default`, which may stand last, is taken if no call can be answered at once: then nothing is waited
/// for, and so nothing can be broken off. It is the last choice whatever the order, with `biased;` too. A
/// call that begins by waiting, as [`Sleep`](crate::syscall::Sleep) does for however short a time, is not
/// answered at once. As every call, the select ends the caller's turn: a loop of them keeps no other task
/// from running.
///
/// What stands behind `=>` is part of the function around it: `?`, `break` and `return` do there what they
/// do outside.
///
/// # Panics
///
/// Outside a task; and where a call panics while it is served, after the others were abandoned.
///
/// ```
/// use coros::channel::bounded;
/// use coros::{Interrupted, run, select};
///
/// fn all_there_is(inbox: &coros::channel::Receiver<i32>) -> Result<Vec<i32>, Interrupted> {
///     let mut items = Vec::new();
///     loop {
///         select! {
///             item = inbox.receiving() => items.extend(item),
///             default => return Ok(items),
///         }?;
///     }
/// }
///
/// run(|| {
///     let (outbox, inbox) = bounded(9);
///     (1..4).for_each(|n| outbox.send(n).unwrap());
///     assert_eq!(all_there_is(&inbox), Ok(vec![1, 2, 3]));
/// })
/// .unwrap();
/// ```
#[macro_export]
macro_rules! select {
    (@branches $order:ident [$($done:tt)+] default => $value:expr $(,)?) => {
        $crate::select!(@wait $order [$($done)+] $crate::select::Otherwise, { default => $value })
    };
    (@branches $order:ident [$($done:tt)+]) => {
        $crate::select!(@wait $order [$($done)+] (),)
    };
    (@branches $order:ident [$($done:tt)*] $pattern:pat = $call:expr => $value:expr $(, $($rest:tt)*)?) => {
        $crate::select!(@branches $order [$($done)* { $pattern = $call => $value }] $($($rest)*)?)
    };
    (@wait $order:ident [$({ $pattern:pat = $call:expr => $value:expr })+] $last:expr, $($default:tt)?) => {
        match $crate::select::wait($crate::select!(@arms $last, $($call),+), $crate::select::Order::$order) {
            Ok(chosen) => Ok($crate::select!(@of chosen; $({ $pattern => $value })+ $($default)?)),
            Err(interrupted) => Err(interrupted),
        }
    };
    (@arms $last:expr, $call:expr $(, $calls:expr)*) => {
        ($crate::select::Arm::new($call), $crate::select!(@arms $last, $($calls),*))
    };
    (@arms $last:expr,) => { $last };
    (@of $chosen:ident;) => { match $chosen {} };
    (@of $chosen:ident; { default => $value:expr }) => {{
        let () = $chosen;
        $value
    }};
    (@of $chosen:ident; { $pattern:pat => $value:expr } $($rest:tt)*) => {
        match $chosen {
            $crate::select::Chosen::This($pattern) => $value,
            $crate::select::Chosen::Later(later) => $crate::select!(@of later; $($rest)*),
        }
    };
    (@$($other:tt)*) => {
        compile_error!(
            "a branch of a select is `pattern = call => value`, and the last may be `default => value`"
        )
    };
    (biased; $($branches:tt)+) => { $crate::select!(@branches Biased [] $($branches)+) };
    ($($branches:tt)+) => { $crate::select!(@branches Fair [] $($branches)+) };
}
