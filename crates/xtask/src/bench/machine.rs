//! What the figures were measured on.

use std::fs;
use std::process::Command;

use super::options::Options;
use super::peers::Peers;
use super::process;
use super::program::Program;

/// The machine and the versions.
pub(super) struct Machine {
    processor: String,
    n_processors: usize,
    n_threads: usize,
    instructions: String,
    version: String,
    compiler: String,
    /// The 32-bit arithmetic that a product of matrices reaches, in Gop/s, where a Python measured it.
    peak: Option<f64>,
}

impl Machine {
    pub(super) fn look(
        options: &Options,
        program: &Program,
        peers: Option<&Peers>,
    ) -> Result<Machine, String> {
        let about = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let field = |name: &str| {
            let line = about.lines().find(|line| line.starts_with(name));
            let value = line.and_then(|line| line.split_once(':'));
            value.map(|(_, value)| value.trim().to_owned())
        };
        let flags = field("flags").unwrap_or_default();
        let has = |wanted: &&&str| flags.split(' ').any(|flag| flag == **wanted);
        let of_interest = [
            "avx2",
            "fma",
            "avx512f",
            "avx512bw",
            "avx512_vnni",
            "avx_vnni",
        ];
        let found: Vec<&str> = of_interest.iter().filter(has).copied().collect();
        let model = field("model name").unwrap_or_else(|| "unknown processor".to_owned());
        let family = field("cpu family").zip(field("model\t"));
        let family = family.map_or(String::new(), |(family, model)| {
            format!(" (family {family}, model {model})")
        });
        let peak = match peers {
            None => None,
            Some(peers) => {
                let finished = process::run(&mut peers.command("peak.py", &[]))?;
                finished.said["gops"].as_f64()
            }
        };
        Ok(Machine {
            processor: format!("{model}{family}"),
            n_processors: std::thread::available_parallelism().map_or(1, usize::from),
            n_threads: options.n_threads,
            instructions: found.join(", "),
            version: program.version()?,
            compiler: compiler(),
            peak,
        })
    }

    /// All of it in a sentence or two.
    ///
    /// * `n_rounds`: of which the best counts.
    pub(super) fn sentence(&self, n_rounds: usize) -> String {
        let peak = self.peak.map_or(String::new(), |peak| {
            format!(" 32-bit products of matrices reach {peak:.0} Gop/s here (numpy).")
        });
        format!(
            "{}, {} processors, {}; {} threads; {}, {}; best of {n_rounds}.{peak}",
            self.processor,
            self.n_processors,
            self.instructions,
            self.n_threads,
            self.version,
            self.compiler,
        )
    }

    /// A rate as a share of the peak, in percent; empty where the peak is not known.
    pub(super) fn share_of_peak(&self, gops: f64) -> String {
        let share = self
            .peak
            .map(|peak| format!("{:.0} %", 100.0 * gops / peak));
        share.unwrap_or_default()
    }
}

fn compiler() -> String {
    let output = Command::new("rustc").arg("--version").output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let text = text.unwrap_or_default();
    // Without the commit.
    text.split(" (").next().unwrap_or_default().to_owned()
}
