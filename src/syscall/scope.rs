//! The calls about scopes: enter one, leave it. Programs use `timeout` and its kin.

use crate::kernel::{Answer, Expiry, Interrupted, Kernel, ScopeId, Shield, SystemCall, Tid};

/// Asks for a scope around what the caller does next.
#[derive(Debug)]
pub(crate) struct EnterScope(pub(crate) Shield, pub(crate) Expiry);

impl SystemCall for EnterScope {
    type Reply = ScopeId;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<ScopeId> {
        Answer::Done(kernel.enter_scope(caller, self.0, self.1))
    }
}

/// Leaves a scope; says what waits in it were told, if it broke any off.
#[derive(Debug)]
pub(crate) struct LeaveScope(pub(crate) ScopeId);

impl SystemCall for LeaveScope {
    type Reply = Option<Interrupted>;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        Answer::Done(kernel.leave_scope(caller, self.0))
    }

    /// The kernel has no more to say of it.
    fn abandon(&mut self, kernel: &mut Kernel, caller: Tid, _: Interrupted) -> Self::Reply {
        kernel.leave_scope(caller, self.0)
    }
}
