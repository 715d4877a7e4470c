//! `phenolens synth`: a synthetic cohort, with the structure of real ones, or a mixture of any size.

use phenolens::sources::{Writable, Written, write, write_pickle};
use phenolens::synth::{
    Layout, MixtureParams, SynthError, SynthParams, mixture, synthesize, synthetic_subjects,
};
use phenolens::validation::{OnInvalid, admit};

use crate::Status;
use crate::args::{SettingsArgs, SynthArgs, SynthKind};
use crate::convert;
use crate::failure::Failure;
use crate::new_file::{NewFile, write_new};
use crate::pipeline::thread_pool;
use crate::settings::{self, Settings};
use crate::talk::{Talk, count};

/// Writes synthetic data, and leaves an existing file alone.
pub(crate) fn synth(args: &SynthArgs, talk: Talk) -> Result<Status, Failure> {
    let seed = SettingsArgs {
        seed: args.seed.clone(),
        ..SettingsArgs::default()
    };
    let resolved = settings::from_surroundings(&seed, &[], talk)?;
    let format = convert::format(&args.out, None)?;
    let pool = thread_pool(&resolved.settings)?;
    let (written, n_samples, metadata) = pool.install(|| match args.kind {
        SynthKind::Cohort => {
            let params = asked(args, params(&resolved.settings));
            let metadata = args.metadata.is_some().then(|| metadata(&params));
            let written = written(&params, format)?;
            Ok((written, params.n_samples, metadata.transpose()?))
        }
        SynthKind::Mixture => {
            let params = asked_mixture(args, &resolved.settings)?;
            Ok((written_mixture(&params, format)?, params.n_samples, None))
        }
    })?;
    let labels_path = convert::labels_path(&args.out);
    let metadata = args.metadata.as_ref().zip(metadata);
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
        count(n_samples, "sample"),
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

/// The mixture that the arguments ask for.
///
/// # Errors
/// If one of them means something for cohorts only.
fn asked_mixture(args: &SynthArgs, settings: &Settings) -> Result<MixtureParams, Failure> {
    let plants = &args.plants;
    let of_cohorts = [
        ("--subjects", args.subjects.is_some()),
        ("--nothing-to-find", args.nothing_to_find),
        ("--metadata", args.metadata.is_some()),
        ("--imbalance", args.imbalance.is_some()),
        ("--common-share", args.common_share.is_some()),
        ("--class-share", args.class_share.is_some()),
        ("--length-spread", args.length_spread.is_some()),
        ("--equidistant", args.equidistant),
        ("--blank-share", args.blank_share.is_some()),
        ("--duplicates", plants.duplicates.is_some()),
        ("--subject-share", plants.subject_share.is_some()),
        ("--pair-closeness", plants.pair_closeness.is_some()),
        ("--swapped", plants.swapped.is_some()),
        ("--nuisance-share", plants.nuisance_share.is_some()),
        ("--group-share", plants.group_share.is_some()),
        ("--group-noise", plants.group_noise.is_some()),
    ];
    if let Some((option, _)) = of_cohorts.into_iter().find(|&(_, is_given)| is_given) {
        let message = format!("{option} means nothing for a mixture");
        return Err(Failure::new("usage", message)
            .hint("a mixture takes --samples, --dims, --classes and --seed"));
    }
    let default = MixtureParams::default();
    Ok(MixtureParams {
        n_samples: args.samples.unwrap_or(default.n_samples),
        n_dims: args.dims.unwrap_or(default.n_dims),
        n_classes: args.classes.unwrap_or(default.n_classes),
        seed: settings.analysis.evaluation.seed,
    })
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

/// A mixture in any format.
fn written_mixture(params: &MixtureParams, format: Writable) -> Result<Written, Failure> {
    let dataset = mixture(params).map_err(|error| impossible(&error))?;
    write(&dataset, format).map_err(|error| Failure::caused("internal", "the mixture", &error))
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
