//! Files that should not be trusted.

use std::time::{Duration, Instant};

use crate::support::Home;

/// Runs `run` and `check` on the bytes: each must refuse them, quickly, and leave nothing behind.
fn refused(bytes: &[u8], message: &str) {
    let home = Home::new();
    home.write("data.p", bytes);
    for command in ["run", "check"] {
        let start = Instant::now();
        let outcome = home.run(&[command, "data.p", "--no-config"]);
        let seconds = start.elapsed();
        outcome.assert_error(message, "");
        assert!(outcome.stderr.contains("data.p"), "{}", outcome.stderr);
        assert_eq!(home.names(), ["data.p"], "{command} left something behind");
        // Generous, since the machine may be busy with other tests.
        assert!(
            seconds < Duration::from_secs(5),
            "{command} took {seconds:?}"
        );
    }
}

#[test]
fn a_pickle_that_calls_a_program_is_refused_by_name() {
    // What `pickle.dumps` makes of an object whose `__reduce__` gives (os.system, (command,)).
    let old = b"cposix\nsystem\n(S'touch executed'\ntR.";
    refused(old, "posix.system");
    let mut new = b"\x80\x04\x95\x26\x00\x00\x00\x00\x00\x00\x00".to_vec();
    new.extend(b"\x8c\x02os\x94\x8c\x06system\x94\x93\x94\x8c\x0etouch executed\x94\x85\x94R\x94.");
    refused(&new, "os.system");
    // By `__reduce__` inside otherwise good data.
    refused(
        b"(S'a'\n(S'b'\n(S'c'\ncos\nsystem\n(S'touch executed'\ntRddd.",
        "os.system",
    );
}

#[test]
fn two_hundred_thousand_nested_lists_are_refused() {
    let mut bytes = b"\x80\x02".to_vec();
    bytes.extend([b']'; 200_000]);
    bytes.extend([b'a'; 199_999]);
    bytes.push(b'.');
    refused(&bytes, "");
}

#[test]
fn a_claimed_length_beyond_the_file_is_refused() {
    // BINBYTES8 of 2^62 bytes.
    let mut bytes = b"\x80\x04\x8e".to_vec();
    bytes.extend((1_u64 << 62).to_le_bytes());
    bytes.extend(b"abc.");
    refused(&bytes, "");
}

#[test]
fn a_truncated_file_is_refused() {
    let home = Home::new();
    home.cohort("whole.p");
    let whole = std::fs::read(home.path("whole.p")).expect("a file");
    for n_bytes in [0, 1, 2, whole.len() / 2, whole.len() - 1] {
        refused(&whole[..n_bytes], "");
    }
}
