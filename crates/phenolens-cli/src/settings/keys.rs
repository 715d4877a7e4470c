//! The table of all settings: name, meaning, how it is read and how it is written.

use phenolens::neighbors::Distance;
use phenolens::sources::Format;
use toml::Value;

use super::Settings;
use super::choice::{Choice, FigureFormat, ReportFormat};
use super::given::{Given, Unfit};

/// One setting.
pub(super) struct Key {
    /// The dotted name.
    pub(super) name: &'static str,
    /// What it means, in a line or two.
    pub(super) about: &'static str,
    /// Whether a run's own record holds it: what names a place on one machine does not belong there.
    pub(super) recorded: bool,
    /// Its value as TOML.
    pub(super) get: fn(&Settings) -> Value,
    /// Sets it, or says what it must be.
    pub(super) set: fn(&mut Settings, &Given) -> Result<(), Unfit>,
}

impl Key {
    /// The environment variable: `evaluation.k_max` is `PHENOLENS_EVALUATION_K_MAX`.
    pub(super) fn variable(&self) -> String {
        format!("PHENOLENS_{}", self.name.to_uppercase().replace('.', "_"))
    }
}

/// Every setting, in the order in which they are written.
pub(super) const KEYS: &[Key] = &[
    Key {
        name: "seed",
        about: "Seed of every random choice; from 0 to 9223372036854775807.",
        recorded: true,
        get: |settings| whole(settings.analysis.evaluation.seed),
        set: |settings, given| {
            // TOML numbers end there.
            settings.analysis.evaluation.seed = given.whole(0..=i64::MAX as u64)?;
            Ok(())
        },
    },
    Key {
        name: "threads",
        about: "Threads; 0 takes all processors. Results do not depend on it.",
        recorded: false,
        get: |settings| size(settings.threads),
        set: |settings, given| {
            settings.threads = given.size(0..=1024)?;
            Ok(())
        },
    },
    Key {
        name: "memory_limit",
        about: "Memory, such as \"8 GiB\" or \"500 MB\": data that need more are refused before they are \
                read, with the figure needed; \"none\" for no limit.",
        recorded: false,
        get: |settings| match settings.memory_limit {
            None => text("none"),
            Some(bytes) => whole(bytes),
        },
        set: |settings, given| {
            settings.memory_limit = given.bytes()?;
            Ok(())
        },
    },
    Key {
        name: "data.format",
        about: "Format of the data file, plain or compressed (gz, xz, zst, bz2); \"auto\" tells by \
                content, else \"pickle\", \"npy\", \"npz\", \"csv\", \"tsv\", \"parquet\", \"arrow\", \"jsonl\", \
                \"safetensors\", \"h5ad\", \"projector\", \"gestalt-matcher\".",
        recorded: true,
        get: |settings| text(settings.format.map_or("auto", Format::name)),
        set: |settings, given| {
            settings.format = match given.text()?.as_str() {
                "auto" => None,
                _ => Some(given.choice()?),
            };
            Ok(())
        },
    },
    Key {
        name: "data.labels",
        about: "Files with the labels of vectors that hold none themselves (npy, npz, safetensors, \
                projector): CSV or TSV with a header, one row for each vector, in their order. For \
                encodings of GestaltMatcher-Arc the files image_id,subject,label. Relative to this file.",
        recorded: false,
        get: |settings| {
            let paths = settings.labels.iter();
            Value::Array(
                paths
                    .map(|path| text(&path.display().to_string()))
                    .collect(),
            )
        },
        set: |settings, given| {
            settings.labels = given.paths()?;
            Ok(())
        },
    },
    Key {
        name: "data.vector",
        about: "Where the vectors stand, if there are several places: the column with lists, the array \
                of an npz, the tensor, the obsm key of an h5ad (\"X\" for its matrix); \"\" takes the only one.",
        recorded: true,
        get: |settings| text(settings.vector.as_deref().unwrap_or_default()),
        set: |settings, given| {
            settings.vector = Some(given.text()?).filter(|name| !name.is_empty());
            Ok(())
        },
    },
    Key {
        name: "data.variants",
        about: "Several vectors of one image (encoders, mirrored or gray copies), each scaled to unit \
                length: \"mean-vector\" takes their mean, \"mean-distance\" the mean of the cosine \
                distances between those of one kind.",
        recorded: true,
        get: |settings| name(settings.variants),
        set: |settings, given| {
            settings.variants = given.choice()?;
            Ok(())
        },
    },
    Key {
        name: "data.class",
        about: "What a class is called in the report, in the singular, and the name of its column in \
                the data, unless that is class, syndrome, syndrome_id or label.",
        recorded: true,
        get: |settings| text(&settings.words.class),
        set: |settings, given| {
            settings.words.class = word(given)?;
            Ok(())
        },
    },
    Key {
        name: "data.subject",
        about: "What a subject, the unit of independence, is called in the report, and the name of its \
                column, unless that is subject or subject_id; \"none\" for data that do not tell subjects.",
        recorded: true,
        get: |settings| match settings.has_subjects {
            true => text(&settings.words.subject),
            false => text(NONE),
        },
        set: |settings, given| {
            settings.has_subjects = given.text()? != NONE;
            settings.words.subject = match settings.has_subjects {
                true => word(given)?,
                // Each sample counts as one.
                false => "subject".to_owned(),
            };
            Ok(())
        },
    },
    Key {
        name: "data.sample",
        about: "What a sample is called in the report, and the name of its column, unless that is \
                sample, image or image_id.",
        recorded: true,
        get: |settings| text(&settings.words.sample),
        set: |settings, given| {
            settings.words.sample = word(given)?;
            Ok(())
        },
    },
    Key {
        name: "data.names",
        about: "CSV file `class,name` with words for the class ids; \"\" for none. Relative to this \
                file.",
        recorded: false,
        get: |settings| path(settings.names.as_ref()),
        set: |settings, given| {
            settings.names = given.path()?;
            Ok(())
        },
    },
    Key {
        name: "data.metadata",
        about: "CSV file with a column for each variable, such as sex, age band, ancestry or site, and \
                `subject`, `sample`, `class,subject` or `class,subject,sample` to say whom a row is of: \
                every value makes a group; \"\" for none. Relative to this file.",
        recorded: false,
        get: |settings| path(settings.metadata.as_ref()),
        set: |settings, given| {
            settings.metadata = given.path()?;
            Ok(())
        },
    },
    Key {
        name: "data.on_invalid",
        about: "Records that cannot be used: \"drop\" sets them aside and lists them, \"error\" \
                stops.",
        recorded: true,
        get: |settings| name(settings.analysis.on_invalid),
        set: |settings, given| {
            settings.analysis.on_invalid = given.choice()?;
            Ok(())
        },
    },
    Key {
        name: "data.duplicate_distance",
        about: "Samples of different subjects nearer than this cosine distance are near-duplicates; \
                from 0 to 2.",
        recorded: true,
        get: |settings| Value::Float(settings.analysis.duplicates.distance),
        set: |settings, given| {
            let wanted = "a number from 0 to 2";
            settings.analysis.duplicates.distance =
                given.real(wanted, |number| (0.0..=2.0).contains(&number))?;
            Ok(())
        },
    },
    Key {
        name: "data.merge_duplicates",
        about: "Whether subjects with near-duplicate samples count as one in folds and intervals.",
        recorded: true,
        get: |settings| Value::Boolean(settings.analysis.duplicates.merge_subjects),
        set: |settings, given| {
            settings.analysis.duplicates.merge_subjects = given.flag()?;
            Ok(())
        },
    },
    Key {
        name: "data.min_subjects",
        about: "Classes with fewer subjects are left out of the evaluation and listed; 1 leaves out \
                none.",
        recorded: true,
        get: |settings| size(settings.analysis.evaluation.min_subjects),
        set: |settings, given| {
            settings.analysis.evaluation.min_subjects = given.size(1..=1_000_000)?;
            Ok(())
        },
    },
    Key {
        name: "data.exclude",
        about: "Class ids that are left out of the evaluation.",
        recorded: true,
        get: |settings| {
            let ids = settings.analysis.evaluation.exclude.iter();
            Value::Array(ids.map(|id| text(id)).collect())
        },
        set: |settings, given| {
            settings.analysis.evaluation.exclude = given.texts()?;
            Ok(())
        },
    },
    Key {
        name: "neighbors.method",
        about: "How neighbors are searched: \"exact\", or \"approximate\" where samples are too many, with the \
                share that was found in the report.",
        recorded: true,
        get: |settings| text(settings.analysis.search.name()),
        set: |settings, given| {
            settings.analysis.search = given.choice()?;
            Ok(())
        },
    },
    Key {
        name: "evaluation.distances",
        about: "Distances that are evaluated: \"cosine\", \"euclidean\".",
        recorded: true,
        get: |settings| names(&settings.analysis.evaluation.distances),
        set: |settings, given| {
            settings.analysis.evaluation.distances = given.choices(1)?;
            Ok(())
        },
    },
    Key {
        name: "evaluation.protocols",
        about: "How samples are divided into folds: \"subject-grouped\", \"image-level\", \
                \"from-file\"; the first is the headline.",
        recorded: true,
        get: |settings| names(&settings.analysis.evaluation.protocols),
        set: |settings, given| {
            settings.analysis.evaluation.protocols = given.choices(1)?;
            Ok(())
        },
    },
    Key {
        name: "evaluation.folds",
        about: "Folds of the protocols that make their own; at least 2.",
        recorded: true,
        get: |settings| size(settings.analysis.evaluation.n_folds),
        set: |settings, given| {
            settings.analysis.evaluation.n_folds = given.size(2..=1_000_000)?;
            Ok(())
        },
    },
    Key {
        name: "evaluation.folds_file",
        about: "CSV file `class,subject,sample,fold`, or `sample,fold` where sample ids are unique, \
                for the protocol \"from-file\"; \"\" for none. Relative to this file.",
        recorded: false,
        get: |settings| path(settings.folds_file.as_ref()),
        set: |settings, given| {
            settings.folds_file = given.path()?;
            Ok(())
        },
    },
    Key {
        name: "evaluation.repeats",
        about: "How often the folds are drawn anew; at least 1.",
        recorded: true,
        get: |settings| size(settings.analysis.evaluation.n_repeats),
        set: |settings, given| {
            settings.analysis.evaluation.n_repeats = given.size(1..=10_000)?;
            Ok(())
        },
    },
    Key {
        name: "evaluation.k_max",
        about: "k, the number of neighbors that vote, runs from 1 to this.",
        recorded: true,
        get: |settings| size(settings.analysis.evaluation.k_max),
        set: |settings, given| {
            settings.analysis.evaluation.k_max = given.size(1..=10_000)?;
            Ok(())
        },
    },
    Key {
        name: "evaluation.weights",
        about: "Weights of the votes: \"uniform\", \"distance\" (1/d), \"softmax\" (cosine only).",
        recorded: true,
        get: |settings| names(&settings.analysis.evaluation.weights),
        set: |settings, given| {
            settings.analysis.evaluation.weights = given.choices(1)?;
            Ok(())
        },
    },
    Key {
        name: "evaluation.ties",
        about: "Order of classes with equal votes: \"nearest\" (the nearer voter first), \
                \"lowest-class\" (as scikit-learn).",
        recorded: true,
        get: |settings| name(settings.analysis.evaluation.ties),
        set: |settings, given| {
            settings.analysis.evaluation.ties = given.choice()?;
            Ok(())
        },
    },
    Key {
        name: "evaluation.select_by",
        about: "Measure whose mean over folds chooses k.",
        recorded: true,
        get: |settings| name(settings.analysis.evaluation.select_by),
        set: |settings, given| {
            settings.analysis.evaluation.select_by = given.choice()?;
            Ok(())
        },
    },
    Key {
        name: "evaluation.bootstrap",
        about: "Resamples of the intervals and tests; 0 for none.",
        recorded: true,
        get: |settings| size(settings.analysis.evaluation.n_resamples),
        set: |settings, given| {
            settings.analysis.evaluation.n_resamples = given.size(0..=1_000_000)?;
            Ok(())
        },
    },
    Key {
        name: "evaluation.confidence",
        about: "Confidence of the intervals; between 0 and 1.",
        recorded: true,
        get: |settings| Value::Float(settings.analysis.evaluation.confidence),
        set: |settings, given| {
            let wanted = "a number between 0 and 1, both excluded";
            settings.analysis.evaluation.confidence =
                given.real(wanted, |number| number > 0.0 && number < 1.0)?;
            Ok(())
        },
    },
    Key {
        name: "gallery.rare_below",
        about: "Classes with fewer subjects than this are rare in the gallery, all others frequent.",
        recorded: true,
        get: |settings| size(settings.analysis.gallery.rare_below),
        set: |settings, given| {
            settings.analysis.gallery.rare_below = given.size(1..=1_000_000)?;
            Ok(())
        },
    },
    Key {
        name: "gallery.splits",
        about: "Random splits into gallery and probes; at least 1.",
        recorded: true,
        get: |settings| size(settings.analysis.gallery.n_splits),
        set: |settings, given| {
            settings.analysis.gallery.n_splits = given.size(1..=1000)?;
            Ok(())
        },
    },
    Key {
        name: "gallery.probe_share",
        about: "Share of each class's subjects that are probes in a random split; at least one subject \
                is, and one stays in the gallery. Between 0 and 1.",
        recorded: true,
        get: |settings| Value::Float(settings.analysis.gallery.probe_share),
        set: |settings, given| {
            let wanted = "a number between 0 and 1, both excluded";
            settings.analysis.gallery.probe_share =
                given.real(wanted, |number| number > 0.0 && number < 1.0)?;
            Ok(())
        },
    },
    Key {
        name: "gallery.file",
        about: "CSV file `class,subject,sample,set`, or `sample,set` where sample ids are unique, in \
                place of random splits; set is \"gallery\" or \"probe\", and samples without a row take \
                no part. \"\" for none. Relative to this file.",
        recorded: false,
        get: |settings| path(settings.gallery_file.as_ref()),
        set: |settings, given| {
            settings.gallery_file = given.path()?;
            Ok(())
        },
    },
    Key {
        name: "map.distances",
        about: "Distances that are mapped, a list; \"evaluated\" takes those of the evaluation.",
        recorded: true,
        get: |settings| match &settings.map_distances {
            Some(distances) => names(distances),
            None => text("evaluated"),
        },
        set: |settings, given| {
            settings.map_distances = if given.text().is_ok_and(|text| text == "evaluated") {
                None
            } else {
                let choices = given.choices::<Distance>(0);
                Some(choices.map_err(|Unfit(wanted)| Unfit(format!("\"evaluated\" or {wanted}")))?)
            };
            Ok(())
        },
    },
    Key {
        name: "map.perplexity",
        about: "Effective number of neighbors of a sample on the map; \"auto\" takes 30 or, on fewer \
                than 91 samples, a third of the others.",
        recorded: true,
        get: |settings| number_or_auto(settings.analysis.map.perplexity),
        set: |settings, given| {
            settings.analysis.map.perplexity =
                auto_or(given, "a number of at least 1", |number| {
                    number >= 1.0 && number.is_finite()
                })?;
            Ok(())
        },
    },
    Key {
        name: "map.steps",
        about: "Gradient steps of a map.",
        recorded: true,
        get: |settings| size(settings.analysis.map.n_steps),
        set: |settings, given| {
            settings.analysis.map.n_steps = given.size(1..=1_000_000)?;
            Ok(())
        },
    },
    Key {
        name: "map.learning_rate",
        about: "Step length; \"auto\" takes the number of samples / 12, at least 50.",
        recorded: true,
        get: |settings| number_or_auto(settings.analysis.map.learning_rate),
        set: |settings, given| {
            settings.analysis.map.learning_rate = auto_or(given, "a number above 0", |number| {
                number > 0.0 && number.is_finite()
            })?;
            Ok(())
        },
    },
    Key {
        name: "map.exaggeration",
        about: "Factor on the attraction in the first quarter of 1,000 steps; at least 1.",
        recorded: true,
        get: |settings| Value::Float(settings.analysis.map.exaggeration),
        set: |settings, given| {
            settings.analysis.map.exaggeration = given
                .real("a number of at least 1", |number| {
                    number >= 1.0 && number.is_finite()
                })?;
            Ok(())
        },
    },
    Key {
        name: "report.formats",
        about: "Forms of the report: \"html\", \"md\".",
        recorded: true,
        get: |settings| {
            let wanted = [settings.formats.html, settings.formats.md];
            chosen_names(&[ReportFormat::Html, ReportFormat::Md], &wanted)
        },
        set: |settings, given| {
            let formats = given.choices(0)?;
            settings.formats.html = formats.contains(&ReportFormat::Html);
            settings.formats.md = formats.contains(&ReportFormat::Md);
            Ok(())
        },
    },
    Key {
        name: "report.ids",
        about: "How report and figures show ids of subjects and samples: \"pseudonyms\" under a key \
                (see --pseudonym-key), or \"plain\". The folder `tables` always holds ids.",
        recorded: true,
        get: |settings| name(settings.ids),
        set: |settings, given| {
            settings.ids = given.choice()?;
            Ok(())
        },
    },
    Key {
        name: "figures.style",
        about: "Look of the figures; only \"screen\" in this version.",
        recorded: true,
        get: |_| text("screen"),
        set: |_, given| given.only(&["screen"]),
    },
    Key {
        name: "figures.formats",
        about: "Forms of the figures: \"svg\", \"png\".",
        recorded: true,
        get: |settings| {
            let wanted = [settings.formats.svg, settings.formats.png];
            chosen_names(&[FigureFormat::Svg, FigureFormat::Png], &wanted)
        },
        set: |settings, given| {
            let formats = given.choices(0)?;
            settings.formats.svg = formats.contains(&FigureFormat::Svg);
            settings.formats.png = formats.contains(&FigureFormat::Png);
            Ok(())
        },
    },
];

/// The subject of data that have none.
const NONE: &str = "none";

/// A word of the report: it stands in headings and sentences.
fn word(given: &Given) -> Result<String, Unfit> {
    let word = given.text()?;
    let n_chars = word.chars().count();
    if (1..=40).contains(&n_chars) && word.trim() == word && !word.chars().any(char::is_control) {
        // Data without subjects are asked for by this word.
        if word == NONE {
            return Err(Unfit("a word other than \"none\"".to_owned()));
        }
        return Ok(word);
    }
    Err(Unfit("a word of 1 to 40 characters".to_owned()))
}

fn auto_or(given: &Given, wanted: &str, fits: fn(f64) -> bool) -> Result<Option<f64>, Unfit> {
    if given.text().is_ok_and(|text| text == "auto") {
        return Ok(None);
    }
    given.real(&format!("\"auto\" or {wanted}"), fits).map(Some)
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

fn whole(number: u64) -> Value {
    Value::Integer(i64::try_from(number).expect("settings hold numbers that TOML can write"))
}

fn size(number: usize) -> Value {
    whole(number as u64)
}

fn path(path: Option<&std::path::PathBuf>) -> Value {
    text(&path.map_or(String::new(), |path| path.display().to_string()))
}

fn name<T: Choice>(choice: T) -> Value {
    text(choice.name())
}

fn names<T: Choice>(choices: &[T]) -> Value {
    Value::Array(choices.iter().copied().map(name).collect())
}

fn chosen_names<T: Choice>(all: &[T], wanted: &[bool]) -> Value {
    let chosen = all.iter().zip(wanted).filter(|&(_, &wanted)| wanted);
    Value::Array(chosen.map(|(&choice, _)| name(choice)).collect())
}

fn number_or_auto(number: Option<f64>) -> Value {
    number.map_or_else(|| text("auto"), Value::Float)
}
