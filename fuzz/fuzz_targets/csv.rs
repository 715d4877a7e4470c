//! Text with commas.
#![no_main]

use libfuzzer_sys::fuzz_target;
use phenolens_sources::Format;

fuzz_target!(init: phenolens_fuzz::start(), |bytes: &[u8]| phenolens_fuzz::read(Some(Format::Csv), bytes));
