//! `run.json`: what may differ between two runs of the same thing.

use std::time::{SystemTime, UNIX_EPOCH};

use phenolens::kernels::InstructionSet;
use phenolens::report::OutputFile;
use serde_json::json;

use crate::failure::Failure;
use crate::progress::Lap;
use crate::talk::Talk;

/// What is known of a run besides its results.
pub(crate) struct RunRecord<'a> {
    /// The output folder as it was asked for.
    pub(crate) out: String,
    /// Threads that worked.
    pub(crate) n_threads: usize,
    /// How much was said.
    pub(crate) talk: Talk,
    /// When it began.
    pub(crate) start: SystemTime,
    /// Its phases.
    pub(crate) phases: &'a [Lap],
    /// Wall seconds of all of it.
    pub(crate) seconds: f64,
    /// The vector instructions of the kernels.
    pub(crate) instruction_set: InstructionSet,
}

impl RunRecord<'_> {
    /// Makes the file.
    pub(crate) fn file(&self) -> Result<OutputFile, Failure> {
        let command_line: Vec<String> = std::env::args_os()
            .map(|arg| arg.to_string_lossy().into_owned())
            .collect();
        let phases: Vec<serde_json::Value> = self
            .phases
            .iter()
            .map(|lap| {
                json!({
                    "phase": lap.name,
                    "seconds": lap.seconds(),
                    "peak_memory_bytes": lap.peak_bytes,
                })
            })
            .collect();
        let record = json!({
            "schema_version": 1,
            "command_line": command_line,
            "output_folder": self.out,
            "threads": self.n_threads,
            "verbosity": self.talk.name(),
            "start": timestamp(self.start),
            "seconds": self.seconds,
            "peak_memory_bytes": self.phases.last().and_then(|lap| lap.peak_bytes),
            "phases": phases,
            "cpu": {
                "architecture": std::env::consts::ARCH,
                "name": cpu_name(),
                "instruction_set": self.instruction_set.name(),
            },
            "operating_system": std::env::consts::OS,
        });
        let mut bytes = serde_json::to_vec_pretty(&record)
            .map_err(|error| Failure::caused("internal", "cannot make run.json", &error))?;
        bytes.push(b'\n');
        Ok(OutputFile {
            path: "run.json".to_owned(),
            bytes,
        })
    }
}

/// A time as `2026-01-31T12:00:00Z`; the clock of a machine without one reads 1970.
fn timestamp(time: SystemTime) -> String {
    let since_epoch = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = since_epoch.as_secs();
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = date(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Year, month and day of a number of days after 1 January 1970.
fn date(days: u64) -> (u64, u64, u64) {
    let is_leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let (mut year, mut day) = (1970, days);
    while day >= 365 + u64::from(is_leap(year)) {
        day -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let february = 28 + u64::from(is_leap(year));
    let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 1;
    for length in lengths {
        if day < length {
            break;
        }
        day -= length;
        month += 1;
    }
    (year, month, day + 1)
}

/// What the processor calls itself, where the system tells.
fn cpu_name() -> Option<String> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let info = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = info.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn timestamps_by_the_calendar() {
        // Seconds as `date --utc +%s` gives them.
        let cases = [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_709_210_096, "2024-02-29T12:34:56Z"),
            (1_767_225_599, "2025-12-31T23:59:59Z"),
        ];
        for (seconds, text) in cases {
            assert_eq!(timestamp(UNIX_EPOCH + Duration::from_secs(seconds)), text);
        }
    }
}
