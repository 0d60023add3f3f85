//! What calls ask of work that other threads do for a scheduler.

use std::io;

use super::{Outside, open};
use crate::devices::WorkId;
use crate::kernel::abi::Tid;
use crate::kernel::core::Kernel;

/// Notes that work begins in another thread which says when it ends: virtual time stands still until its
/// result was given.
pub(crate) fn begin_work(kernel: &mut Kernel<'_>, caller: Tid) -> io::Result<WorkId> {
    Ok(open(kernel.core())?.work.begin(caller))
}

/// Whether the result of such work is there, and its turn has come.
pub(crate) fn is_given(kernel: &mut Kernel<'_>, work: WorkId) -> bool {
    let outside = kernel.core().module::<Outside>();
    outside.is_some_and(|outside| outside.work.is_given(work))
}

/// Notes that such a result was taken, or that no task waits for it any more.
pub(crate) fn forget_work(kernel: &mut Kernel<'_>, work: WorkId) {
    if let Some(outside) = kernel.core().module_mut::<Outside>() {
        outside.work.forget(work);
    }
}

/// Whether nothing may depend on how fast such work goes on.
pub(crate) fn has_virtual_time(kernel: &mut Kernel<'_>) -> bool {
    kernel.core().clock().is_virtual()
}
