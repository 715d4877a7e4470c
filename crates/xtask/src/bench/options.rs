//! What is asked of the benchmark.

use std::path::PathBuf;

/// How the benchmark is called.
pub(crate) const USAGE: &str = "\
usage: cargo xtask bench [--python PATH] [--quick] [--only neighbors|approximate|tsne|run]
                         [--max-samples N] [--repeat N] [--threads N] [--real FILE] [--seed-task FILE]
                         [--program PATH] [--out FILE]
    --python PATH     a Python with numpy and scikit-learn, and what else of faiss-cpu, pynndescent,
                      hnswlib, openTSNE, MulticoreTSNE is there: the peers
    --quick           small sizes, to see that everything works
    --max-samples N   leave out larger sets, where time is short
    --repeat N        rounds; the least time of each program counts (2)
    --threads N       threads of every program (all processors)
    --real FILE       labelled embeddings for the map and the whole run ($PHENOLENS_REAL_DATA)
    --seed-task FILE  a script of scikit-learn that the whole run is compared with
    --program PATH    a phenolens that is built already
    --out FILE        Markdown to write; sections that are not run stay (docs/performance.md)
usage: cargo xtask repeat [--quick] [--max-samples N] [--program PATH]";

/// What is asked of the benchmark.
pub(crate) struct Options {
    pub(super) python: Option<PathBuf>,
    pub(super) is_quick: bool,
    pub(super) only: Option<Part>,
    pub(super) max_samples: usize,
    pub(super) n_rounds: usize,
    pub(super) n_threads: usize,
    pub(super) real: Option<PathBuf>,
    pub(super) seed_task: Option<PathBuf>,
    pub(super) program: Option<PathBuf>,
    pub(super) out: PathBuf,
}

/// A part of the benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Exact neighbors, and how their cost grows.
    Neighbors,
    /// Approximate neighbors.
    Approximate,
    /// Maps.
    Tsne,
    /// The main job, from a file to a report.
    Run,
}

impl Part {
    pub(super) const ALL: [Part; 4] = [Part::Neighbors, Part::Approximate, Part::Tsne, Part::Run];

    pub(super) fn name(self) -> &'static str {
        match self {
            Part::Neighbors => "neighbors",
            Part::Approximate => "approximate",
            Part::Tsne => "tsne",
            Part::Run => "run",
        }
    }
}

impl Options {
    /// Reads the arguments after `bench`.
    pub(crate) fn read(mut args: impl Iterator<Item = String>) -> Result<Options, String> {
        let mut options = Options {
            python: None,
            is_quick: false,
            only: None,
            max_samples: usize::MAX,
            n_rounds: 2,
            n_threads: std::thread::available_parallelism().map_or(1, usize::from),
            real: std::env::var_os("PHENOLENS_REAL_DATA").map(PathBuf::from),
            seed_task: None,
            program: None,
            out: crate::root().join("docs/performance.md"),
        };
        while let Some(arg) = args.next() {
            if arg == "--quick" {
                options.is_quick = true;
                continue;
            }
            let Some(value) = args.next() else {
                return Err(format!("{arg} is not known, or has no value\n{USAGE}"));
            };
            let count = || {
                let count = value.parse().ok().filter(|&count: &usize| count > 0);
                count.ok_or_else(|| format!("{arg} {value}: a number from 1 up is needed"))
            };
            match arg.as_str() {
                "--python" => options.python = Some(PathBuf::from(&value)),
                "--only" => {
                    let mut all = Part::ALL.into_iter();
                    let part = all.find(|part| part.name() == value);
                    options.only = Some(part.ok_or(USAGE)?);
                }
                "--max-samples" => options.max_samples = count()?,
                "--repeat" => options.n_rounds = count()?,
                "--threads" => options.n_threads = count()?,
                "--real" => options.real = Some(PathBuf::from(&value)),
                "--seed-task" => options.seed_task = Some(PathBuf::from(&value)),
                "--program" => options.program = Some(PathBuf::from(&value)),
                "--out" => options.out = PathBuf::from(&value),
                _ => return Err(format!("{arg} is not known\n{USAGE}")),
            }
        }
        Ok(options)
    }
}
