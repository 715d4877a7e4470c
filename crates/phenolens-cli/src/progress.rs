//! How far a run is: bars for who watches, times and memory for the record.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use phenolens::{Phase, Progress};

use crate::talk::Talk;

/// Watches the phases of a run.
pub(crate) struct Stopwatch {
    start: Instant,
    bar: ProgressBar,
    phases: Mutex<Vec<Lap>>,
}

/// One phase, as the record holds it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Lap {
    /// The phase, lower case.
    pub(crate) name: &'static str,
    /// When it began, after the start of the run.
    begin: Duration,
    /// When it was last heard of.
    end: Duration,
    /// The most memory that the program held until then, in bytes; `None` where the system does not
    /// tell.
    pub(crate) peak_bytes: Option<u64>,
}

impl Lap {
    /// Wall seconds from its beginning to the next phase.
    pub(crate) fn seconds(&self) -> f64 {
        (self.end - self.begin).as_secs_f64()
    }
}

impl Stopwatch {
    /// Starts, with bars where someone watches.
    pub(crate) fn start(talk: Talk) -> Stopwatch {
        let bar = if talk.shows_progress() {
            // The default target is stderr.
            ProgressBar::new(1).with_style(style(PERCENT))
        } else {
            ProgressBar::with_draw_target(Some(1), ProgressDrawTarget::hidden())
        };
        Stopwatch {
            start: Instant::now(),
            bar,
            phases: Mutex::new(Vec::new()),
        }
    }

    /// A phase begins, or goes on; the one before it ends.
    pub(crate) fn enter(&self, name: &'static str) {
        let mut phases = self.lock();
        if phases.last().is_some_and(|last| last.name == name) {
            return;
        }
        let now = self.start.elapsed();
        let peak_bytes = peak_memory();
        // Phases may run beside one another: each lasts until it is last heard of, and the last one
        // to begin until the next begins.
        if let Some(last) = phases.last_mut() {
            last.end = now;
            last.peak_bytes = peak_bytes;
        }
        match phases.iter_mut().find(|lap| lap.name == name) {
            Some(lap) => {
                lap.end = now;
                lap.peak_bytes = peak_bytes;
            }
            None => phases.push(Lap {
                name,
                begin: now,
                end: now,
                peak_bytes,
            }),
        }
        self.bar.set_message(name);
    }

    /// Ends the last phase; gives all of them and the seconds from the start.
    pub(crate) fn stop(&self) -> (Vec<Lap>, f64) {
        let now = self.start.elapsed();
        let mut phases = self.lock();
        if let Some(last) = phases.last_mut() {
            last.end = now;
            last.peak_bytes = peak_memory();
        }
        self.bar.finish_and_clear();
        (phases.clone(), now.as_secs_f64())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Lap>> {
        self.phases.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Progress for Stopwatch {
    fn report(&self, phase: Phase, done: usize, total: usize) {
        self.enter(phase.name());
        if phase == Phase::Reading {
            self.bar.set_style(style(BYTES));
        } else if done == 0 {
            self.bar.set_style(style(PERCENT));
        }
        if done == 0 {
            // The phase before this one says nothing of how long it takes.
            self.bar.reset();
        }
        self.bar.set_length(total.max(1) as u64);
        self.bar.set_position(done as u64);
    }
}

/// How far a phase is, and how far a file is read.
const PERCENT: &str = "{msg:>12} [{bar:32}] {percent:>3} % {left}";
const BYTES: &str =
    "{msg:>12} [{bar:32}] {percent:>3} % {binary_bytes}/{binary_total_bytes} {left}";

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .expect("the templates are ours")
        .with_key("left", time_left)
        .progress_chars("#> ")
}

/// How long the phase takes from here on at its pace so far, once it has one.
fn time_left(state: &ProgressState, out: &mut dyn std::fmt::Write) {
    if state.pos() > 0 && Some(state.pos()) < state.len() {
        // Writing to a string cannot fail.
        let _ = write!(out, "{:#} left", HumanDuration(state.eta()));
    }
}

/// The most memory that the program has held so far, in bytes.
pub(crate) fn peak_memory() -> Option<u64> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_follow_one_another() {
        let watch = Stopwatch::start(Talk::Quiet);
        watch.enter("reading");
        watch.report(Phase::Neighbors, 0, 2);
        watch.report(Phase::Projection, 0, 2);
        watch.report(Phase::Neighbors, 2, 2);
        let (phases, seconds) = watch.stop();
        let names: Vec<&str> = phases.iter().map(|lap| lap.name).collect();
        assert_eq!(names, ["reading", "neighbors", "projection"]);
        for lap in &phases {
            assert!(lap.begin <= lap.end && lap.seconds() <= seconds, "{lap:?}");
        }
        assert_eq!(phases[0].end, phases[1].begin);
        if cfg!(target_os = "linux") {
            assert!(phases.iter().all(|lap| lap.peak_bytes > Some(1 << 16)));
        }
    }
}
