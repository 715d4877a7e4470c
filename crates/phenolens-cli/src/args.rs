//! The command line as clap reads it; nothing here does anything.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use clap_complete::Shell;

/// How well do labelled embeddings separate their classes?
///
/// Reads a file of embeddings (syndrome -> subject -> image -> vector), evaluates nearest neighbors
/// as a classifier with honest intervals, maps the samples by t-SNE, and writes a report.
#[derive(Debug, Parser)]
#[command(
    name = "phenolens",
    version,
    after_help = "Start with `phenolens demo`, or `phenolens run DATA`. Settings: `phenolens init` \
                  writes them all, with their defaults.\nExit codes: 0 success, 1 findings (check), \
                  2 an error that you can mend, 101 a bug."
)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Say nothing but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Say more: where the settings come from, seconds per phase
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
}

/// What is to be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Read, check, explore, evaluate, map and report: the main job
    Run(RunArgs),
    /// The same on a built-in synthetic cohort, with no data at hand
    Demo(AnalysisArgs),
    /// Read and check a data file only; exit 1 where a finding is a warning or worse
    Check(CheckArgs),
    /// Find the nearest neighbors of every sample, also of a bare matrix
    Neighbors(NeighborsArgs),
    /// Lay the samples out by t-SNE, also those of a bare matrix
    Map(MapArgs),
    /// Write the same data in another format
    Convert(ConvertArgs),
    /// Write a commented phenolens.toml with every setting and its default
    Init(InitArgs),
    /// Write a synthetic cohort, or a mixture of any size
    Synth(SynthArgs),
    /// Make a folder fit to leave the house: aggregates only, small counts masked
    Share(ShareArgs),
    /// Print completions for a shell
    Completions(CompletionsArgs),
    /// Print the manual page, of the program or of one command
    Man(ManArgs),
}

/// Arguments of `run`.
#[derive(Debug, clap::Args)]
pub(crate) struct RunArgs {
    /// Labelled embeddings: pickle, npy, npz, CSV, TSV, Parquet, Arrow, JSON Lines, safetensors or
    /// h5ad, plain or compressed
    pub(crate) data: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
    #[command(flatten)]
    pub(crate) analysis: AnalysisArgs,
}

/// Arguments of every command that reads data.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct ReadingArgs {
    /// Format of the data; told by content unless given
    #[arg(long, value_name = "NAME")]
    pub(crate) format: Option<String>,
    /// Labels of vectors that hold none: CSV class,subject,sample in the order of the vectors; may be
    /// repeated for encodings of GestaltMatcher-Arc
    #[arg(long, value_name = "FILE")]
    pub(crate) labels: Vec<PathBuf>,
    /// Refuse data that need more memory than this, such as 8GiB
    #[arg(long, value_name = "BYTES")]
    pub(crate) memory_limit: Option<String>,
}

/// Arguments of every command that analyzes.
#[derive(Debug, clap::Args)]
pub(crate) struct AnalysisArgs {
    /// Folder to write; an older one of phenolens is replaced whole, one with any other file in it is left alone
    #[arg(short, long, value_name = "DIR", default_value = "phenolens-out")]
    pub(crate) out: PathBuf,
    /// How samples are divided into folds: subject-grouped, image-level, from-file; the first is
    /// the headline
    #[arg(long, value_name = "NAME,...")]
    pub(crate) protocol: Option<String>,
    /// Folds of the protocol from-file: CSV class,subject,sample,fold or sample,fold
    #[arg(long, value_name = "FILE")]
    pub(crate) folds_file: Option<PathBuf>,
    /// Key of the pseudonyms that stand for ids in the report; made where the file is missing.
    /// Otherwise the one in the user's settings folder
    #[arg(long, value_name = "FILE")]
    pub(crate) pseudonym_key: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
    /// Print the summary as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Arguments that say what the settings are.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct SettingsArgs {
    /// Settings file; otherwise the first phenolens.toml from the working folder upward
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub(crate) config: Option<PathBuf>,
    /// Read no settings file
    #[arg(long)]
    pub(crate) no_config: bool,
    /// One setting, such as evaluation.folds=5; may be repeated
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// Seed of every random choice
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<String>,
    /// Threads; 0 takes all processors
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<String>,
}

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
pub(crate) struct CheckArgs {
    /// The data file
    pub(crate) data: PathBuf,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
    /// Print the result as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// What `neighbors` and `map` are both given.
#[derive(Debug, clap::Args)]
pub(crate) struct EngineArgs {
    /// The data file; a matrix without labels will do
    pub(crate) data: PathBuf,
    /// File to write (.npz, .parquet, .arrow or .csv); an existing one is left alone
    #[arg(short, long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Replace an existing file
    #[arg(long)]
    pub(crate) force: bool,
    /// cosine, euclidean or both; may be repeated; cosine unless given
    #[arg(long, value_name = "NAME")]
    pub(crate) distance: Vec<String>,
    /// How neighbors are searched: exact, or approximate with the share that was found; exact unless
    /// given
    #[arg(long, value_name = "NAME")]
    pub(crate) method: Option<String>,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
    /// Print the result as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Arguments of `neighbors`.
#[derive(Debug, clap::Args)]
pub(crate) struct NeighborsArgs {
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
    /// Neighbors of each sample; 15 unless given
    #[arg(short, long, value_name = "N")]
    pub(crate) k: Option<String>,
}

/// Arguments of `map`.
#[derive(Debug, clap::Args)]
pub(crate) struct MapArgs {
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
    /// Effective number of neighbors of a sample; 30 unless given, less on fewer than 91 samples
    #[arg(long, value_name = "X")]
    pub(crate) perplexity: Option<String>,
    /// Gradient steps; 1000 unless given
    #[arg(long, value_name = "N")]
    pub(crate) steps: Option<String>,
    /// Step length; unless given the number of samples / 12, at least 50, and four times that after the
    /// exaggeration
    #[arg(long, value_name = "X")]
    pub(crate) learning_rate: Option<String>,
    /// Factor on the attraction in the first quarter of the steps; 12 unless given
    #[arg(long, value_name = "X")]
    pub(crate) exaggeration: Option<String>,
}

/// Arguments of `convert`.
#[derive(Debug, clap::Args)]
pub(crate) struct ConvertArgs {
    /// The data file
    pub(crate) data: PathBuf,
    /// File to write (.parquet, .arrow, .npz, .npy, .csv, .tsv for the projector, .p); an existing one
    /// is left alone
    pub(crate) out: PathBuf,
    /// Format to write; told by the ending of the name unless given
    #[arg(long, value_name = "NAME")]
    pub(crate) to: Option<String>,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
}

/// Arguments of `init`.
#[derive(Debug, clap::Args)]
pub(crate) struct InitArgs {
    /// File to write; an existing one is left alone
    #[arg(short, long, value_name = "FILE", default_value = "phenolens.toml")]
    pub(crate) out: PathBuf,
}

/// Arguments of `synth`.
#[derive(Debug, clap::Args)]
pub(crate) struct SynthArgs {
    /// File to write (.p, .parquet, .arrow, .npz, .npy, .csv or .tsv); an existing one is left alone
    #[arg(short, long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// What to make: a cohort, or a mixture of clusters on curved sheets, of any size, to time
    /// neighbors and maps on; it takes samples, dims, classes and seed
    #[arg(long, value_enum, default_value_t = SynthKind::Cohort)]
    pub(crate) kind: SynthKind,
    /// Samples in all
    #[arg(long, value_name = "N")]
    pub(crate) samples: Option<usize>,
    /// Subjects in all
    #[arg(long, value_name = "N")]
    pub(crate) subjects: Option<usize>,
    /// Classes
    #[arg(long, value_name = "N")]
    pub(crate) classes: Option<usize>,
    /// Values of each vector
    #[arg(long, value_name = "N")]
    pub(crate) dims: Option<usize>,
    /// Start from a cohort with nothing to find: equal and equally hard classes, no leak, no
    /// duplicates, nothing that a better classifier could mend; the other options change it
    #[arg(long)]
    pub(crate) nothing_to_find: bool,
    /// File to write with the group of every subject: CSV subject,group; an existing one is left
    /// alone
    #[arg(long, value_name = "FILE")]
    pub(crate) metadata: Option<PathBuf>,
    /// Subjects of the largest class over those of the smallest
    #[arg(long, value_name = "X")]
    pub(crate) imbalance: Option<f64>,
    /// Share of the variance that all samples have in common
    #[arg(long, value_name = "X")]
    pub(crate) common_share: Option<f64>,
    /// Share of the variance between classes
    #[arg(long, value_name = "X")]
    pub(crate) class_share: Option<f64>,
    /// Standard deviation of the logarithm of the vectors' lengths
    #[arg(long, value_name = "X")]
    pub(crate) length_spread: Option<f64>,
    /// Put every class as far from every other
    #[arg(long)]
    pub(crate) equidistant: bool,
    /// Chance that a sample shows nothing of its class and subject
    #[arg(long, value_name = "X")]
    pub(crate) blank_share: Option<f64>,
    /// Seed of every random choice
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<String>,
    #[command(flatten)]
    pub(crate) plants: PlantArgs,
}

/// What `synth` makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum SynthKind {
    /// Classes, subjects and images, with the structure of real ones
    Cohort,
    /// Clusters on curved sheets; every sample is a subject of its own
    Mixture,
}

/// What `synth` plants.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Effects to find")]
pub(crate) struct PlantArgs {
    /// Pairs of near-duplicate samples of different subjects
    #[arg(long, value_name = "N")]
    pub(crate) duplicates: Option<usize>,
    /// A leak: share of the variance between the subjects of a class
    #[arg(long, value_name = "X")]
    pub(crate) subject_share: Option<f64>,
    /// A confusable pair: share of the way by which the first two classes are moved together
    #[arg(long, value_name = "X")]
    pub(crate) pair_closeness: Option<f64>,
    /// Wrong labels: pairs of subjects of different classes that carry each other's
    #[arg(long, value_name = "N")]
    pub(crate) swapped: Option<usize>,
    /// Something to mend: share of the variance in four directions that say nothing of the class
    #[arg(long, value_name = "X")]
    pub(crate) nuisance_share: Option<f64>,
    /// A group: share of each class's subjects that are of the group `noisy`
    #[arg(long, value_name = "X")]
    pub(crate) group_share: Option<f64>,
    /// How many times as noisy the samples of that group are
    #[arg(long, value_name = "X")]
    pub(crate) group_noise: Option<f64>,
}

/// Arguments of `share`.
#[derive(Debug, clap::Args)]
pub(crate) struct ShareArgs {
    /// Folder that `phenolens run` or `demo` wrote
    pub(crate) dir: PathBuf,
    /// Folder to write; an older one of phenolens is replaced whole, one with any other file in it is left alone
    #[arg(short, long, value_name = "DIR")]
    pub(crate) out: PathBuf,
}

/// Arguments of `completions`.
#[derive(Debug, clap::Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    pub(crate) shell: Shell,
}

/// Arguments of `man`.
#[derive(Debug, clap::Args)]
pub(crate) struct ManArgs {
    /// A command, for its own page
    pub(crate) command: Option<String>,
}
