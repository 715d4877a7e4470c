//! What is measured of the classifiers: the evaluation, then the parts that rest on it.

use core::sync::atomic::{AtomicUsize, Ordering};

use super::{AnalysisParams, Part};
use crate::calibration::{Calibration, calibrate};
use crate::dataset::Dataset;
use crate::evaluation::{Evaluation, EvaluationError, Leakage, audit_leakage, cross_validate};
use crate::few_shot::{FewShot, few_shot};
use crate::findings::Finding;
use crate::gallery::{Identification, identify};
use crate::improvement::{Improvement, improve};
use crate::machine::{Machine, Phase, side_by_side};
use crate::neighbors::Neighbors;
use crate::open_set::{OpenSet, open_set};
use crate::subgroups::{Subgroups, subgroups};
use crate::subject_level::{SubjectLevel, subject_level};
use crate::validation::{DuplicatePair, merged_subjects};

/// The results, phase by phase.
pub(super) struct Measured {
    /// The unit of independence of every sample.
    pub(super) groups: Vec<usize>,
    pub(super) evaluation: Evaluation,
    pub(super) subject_level: Option<SubjectLevel>,
    pub(super) subgroups: Option<Subgroups>,
    pub(super) identification: Option<Identification>,
    pub(super) few_shot: Option<FewShot>,
    pub(super) improvement: Option<Improvement>,
    pub(super) leakage: Option<Leakage>,
    pub(super) open_set: Option<OpenSet>,
    pub(super) calibration: Option<Calibration>,
    pub(super) findings: Vec<Finding>,
}

/// Evaluates, and examines what is asked for.
pub(super) fn measure(
    dataset: &Dataset,
    tables: &[Neighbors],
    duplicates: &[DuplicatePair],
    params: &AnalysisParams,
    machine: &Machine,
) -> Result<Measured, EvaluationError> {
    let groups = if params.duplicates.merge_subjects {
        merged_subjects(dataset, duplicates)
    } else {
        dataset.subjects().to_vec()
    };
    let evaluation_params = &params.evaluation;
    let evaluation = cross_validate(dataset, tables, &groups, evaluation_params, machine)?;

    let (mut of_subjects, mut of_groups, mut identification) = (None, None, None);
    let (mut of_few, mut improvement, mut leakage) = (None, None, None);
    let (mut unknown, mut calibration) = (None, None);
    let mut tasks: Vec<Task> = Vec::new();
    if params.examines(Part::SubjectLevel) {
        tasks.push(Box::new(|| {
            of_subjects = subject_level(
                dataset,
                tables,
                &groups,
                &evaluation,
                evaluation_params,
                machine,
            );
        }));
    }
    if params.examines(Part::Groups) {
        tasks.push(Box::new(|| {
            of_groups = subgroups(
                dataset,
                tables,
                &groups,
                &evaluation,
                &params.metadata,
                evaluation_params,
                machine,
            );
        }));
    }
    if params.examines(Part::Gallery) {
        tasks.push(Box::new(|| {
            identification = Some(identify(
                dataset,
                tables,
                &groups,
                &evaluation,
                &params.gallery,
                evaluation_params,
                machine,
            ));
        }));
    }
    if params.examines(Part::LearningCurve) {
        tasks.push(Box::new(|| {
            of_few = Some(few_shot(
                dataset,
                tables,
                &groups,
                &evaluation,
                evaluation_params,
                machine,
            ));
        }));
    }
    if params.examines(Part::Improvement) {
        tasks.push(Box::new(|| {
            improvement = improve(
                dataset,
                tables,
                &groups,
                &evaluation,
                evaluation_params,
                machine,
            );
        }));
    }
    if params.examines(Part::Leakage) {
        tasks.push(Box::new(|| {
            leakage = Some(audit_leakage(
                dataset,
                tables,
                &groups,
                duplicates,
                &evaluation,
                evaluation_params,
                machine,
            ));
        }));
    }
    if params.examines(Part::OpenSet) {
        tasks.push(Box::new(|| {
            unknown = open_set(
                dataset,
                tables,
                &groups,
                &evaluation,
                evaluation_params,
                machine,
            );
        }));
    }
    if params.examines(Part::Calibration) {
        tasks.push(Box::new(|| {
            calibration = calibrate(
                dataset,
                tables,
                &groups,
                &evaluation,
                evaluation_params,
                machine,
            );
        }));
    }
    finish(tasks, dataset.n_samples(), machine);

    let mut findings = evaluation.findings.clone();
    findings.extend(
        of_groups
            .iter()
            .flat_map(|of: &Subgroups| of.findings.clone()),
    );
    let of_gallery = identification.iter();
    findings.extend(of_gallery.flat_map(|of: &Identification| of.findings.clone()));
    let leakage = leakage.transpose()?;
    findings.extend(leakage.iter().flat_map(|of: &Leakage| of.findings.clone()));
    Ok(Measured {
        groups,
        evaluation,
        subject_level: of_subjects,
        subgroups: of_groups,
        identification,
        few_shot: of_few,
        improvement,
        leakage,
        open_set: unknown,
        calibration,
        findings,
    })
}

/// A part that writes what it gives into a place of its own.
type Task<'a> = Box<dyn FnOnce() + Send + 'a>;

fn finish(tasks: Vec<Task>, n_samples: usize, machine: &Machine) {
    if tasks.is_empty() {
        return;
    }
    let (n_tasks, n_done) = (tasks.len(), AtomicUsize::new(0));
    let report = |n_done| machine.progress.report(Phase::Parts, n_done, n_tasks);
    let finish = |task: Task| {
        task();
        report(n_done.fetch_add(1, Ordering::Relaxed) + 1);
    };
    report(0);
    if !side_by_side(n_samples) {
        tasks.into_iter().for_each(finish);
        return;
    }
    rayon::scope(|scope| {
        for task in tasks {
            scope.spawn(|_| finish(task));
        }
    });
}
