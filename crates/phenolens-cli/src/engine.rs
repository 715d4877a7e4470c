//! What `neighbors` and `map` have in common: their flags, and what is said of the time.

use std::path::Path;

use phenolens::validation::Admission;
use serde_json::{Map, Value, json};

use crate::args::EngineArgs;
use crate::failure::Failure;
use crate::progress::{Lap, Stopwatch, peak_memory};
use crate::reading;
use crate::settings::Resolved;
use crate::talk::{Talk, thousands};

/// Both distances by one word.
const BOTH: &str = "both";

/// The settings that the flags of both commands stand for: key, value and flag.
///
/// * `distances`: the key that `--distance` stands for.
pub(crate) fn flags<'a>(
    args: &'a EngineArgs,
    distances: &'static str,
) -> Result<Vec<(&'a str, String, &'a str)>, Failure> {
    let mut flags = reading::flags(&args.reading)?;
    if let Some(method) = &args.method {
        flags.push(("neighbors.method", method.clone(), "--method"));
    }
    let words: Vec<&str> = args
        .distance
        .iter()
        .map(|word| match word.as_str() {
            BOTH => "cosine,euclidean",
            word => word,
        })
        .collect();
    if !words.is_empty() {
        flags.push((distances, words.join(","), "--distance"));
    }
    Ok(flags)
}

/// How long it took, and with what.
pub(crate) struct Timing {
    phases: Vec<Lap>,
    total: f64,
    n_threads: usize,
    instruction_set: &'static str,
}

impl Timing {
    /// Stops the watch, and says how long each phase took to who wants to know.
    pub(crate) fn of(
        watch: &Stopwatch,
        resolved: &Resolved,
        n_threads: usize,
        talk: Talk,
    ) -> Timing {
        let (phases, total) = watch.stop();
        for lap in &phases {
            talk.detail(&format!("{:>12} {:8.3} s", lap.name, lap.seconds()));
        }
        Timing {
            phases,
            total,
            n_threads,
            instruction_set: resolved.instruction_set.name(),
        }
    }

    /// Wall seconds of one phase; 0 where there was none of that name.
    pub(crate) fn of_phase(&self, name: &str) -> f64 {
        let phase = self.phases.iter().find(|lap| lap.name == name);
        phase.map_or(0.0, Lap::seconds)
    }

    /// The result of a command for a program: what both commands say, and `results` of one of them.
    pub(crate) fn json(
        &self,
        admission: &Admission,
        out: &Path,
        format: &str,
        results: Value,
    ) -> String {
        let seconds = self.phases.iter();
        let mut seconds: Map<String, Value> = seconds
            .map(|lap| (lap.name.to_owned(), json!(lap.seconds())))
            .collect();
        seconds.insert("total".to_owned(), json!(self.total));
        let mut value = json!({
            "status": "ok",
            "output_file": out.display().to_string(),
            "format": format,
            "rows_in": admission.rows.read,
            "rows_used": admission.rows.used,
            "rows_set_aside": admission.rows.set_aside,
            "n_samples": admission.dataset.n_samples(),
            "n_dims": admission.dataset.n_dims(),
            "seconds": seconds,
            "threads": self.n_threads,
            "instruction_set": self.instruction_set,
            "peak_memory_bytes": peak_memory(),
        });
        if let (Value::Object(all), Value::Object(results)) = (&mut value, results) {
            all.extend(results);
        }
        format!("{value:#}\n")
    }
}

/// `0.25 s`, `12.3 s` or `1,234 s`: with digits that mean something.
pub(crate) fn seconds(seconds: f64) -> String {
    match seconds {
        _ if seconds < 10.0 => format!("{seconds:.2} s"),
        _ if seconds < 100.0 => format!("{seconds:.1} s"),
        _ => format!("{} s", thousands(seconds.round() as usize)),
    }
}
