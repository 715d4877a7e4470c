//! Labels beside vectors that are as they should be.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(init: phenolens_fuzz::start(), |bytes: &[u8]| phenolens_fuzz::read_labels(bytes));
