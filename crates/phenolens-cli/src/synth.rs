//! `phenolens synth`: a synthetic cohort, with the structure of real ones.

use phenolens::sources::{Writable, Written, write, write_pickle};
use phenolens::synth::{Layout, SynthError, SynthParams, synthesize, synthetic_subjects};
use phenolens::validation::{OnInvalid, admit};

use crate::Status;
use crate::args::{SettingsArgs, SynthArgs};
use crate::convert;
use crate::failure::Failure;
use crate::new_file::{NewFile, write_new};
use crate::settings::{self, Settings};
use crate::talk::{Talk, count};

/// Writes a synthetic cohort, and leaves an existing file alone.
pub(crate) fn synth(args: &SynthArgs, talk: Talk) -> Result<Status, Failure> {
    let seed = SettingsArgs {
        seed: args.seed.clone(),
        ..SettingsArgs::default()
    };
    let resolved = settings::from_surroundings(&seed, &[], talk)?;
    let format = convert::format(&args.out, None)?;
    let params = asked(args, params(&resolved.settings));
    let written = written(&params, format)?;
    let labels_path = convert::labels_path(&args.out);
    let metadata = match &args.metadata {
        Some(path) => Some((path, metadata(&params)?)),
        None => None,
    };
    let mut files = Vec::new();
    if let Some((path, text)) = &metadata {
        files.push(NewFile {
            path,
            bytes: text.as_bytes(),
            option: "--metadata",
        });
    }
    if let Some(labels) = &written.labels {
        files.push(NewFile {
            path: &labels_path,
            bytes: labels,
            option: "--out",
        });
    }
    // Last, so that a cohort is never without the metadata that were asked for.
    files.push(NewFile {
        path: &args.out,
        bytes: &written.data,
        option: "--out",
    });
    write_new(&files)?;
    talk.note(&format!(
        "wrote {} to {}",
        count(params.n_samples, "sample"),
        args.out.display()
    ));
    Ok(Status::Success)
}

/// The cohort that the arguments ask for, by `default` where they say nothing.
fn asked(args: &SynthArgs, default: SynthParams) -> SynthParams {
    let base = match args.nothing_to_find {
        true => SynthParams {
            seed: default.seed,
            ..SynthParams::nothing_to_find()
        },
        false => default,
    };
    let plants = &args.plants;
    SynthParams {
        n_samples: args.samples.unwrap_or(base.n_samples),
        n_subjects: args.subjects.unwrap_or(base.n_subjects),
        n_classes: args.classes.unwrap_or(base.n_classes),
        n_dims: args.dims.unwrap_or(base.n_dims),
        n_duplicates: plants.duplicates.unwrap_or(base.n_duplicates),
        imbalance: args.imbalance.unwrap_or(base.imbalance),
        common_share: args.common_share.unwrap_or(base.common_share),
        class_share: args.class_share.unwrap_or(base.class_share),
        subject_share: plants.subject_share.unwrap_or(base.subject_share),
        length_spread: args.length_spread.unwrap_or(base.length_spread),
        layout: match args.equidistant {
            true => Layout::Equidistant,
            false => base.layout,
        },
        blank_share: args.blank_share.unwrap_or(base.blank_share),
        pair_closeness: plants.pair_closeness.unwrap_or(base.pair_closeness),
        n_swapped: plants.swapped.unwrap_or(base.n_swapped),
        nuisance_share: plants.nuisance_share.unwrap_or(base.nuisance_share),
        group_share: plants.group_share.unwrap_or(base.group_share),
        group_noise: plants.group_noise.unwrap_or(base.group_noise),
        seed: base.seed,
    }
}

/// The cohort that is made unless something else is asked for.
pub(crate) fn params(settings: &Settings) -> SynthParams {
    SynthParams {
        seed: settings.analysis.evaluation.seed,
        ..SynthParams::default()
    }
}

/// A synthetic cohort as a pickle.
pub(crate) fn pickle(params: &SynthParams) -> Result<Vec<u8>, Failure> {
    let cohort = synthesize(params).map_err(|error| impossible(&error))?;
    Ok(write_pickle(&cohort))
}

/// A synthetic cohort in any format.
fn written(params: &SynthParams, format: Writable) -> Result<Written, Failure> {
    if format == Writable::Pickle {
        let (data, labels) = (pickle(params)?, None);
        return Ok(Written { data, labels });
    }
    let cohort = synthesize(params).map_err(|error| impossible(&error))?;
    let admission = admit(cohort, OnInvalid::Error)
        .map_err(|error| Failure::caused("internal", "the synthetic cohort", &error))?;
    write(&admission.dataset, format)
        .map_err(|error| Failure::caused("internal", "the synthetic cohort", &error))
}

/// The group of every subject, as CSV.
fn metadata(params: &SynthParams) -> Result<String, Failure> {
    let subjects = synthetic_subjects(params).map_err(|error| impossible(&error))?;
    let mut text = "subject,group\n".to_owned();
    for subject in subjects {
        // Ids and groups are words of ours, without a comma or a quotation mark.
        text.push_str(&format!("{},{}\n", subject.subject, subject.group));
    }
    Ok(text)
}

fn impossible(error: &SynthError) -> Failure {
    Failure::new("synth", error.to_string()).hint_if(error.hint())
}
