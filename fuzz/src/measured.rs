//! The time and the memory that an input takes.
//!
//! libfuzzer sees an allocation only where a sanitizer tells it, and time in whole seconds; so both
//! are measured here.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

/// Bytes of the heap that an input may take.
pub const MAX_MEMORY: usize = 256 << 20;

/// Time of the processor that an input may take.
pub const MAX_TIME: Duration = Duration::from_secs(1);

/// Bytes that are taken now, and the most since the current input began.
static TAKEN: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

/// What was taken when the current input began.
static BEFORE: AtomicUsize = AtomicUsize::new(0);

/// The most that one input took, in milliseconds and bytes.
static SLOWEST: AtomicU64 = AtomicU64::new(0);
static LARGEST: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static HEAP: Counted = Counted;

/// The heap of the system; an input that claims too much of it ends the process.
struct Counted;

// SAFETY: every call goes to the heap of the system as it came.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        take(layout.size());
        // SAFETY: the caller holds to the same contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        take(layout.size());
        // SAFETY: the caller holds to the same contract.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        TAKEN.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller holds to the same contract.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, n_bytes: usize) -> *mut u8 {
        // Old and new may stand beside each other while one is copied to the other.
        take(n_bytes);
        TAKEN.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller holds to the same contract.
        unsafe { System.realloc(pointer, layout, n_bytes) }
    }
}

fn take(n_bytes: usize) {
    let taken = TAKEN.fetch_add(n_bytes, Ordering::Relaxed) + n_bytes;
    let peak = PEAK.fetch_max(taken, Ordering::Relaxed).max(taken);
    let of_input = peak.saturating_sub(BEFORE.load(Ordering::Relaxed));
    if of_input > MAX_MEMORY && BEFORE.swap(usize::MAX, Ordering::Relaxed) != usize::MAX {
        eprintln!(
            "{of_input} bytes of memory for one input, {n_bytes} of them at once\n{}",
            std::backtrace::Backtrace::force_capture()
        );
        std::process::abort();
    }
}

/// Reads an input, and ends the process if that takes too much.
pub(crate) fn measured(read: impl FnOnce()) {
    let before = TAKEN.load(Ordering::Relaxed);
    BEFORE.store(before, Ordering::Relaxed);
    PEAK.store(before, Ordering::Relaxed);
    let started = processor_time();
    read();
    let took = processor_time() - started;

    let milliseconds = took.as_millis() as u64;
    let is_slowest = milliseconds > SLOWEST.fetch_max(milliseconds, Ordering::Relaxed);
    let n_bytes = PEAK.load(Ordering::Relaxed) - before;
    let n_largest = LARGEST.fetch_max(n_bytes, Ordering::Relaxed);
    let is_largest = n_bytes >> 20 > n_largest >> 20;
    if is_slowest || is_largest {
        let slowest = SLOWEST.load(Ordering::Relaxed);
        let largest = n_bytes.max(n_largest).div_ceil(1 << 20);
        // Read by `cargo xtask fuzz`.
        eprintln!("measured: at most {slowest} ms and {largest} MiB for an input");
    }
    assert!(took <= MAX_TIME, "{took:?} for one input");
}

/// What this thread has taken of the processor: other processes do not change it.
fn processor_time() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the call writes to `time` and keeps no reference to it.
    let status = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    assert_eq!(status, 0, "every thread has a clock");
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
