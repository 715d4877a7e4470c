//! Whatever the bytes say that they are, compressed or not.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(init: phenolens_fuzz::start(), |bytes: &[u8]| phenolens_fuzz::read(None, bytes));
