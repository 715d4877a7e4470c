//! A stack for the handlers of signals.

use std::ptr;

/// Bytes of the stack; libfuzzer writes the input to a file on it.
const N_BYTES: usize = 256 << 10;

/// Lets the handlers that libfuzzer is about to set run on a stack of their own: where the other one
/// is used up, nothing else can tell by which input.
pub(crate) fn handle_on_a_stack_of_their_own() {
    let stack: &'static mut [u8] = Box::leak(vec![0; N_BYTES].into_boxed_slice());
    let stack = libc::stack_t {
        ss_sp: stack.as_mut_ptr().cast(),
        ss_flags: 0,
        ss_size: N_BYTES,
    };
    // SAFETY: the stack lasts as long as the process, and nothing else uses it.
    let status = unsafe { libc::sigaltstack(&raw const stack, ptr::null_mut()) };
    assert_eq!(status, 0, "the stack is large enough");

    // libfuzzer keeps this flag of the handler that it replaces.
    // SAFETY: zeros are the default of every field.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = libc::SIG_DFL;
    action.sa_flags = libc::SA_ONSTACK;
    for signal in [libc::SIGSEGV, libc::SIGBUS] {
        // SAFETY: the default handler is always valid.
        let status = unsafe { libc::sigaction(signal, &raw const action, ptr::null_mut()) };
        assert_eq!(status, 0, "the signal can be handled");
    }
}
