//! One program, run once: what it says of itself as JSON, and the wall clock around it.

use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::Value;

/// What one run of a program came to.
pub(super) struct Finished {
    /// What it printed: one JSON object, after whatever else.
    pub(super) said: Value,
    /// Wall seconds of the whole process, imports and loading included.
    pub(super) wall: f64,
}

/// Runs a command to its end; its stdout must end with a JSON object.
pub(super) fn run(command: &mut Command) -> Result<Finished, String> {
    let start = Instant::now();
    let output = command
        .stderr(Stdio::piped())
        .output()
        .map_err(|error| format!("{} does not start: {error}", name(command)))?;
    let wall = start.elapsed().as_secs_f64();
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        let last = stderr.trim().lines().last().unwrap_or("it says nothing");
        return Err(format!("{}: {}: {last}", name(command), output.status));
    }
    let stdout = String::from_utf8_lossy(&output.stdout);
    let said = object_at_end(&stdout)
        .ok_or_else(|| format!("{} printed no JSON object", name(command)))?;
    Ok(Finished { said, wall })
}

/// Runs a command that prints nothing that is needed; gives its wall seconds.
pub(super) fn time(command: &mut Command) -> Result<f64, String> {
    let start = Instant::now();
    let output = command
        .output()
        .map_err(|error| format!("{} does not start: {error}", name(command)))?;
    let wall = start.elapsed().as_secs_f64();
    if output.status.success() {
        return Ok(wall);
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    let last = stderr.trim().lines().last().unwrap_or("it says nothing");
    Err(format!("{}: {}: {last}", name(command), output.status))
}

/// The JSON object with which a text ends: from the first line that opens one.
fn object_at_end(text: &str) -> Option<Value> {
    let starts = text.match_indices('{').map(|(start, _)| start);
    let mut at_line_start = starts.filter(|&start| start == 0 || text[..start].ends_with('\n'));
    at_line_start.find_map(|start| serde_json::from_str(&text[start..]).ok())
}

/// What runs, in a word or two.
fn name(command: &Command) -> String {
    let last_part = |word: &std::ffi::OsStr| {
        let word = word.to_string_lossy().into_owned();
        word.rsplit('/').next().unwrap_or_default().to_owned()
    };
    let program = last_part(command.get_program());
    let first = command.get_args().next().map(last_part);
    format!("{program} {}", first.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_object_at_the_end_is_found() {
        let value = object_at_end("a {warning}\n{\"a\": {\"b\": 1}}\n").expect("an object");
        assert_eq!(value["a"]["b"], 1);
        let value = object_at_end("{\n  \"a\": {\n\"b\": 2}\n}\n").expect("an object");
        assert_eq!(value["a"]["b"], 2);
        assert!(object_at_end("nothing").is_none());
    }
}
