//! Programs that take turns at one task.

use std::path::PathBuf;
use std::process::Command;

use super::process;

/// A program at a task.
pub(super) struct Entrant {
    /// What the table calls it; a peer says its version by itself.
    pub(super) name: String,
    /// How it is run.
    pub(super) command: Box<dyn Fn() -> Command>,
    /// The phases whose seconds count, of our own program; a peer gives its seconds.
    pub(super) phases: &'static [&'static str],
    /// What it writes.
    pub(super) out: PathBuf,
}

/// What a program came to, over all rounds.
pub(super) struct Outcome {
    /// What it is called.
    pub(super) name: String,
    /// Its version, where it says so.
    pub(super) version: Option<String>,
    /// The least seconds of the task.
    pub(super) seconds: f64,
    /// The least wall seconds of the whole process.
    pub(super) wall: f64,
    /// The most memory of the process, in bytes, where it says so.
    pub(super) peak_bytes: Option<f64>,
    /// What it wrote in the last round.
    pub(super) out: PathBuf,
}

/// A task that programs take turns at.
pub(super) struct Contest {
    n_rounds: usize,
    entrants: Vec<Entrant>,
}

impl Contest {
    pub(super) fn new(n_rounds: usize) -> Contest {
        Contest {
            n_rounds,
            entrants: Vec::new(),
        }
    }

    pub(super) fn enter(&mut self, entrant: Entrant) {
        self.entrants.push(entrant);
    }

    /// Runs all of them in turn, as often as there are rounds, each round from the next one on, so that
    /// nobody always follows the same program. Who is missing or fails is said so, and takes no further
    /// part.
    pub(super) fn run(self) -> Vec<Outcome> {
        let mut outcomes: Vec<Option<Outcome>> = self.entrants.iter().map(|_| None).collect();
        let mut is_out = vec![false; self.entrants.len()];
        for round in 0..self.n_rounds {
            for turn in 0..self.entrants.len() {
                let place = (round + turn) % self.entrants.len();
                let entrant = &self.entrants[place];
                if is_out[place] {
                    continue;
                }
                match entrant.run() {
                    Ok(outcome) => {
                        println!(
                            "round {}: {:<40} {:9.3} s",
                            round + 1,
                            entrant.name,
                            outcome.seconds
                        );
                        outcomes[place] = Some(match outcomes[place].take() {
                            None => outcome,
                            Some(earlier) => earlier.better(&outcome),
                        });
                    }
                    Err(why) => {
                        println!("round {}: {:<40} {why}", round + 1, entrant.name);
                        is_out[place] = true;
                        outcomes[place] = None;
                    }
                }
            }
        }
        outcomes.into_iter().flatten().collect()
    }
}

impl Entrant {
    fn run(&self) -> Result<Outcome, String> {
        let finished = process::run(&mut (self.command)())?;
        let said = finished.said;
        if let Some(missing) = said["missing"].as_str() {
            return Err(format!("{missing} is not there"));
        }
        let of_phase = |phase: &&str| said["seconds"][phase].as_f64();
        let seconds = match self.phases {
            [] => said["seconds"].as_f64(),
            phases => phases.iter().map(of_phase).sum(),
        };
        Ok(Outcome {
            name: self.name.clone(),
            version: said["version"].as_str().map(str::to_owned),
            seconds: seconds.ok_or("it does not say how long it took")?,
            wall: finished.wall,
            peak_bytes: said["peak_memory_bytes"].as_f64(),
            out: self.out.clone(),
        })
    }
}

impl Outcome {
    fn better(self, other: &Outcome) -> Outcome {
        Outcome {
            seconds: self.seconds.min(other.seconds),
            wall: self.wall.min(other.wall),
            peak_bytes: self
                .peak_bytes
                .zip(other.peak_bytes)
                .map(|(one, other)| one.max(other)),
            ..self
        }
    }

    /// Its name and version.
    pub(super) fn title(&self) -> String {
        match &self.version {
            Some(version) => format!("{}, {version}", self.name),
            None => self.name.clone(),
        }
    }
}
