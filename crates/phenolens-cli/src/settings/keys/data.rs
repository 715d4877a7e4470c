//! Settings of the data and how they are read.

use phenolens::sources::Format;
use toml::Value;

use super::Key;
use super::values::{NONE, name, path, size, text, word};

/// In the order in which they are written.
pub(super) const KEYS: &[Key] = &[
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
];
