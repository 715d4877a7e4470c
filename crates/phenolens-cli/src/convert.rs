//! `phenolens convert`: the same data in another format.

use std::path::{Path, PathBuf};

use phenolens::Silent;
use phenolens::dataset::Dataset;
use phenolens::sources::{Writable, Written, write};

use crate::Status;
use crate::args::ConvertArgs;
use crate::failure::Failure;
use crate::new_file::{NewFile, write_new};
use crate::pipeline::thread_pool;
use crate::reading;
use crate::settings;
use crate::talk::Talk;

/// Reads a data file and writes what can be used of it, ids as they are.
pub(crate) fn convert(args: &ConvertArgs, talk: Talk) -> Result<Status, Failure> {
    let resolved =
        settings::from_surroundings(&args.settings, &reading::flags(&args.reading)?, talk)?;
    let format = format(&args.out, args.to.as_deref())?;
    let pool = thread_pool(&resolved.settings)?;
    let admission = pool.install(|| reading::admitted(&args.data, &resolved.settings, &Silent))?;
    reading::say_what_is_left_out(&admission, talk);
    write_dataset(&admission.dataset, format, &args.out, talk)?;
    talk.note(&reading::rows(&admission.rows));
    Ok(Status::Success)
}

/// The format that is asked for, else the one that the ending of the name stands for.
pub(crate) fn format(out: &Path, asked: Option<&str>) -> Result<Writable, Failure> {
    let names: Vec<&str> = Writable::ALL.iter().map(|format| format.name()).collect();
    if let Some(asked) = asked {
        let known = Writable::ALL
            .into_iter()
            .find(|format| format.name() == asked);
        return known.ok_or_else(|| {
            Failure::new(
                "format_unsupported",
                format!("--to {asked}: no such format is written"),
            )
            .hint(format!("one of {}", names.join(", ")))
        });
    }
    Writable::of_path(out).ok_or_else(|| {
        let endings: Vec<String> = Writable::ALL
            .iter()
            .map(|format| format!(".{}", format.endings()[0]))
            .collect();
        let message = format!(
            "{}: the ending names no format that is written",
            out.display()
        );
        Failure::new("format_unsupported", message)
            .hint(format!("end the name in one of {}", endings.join(", ")))
    })
}

/// Writes a dataset to a new file, and to a second one where the format keeps labels apart.
pub(crate) fn write_dataset(
    dataset: &Dataset,
    format: Writable,
    out: &Path,
    talk: Talk,
) -> Result<(), Failure> {
    let Written { data, labels } = write(dataset, format).map_err(|error| {
        let message = format!("{}: {error}", out.display());
        Failure::new("format_unsuited", message).hint_if(error.hint())
    })?;
    let labels_path = labels_path(out);
    let mut files = Vec::new();
    if let Some(labels) = &labels {
        files.push(NewFile {
            path: &labels_path,
            bytes: labels,
            option: "another name",
        });
    }
    files.push(NewFile {
        path: out,
        bytes: &data,
        option: "another name",
    });
    write_new(&files)?;
    if labels.is_some() {
        talk.note(&format!(
            "wrote the labels to {}; --labels reads them back",
            labels_path.display()
        ));
    }
    Ok(())
}

/// `vectors.metadata.tsv` for `vectors.tsv`.
pub(crate) fn labels_path(out: &Path) -> PathBuf {
    out.with_extension("metadata.tsv")
}
