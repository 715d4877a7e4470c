//! What every fuzz target does: bytes become a cohort and then a dataset, or an error.
//!
//! A target stops at a panic, at an input that takes more than [`MAX_TIME`] or [`MAX_MEMORY`], and at
//! whatever ends a process: an abort, a stack that is used up. A panic that the readers catch and tell
//! as an error is none of these.

mod measured;
mod signals;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use phenolens_core::validation::{OnInvalid, admit};
use phenolens_sources::{Format, ReadOptions, is_guarded, read_bytes};
use tempfile::TempDir;

pub use measured::{MAX_MEMORY, MAX_TIME};

use crate::measured::measured;

/// Labels that fit the vectors of the seeds, one row per vector.
const LABELS: &[u8] =
    include_bytes!("../../crates/phenolens-cli/tests/corpus/projector/metadata.tsv");

/// Labels that fit the images of the seeds.
const IMAGES: &[u8] = include_bytes!(
    "../../crates/phenolens-cli/tests/corpus/gestalt-matcher/gmdb_all_images_v1.csv"
);

/// Vectors and encodings that fit the labels of the seeds.
const VECTORS: &[u8] =
    include_bytes!("../../crates/phenolens-cli/tests/corpus/projector/tensors.tsv");
const ENCODINGS: &[u8] =
    include_bytes!("../../crates/phenolens-cli/tests/corpus/gestalt-matcher/one.csv");

/// Files that the readers open by their names; they last as long as the process.
struct SideFiles {
    folder: TempDir,
    labels: PathBuf,
    images: PathBuf,
}

/// Prepares the process: called once, before the first input.
pub fn start() {
    signals::handle_on_a_stack_of_their_own();
    // The hook of libfuzzer aborts at every panic, also at those that are caught.
    std::panic::set_hook(Box::new(|panic| {
        if !is_guarded() {
            eprintln!("{panic}\n{}", std::backtrace::Backtrace::force_capture());
            std::process::abort();
        }
    }));
    side_files();
}

/// Reads `bytes` as a file of `format`; of whatever format they seem to be where there is none.
pub fn read(format: Option<Format>, bytes: &[u8]) {
    let labels = match format {
        Some(Format::Projector) => vec![side_files().labels.clone()],
        Some(Format::GestaltMatcher) => vec![side_files().images.clone()],
        _ => Vec::new(),
    };
    read_with(format, labels, bytes);
}

/// Reads `bytes` as the labels of vectors and of images that are as they should be.
pub fn read_labels(bytes: &[u8]) {
    let path = side_files().folder.path().join("input");
    fs::write(&path, bytes).expect("the folder for temporary files can be written to");
    read_with(Some(Format::Projector), vec![path.clone()], VECTORS);
    read_with(Some(Format::GestaltMatcher), vec![path], ENCODINGS);
}

fn read_with(format: Option<Format>, labels: Vec<PathBuf>, bytes: &[u8]) {
    let options = ReadOptions {
        format,
        labels,
        ..ReadOptions::default()
    };
    measured(|| match read_bytes(bytes, &options) {
        Ok(source) => drop(admit(source.cohort, OnInvalid::Drop)),
        // What a message quotes comes from the file too.
        Err(error) => drop((error.to_string(), error.hint().map(ToString::to_string))),
    });
}

fn side_files() -> &'static SideFiles {
    static SIDE_FILES: OnceLock<SideFiles> = OnceLock::new();
    SIDE_FILES.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        let write = |name: &str, bytes: &[u8]| {
            let path = Path::join(folder.path(), name);
            fs::write(&path, bytes).expect("the folder for temporary files can be written to");
            path
        };
        let (labels, images) = (write("labels.tsv", LABELS), write("images.csv", IMAGES));
        SideFiles {
            folder,
            labels,
            images,
        }
    })
}
