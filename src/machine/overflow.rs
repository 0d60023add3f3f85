//! The fault reporter: a stack overflow ends the process with one line that says whose it was.
//!
//! The handler runs on the thread's alternate stack. It reads the registry, writes with `write(2)`,
//! writes out the buffers of files, and aborts; a fault that is not in one of our guards goes to the
//! handler that was there before.

use std::mem::MaybeUninit;
use std::ptr;
use std::sync::Once;

use super::guard;
use super::handler::{Before, Previous, restore_default};
use super::head::{Head, has_owner};
use super::registry;
use super::report_line::ReportLine;
use super::write_out::write_out_all;

/// Room for the handler's own frames, in bytes.
const ALTERNATE: usize = 64 << 10;

/// The signals that a touched guard may raise, and who handled them before us.
static SIGNALS: [libc::c_int; 2] = [libc::SIGSEGV, libc::SIGBUS];
static BEFORE: [Before; 2] = [const { Before::new() }; 2];

/// Installs the handler once for the process, and an alternate stack for this thread if it has none.
pub(super) fn install() {
    static ONCE: Once = Once::new();
    ensure_alternate_stack();
    ONCE.call_once(|| {
        for (signal, before) in SIGNALS.iter().zip(&BEFORE) {
            before.take_over(*signal, handle, libc::SA_ONSTACK);
        }
    });
}

/// Threads made by `std` have an alternate stack; foreign ones may not.
fn ensure_alternate_stack() {
    let mut now = MaybeUninit::<libc::stack_t>::zeroed();
    // SAFETY: a null first argument only asks.
    unsafe { libc::sigaltstack(ptr::null(), now.as_mut_ptr()) };
    // SAFETY: zeroed above, which is a valid value, and perhaps filled in.
    let now = unsafe { now.assume_init() };
    if now.ss_flags & libc::SS_DISABLE == 0 {
        return;
    }
    // Kept until the process ends: the thread may fault at any time.
    let Ok(start) = guard::map(ALTERNATE) else {
        return;
    };
    let ours = libc::stack_t {
        ss_sp: start as *mut _,
        ss_flags: 0,
        ss_size: ALTERNATE,
    };
    // SAFETY: the memory was mapped just now for this alone.
    unsafe { libc::sigaltstack(&ours, ptr::null_mut()) };
}

extern "C" fn handle(signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    // SAFETY: the system passes valid information to a handler.
    let fault = unsafe { &*info };
    // SAFETY: both signals carry an address.
    let address = unsafe { fault.si_addr() } as usize;
    match registry::find(address) {
        Some(slot) if slot.in_guard && has_owner(slot.top) => report(slot.top),
        _ => {
            write_out_all();
            pass_on(signal, info, context);
        }
    }
}

/// Writes the line and ends the process.
fn report(top: usize) -> ! {
    // SAFETY: the slot is registered, so it is mapped; the head is written, since it has an owner.
    let head = unsafe { Head::below(top) };
    // The size class: the slot above the guard, less what head and colour take.
    let size = 1 << (top - head.limit.get()).ilog2();
    let mut line = ReportLine::new();
    line.text(b"coros: ");
    line.owner(top);
    line.text(b" overflowed its stack of ");
    line.number(size);
    line.text(b" bytes; give it more with Builder::new().stack_size(");
    line.number(2 * size);
    line.text(b")\n");
    line.write();
    write_out_all();
    // SAFETY: `abort` may be called anywhere.
    unsafe { libc::abort() }
}

/// Hands a fault that is not ours to the handler that was there before.
fn pass_on(signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    let place = usize::from(signal == SIGNALS[1]);
    if BEFORE[place].pass_on(signal, info, context) != Previous::Handled {
        // The faulting instruction runs again, now with the system's own ending.
        restore_default(signal);
    }
}
