//! What `run` and `demo` have in common: from an input to an output folder.

use std::path::Path;
use std::time::SystemTime;

use phenolens::analysis::{Analysis, analyze};
use phenolens::evaluation::Protocol;
use phenolens::report::{Context, Ids, InputFile, render};
use phenolens::sources::{self, Source};
use phenolens::validation::admit;
use phenolens::{Machine, Progress};

use crate::args::AnalysisArgs;
use crate::failure::Failure;
use crate::output::OutputFolder;
use crate::progress::Stopwatch;
use crate::reading::file_name;
use crate::record::RunRecord;
use crate::settings::{self, Recorded, RecordedFile, Resolved, Settings};
use crate::side_files::{assign_folds, assign_names, assign_sides, read_metadata};
use crate::talk::{self, Talk};
use crate::{Status, pseudonym_key, summary};

/// Where the data come from.
pub(crate) struct Input<'a> {
    /// What the report calls it.
    pub(crate) name: String,
    /// The command that analyzes it, such as `run cohort.p`.
    pub(crate) command: String,
    /// The file, where it is one.
    pub(crate) path: Option<&'a Path>,
    /// Settings that its arguments stand for: key, value and flag.
    pub(crate) flags: Vec<(&'a str, String, &'a str)>,
    /// Gets the data, knowing the settings.
    pub(crate) read: &'a ReadInput<'a>,
}

/// Gets the data, knowing the settings, and tells how far it is.
pub(crate) type ReadInput<'a> =
    dyn Fn(&Settings, &dyn Progress) -> Result<Source, Failure> + Sync + 'a;

/// Analyzes an input and writes the output folder.
pub(crate) fn report(args: &AnalysisArgs, input: &Input, talk: Talk) -> Result<Status, Failure> {
    let start = SystemTime::now();
    let watch = Stopwatch::start(talk);
    let resolved = resolve(args, input, talk)?;
    let settings = &resolved.settings;
    let output = OutputFolder::begin(&args.out, input.path)?;
    // Only now: a place that is refused leaves no new key behind.
    let ids = pseudonym_key::ids(settings, args.pseudonym_key.as_deref(), &args.out, talk)?;
    let job = Job {
        input,
        resolved: &resolved,
        ids: &ids,
        watch: &watch,
        talk,
    };
    let analysis = thread_pool(&resolved.settings)?.install(|| -> Result<Analysis, Failure> {
        let (analysis, context) = job.analyze()?;
        watch.enter("report");
        let files = render(&analysis, &context)
            .map_err(|error| Failure::caused("internal", "cannot make the report", &error))?;
        watch.enter("writing");
        output.write(&files)?;
        let (phases, seconds) = watch.stop();
        let record = RunRecord {
            out: args.out.display().to_string(),
            n_threads: rayon::current_num_threads(),
            talk,
            start,
            phases: &phases,
            seconds,
            instruction_set: resolved.instruction_set,
        };
        output.write(&[record.file()?])?;
        for lap in &phases {
            talk.detail(&format!("{:>12} {:8.3} s", lap.name, lap.seconds()));
        }
        Ok(analysis)
    })?;
    output.finish()?;

    let printed = if args.json {
        talk::print_json(&summary::json(&analysis, &resolved.settings, &args.out))
    } else if talk != Talk::Quiet {
        talk::print(&summary::text(&analysis, &resolved.settings, &args.out))
    } else {
        Ok(())
    };
    printed.map_err(|failure| {
        failure.hint(format!(
            "the results are complete in {}",
            args.out.display()
        ))
    })?;
    Ok(Status::Success)
}

/// The threads in which everything runs.
pub(crate) fn thread_pool(settings: &Settings) -> Result<rayon::ThreadPool, Failure> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(settings.threads)
        .build()
        .map_err(|error| Failure::caused("threads", "cannot start the threads", &error))
}

/// The settings of a command that analyzes.
fn resolve(args: &AnalysisArgs, input: &Input, talk: Talk) -> Result<Resolved, Failure> {
    let folds_file = args.folds_file.as_deref().map(|path| {
        path.to_str().ok_or_else(|| {
            let message = format!("--folds-file {}: the name is not UTF-8", path.display());
            Failure::new("setting", message)
        })
    });
    let mut flags = input.flags.clone();
    if let Some(protocol) = &args.protocol {
        flags.push(("evaluation.protocols", protocol.clone(), "--protocol"));
    }
    if let Some(path) = folds_file.transpose()? {
        flags.push(("evaluation.folds_file", path.to_owned(), "--folds-file"));
    }
    let resolved = settings::from_surroundings(&args.settings, &flags, talk)?;

    let settings = &resolved.settings;
    let protocols = &settings.analysis.evaluation.protocols;
    match (
        protocols.contains(&Protocol::FromFile),
        &settings.folds_file,
    ) {
        (true, None) => {
            let failure = Failure::new("setting", "the protocol \"from-file\" needs a folds file");
            Err(match &resolved.recorded.folds_file {
                Some(file) => failure.hint(format!(
                    "the recorded run used {} (SHA-256 {}); give it with --folds-file",
                    file.name, file.sha256
                )),
                None => failure.hint("give it with --folds-file"),
            })
        }
        (false, Some(path)) => {
            let message = format!("no protocol uses the folds file {}", path.display());
            Err(Failure::new("setting", message)
                .hint("--protocol from-file, or from-file among evaluation.protocols"))
        }
        _ => Ok(resolved),
    }
}

/// A word as a shell takes it.
pub(crate) fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=+:,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// What an analysis is made of.
struct Job<'a> {
    input: &'a Input<'a>,
    resolved: &'a Resolved,
    /// How the report shows ids.
    ids: &'a Ids,
    watch: &'a Stopwatch,
    talk: Talk,
}

impl Job<'_> {
    /// Reads and analyzes; gives also what the report must know besides.
    fn analyze(&self) -> Result<(Analysis, Context), Failure> {
        let settings = &self.resolved.settings;
        let mut params = settings.analysis_params();
        self.watch.enter("reading");
        let source = (self.input.read)(settings, self.watch)?;
        self.watch.enter("validation");
        let admission = admit(source.cohort, params.on_invalid).map_err(|error| {
            let message = format!("{}: {error}", self.input.name);
            Failure::new(error.code(), message).hint_if(error.hint())
        })?;

        let content_digest = sources::content_digest(&admission.dataset);
        let mut recorded = Recorded {
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            content_digest: Some(content_digest.clone()),
            ..Recorded::default()
        };
        let mut other_inputs = Vec::new();
        let mut command = format!("phenolens {} --config phenolens.toml", self.input.command);
        if let Some(path) = &settings.folds_file {
            let folds = assign_folds(path, &admission.dataset)?;
            self.note(folds.unused.as_deref());
            params.evaluation.folds_from_file = Some(folds.folds);
            recorded.folds_file = Some(RecordedFile::from(&folds.identity));
            command.push_str(&format!(" --folds-file {}", quoted(&folds.identity.name)));
            other_inputs.push(folds.identity);
        }
        if let Some(path) = &settings.gallery_file {
            let sides = assign_sides(path, &admission.dataset)?;
            for note in &sides.notes {
                self.note(Some(note));
            }
            params.gallery.sides_from_file = Some(sides.sides);
            recorded.gallery_file = Some(RecordedFile::from(&sides.identity));
            let setting = format!("gallery.file={}", sides.identity.name);
            command.push_str(&format!(" --set {}", quoted(&setting)));
            other_inputs.push(sides.identity);
        }
        let mut class_labels = Vec::new();
        if let Some(path) = &settings.names {
            let names = assign_names(path, &admission.dataset)?;
            self.note(names.unused.as_deref());
            class_labels = names.labels;
            recorded.names = Some(RecordedFile::from(&names.identity));
            let setting = format!("data.names={}", names.identity.name);
            command.push_str(&format!(" --set {}", quoted(&setting)));
            other_inputs.push(names.identity);
        }
        if let Some(path) = &settings.metadata {
            let metadata = read_metadata(path, &admission.dataset)?;
            for note in &metadata.notes {
                self.note(Some(note));
            }
            params.metadata = metadata.variables;
            recorded.metadata = Some(RecordedFile::from(&metadata.identity));
            let setting = format!("data.metadata={}", metadata.identity.name);
            command.push_str(&format!(" --set {}", quoted(&setting)));
            other_inputs.push(metadata.identity);
        }
        for file in &source.labels {
            let name = file_name(&file.path);
            command.push_str(&format!(" --labels {}", quoted(&name)));
            other_inputs.push(InputFile {
                name,
                bytes: file.n_bytes,
                sha256: file.sha256.clone(),
            });
        }
        for difference in recorded.differences_from(&self.resolved.recorded) {
            self.note(Some(&difference));
        }

        let machine = Machine {
            instruction_set: self.resolved.instruction_set,
            progress: self.watch,
        };
        let analysis = analyze(admission, &params, &machine).map_err(|error| {
            let message = format!("{}: {error}", self.input.name);
            Failure::new("settings_unsuited", message).hint_if(error.hint())
        })?;
        let context = Context {
            source_name: self.input.name.clone(),
            source_bytes: source.n_bytes,
            source_sha256: source.sha256,
            other_inputs,
            content_digest,
            words: settings.words.clone(),
            class_labels,
            settings: settings::recorded(settings, &recorded),
            command,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            ids: self.ids.clone(),
            formats: settings.formats,
        };
        Ok((analysis, context))
    }

    fn note(&self, text: Option<&str>) {
        if let Some(text) = text {
            self.talk.note(&format!("note: {text}"));
        }
    }
}
