use super::*;
use crate::cohort::{RawCohort, Stored};
use crate::kernels::InstructionSet;
use crate::machine::Silent;
use crate::random::{Stream, Use};
use crate::validation::admit;

fn admission() -> Admission {
    let mut stream = Stream::new(3, Use::Synth, 0);
    let mut cohort = RawCohort::default();
    for subject in 0..60 {
        let center: Vec<f64> = (0..20).map(|_| stream.normal()).collect();
        for sample in 0..1 + stream.below(2) {
            let value = |dim: usize| {
                let class_mean = if dim == subject % 4 { 3.0 } else { 0.0 };
                class_mean + center[dim]
            };
            let values: Vec<f32> = (0..20)
                .map(|dim| (value(dim) + 0.3 * stream.normal()) as f32)
                .collect();
            let ids = [
                format!("class-{}", subject % 4),
                format!("{subject}"),
                format!("{sample}"),
            ];
            cohort.push_values(ids, values, Stored::Exact);
        }
    }
    cohort.push_missing(["class-0".into(), "lost".into(), "0".into()]);
    admit(cohort, OnInvalid::Drop).unwrap()
}

fn params() -> AnalysisParams {
    let mut params = AnalysisParams::default();
    params.evaluation.n_folds = 5;
    params.evaluation.n_resamples = 50;
    params.map.n_steps = 60;
    params
}

/// Whether the number of the subject is even.
fn parity(dataset: &Dataset) -> Variable {
    let of = |&subject: &usize| Some(["even", "odd"][subject % 2]);
    let texts: Vec<Option<&str>> = dataset.subjects().iter().map(of).collect();
    Variable::new("parity".to_owned(), &texts)
}

#[test]
fn every_phase_leaves_its_result() {
    let analysis = analyze(admission(), &params(), &Machine::default()).unwrap();
    assert_eq!(analysis.rows.read, analysis.rows.used + 1);
    assert!(
        analysis
            .findings
            .iter()
            .any(|finding| finding.subject.as_deref() == Some("lost"))
    );
    assert_eq!(analysis.exploration.n_subjects, 60);
    assert_eq!(analysis.neighbors.len(), 2);
    assert_eq!(analysis.evaluation.protocols.len(), 2);
    assert_eq!(analysis.projections.len(), 2);
    assert_eq!(analysis.projections[0].positions.len(), analysis.rows.used);
}

/// Debug text holds every bit of every number.
#[test]
fn neither_threads_nor_the_processor_change_a_bit() {
    let run = |n_threads, instruction_set| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(n_threads)
            .build()
            .unwrap();
        let machine = Machine {
            instruction_set,
            progress: &Silent,
        };
        let mut params = params();
        params.metadata = vec![parity(&admission().dataset)];
        pool.install(|| format!("{:?}", analyze(admission(), &params, &machine).unwrap()))
    };
    let first = run(1, InstructionSet::PLAIN);
    for instruction_set in InstructionSet::available() {
        for n_threads in [1, 2, 3] {
            assert!(
                run(n_threads, instruction_set) == first,
                "{n_threads} {instruction_set:?}"
            );
        }
    }
}

/// What is left must not depend on what else was examined.
#[test]
fn parts_that_are_not_asked_for_are_absent_and_change_nothing_else() {
    let examined = |parts: &[Part]| {
        let mut params = params();
        params.parts = parts.to_vec();
        params.metadata = vec![parity(&admission().dataset)];
        let mut analysis = analyze(admission(), &params, &Machine::default()).unwrap();
        analysis.params.parts = Part::ALL.to_vec();
        analysis
    };
    let whole = examined(&Part::ALL);
    let without = |part: Part| {
        let mut analysis = whole.clone();
        match part {
            Part::SubjectLevel => drop(analysis.subject_level.take().unwrap()),
            Part::Groups => drop(analysis.subgroups.take().unwrap()),
            Part::Gallery => drop(analysis.identification.take().unwrap()),
            Part::LearningCurve => drop(analysis.few_shot.take().unwrap()),
            Part::Improvement => drop(analysis.improvement.take().unwrap()),
            Part::Leakage => drop(analysis.leakage.take().unwrap()),
            Part::OpenSet => drop(analysis.open_set.take().unwrap()),
            Part::Calibration => drop(analysis.calibration.take().unwrap()),
            Part::Diagnosis => drop(analysis.diagnosis.take().unwrap()),
        }
        analysis
    };
    for part in Part::ALL {
        let others: Vec<Part> = Part::ALL.into_iter().filter(|&p| p != part).collect();
        assert!(examined(&others) == without(part), "{part:?}");
    }
}

#[test]
fn settings_are_refused_before_any_work() {
    let check = |change: fn(&mut AnalysisParams), message: &str| {
        let mut params = params();
        change(&mut params);
        let error = analyze(admission(), &params, &Machine::default()).unwrap_err();
        assert_eq!(error.to_string(), message);
        assert!(error.hint().is_some());
    };
    check(
        |params| params.duplicates.distance = 2.5,
        "`data.duplicate_distance` is 2.5; it must be from 0 to 2",
    );
    check(
        |params| params.metadata = vec![Variable::new("sex".to_owned(), &[None])],
        "the variable \"sex\" of the metadata has 1 values; the data have 96 samples",
    );
    check(
        |params| params.evaluation.n_folds = 61,
        "61 folds do not suit 60 subjects: at most that many folds are filled",
    );
}

#[test]
fn near_duplicate_subjects_can_count_as_one() {
    let n_groups = |merge_subjects| {
        let mut params = params();
        params.duplicates = DuplicateParams {
            distance: 0.4,
            merge_subjects,
        };
        let analysis = analyze(admission(), &params, &Machine::default()).unwrap();
        assert!(!analysis.duplicates.is_empty());
        analysis.evaluation.n_groups
    };
    assert_eq!(n_groups(false), 60);
    assert!(n_groups(true) < 60);
}

#[test]
fn a_distance_can_be_mapped_without_being_evaluated() {
    let mut params = params();
    params.evaluation.distances = vec![Distance::Cosine];
    params.map.distances = vec![Distance::Euclidean];
    let analysis = analyze(admission(), &params, &Machine::default()).unwrap();
    assert_eq!(analysis.evaluation.protocols[0].runs.len(), 1);
    assert_eq!(analysis.projections[0].distance, Distance::Euclidean);
}

#[test]
fn data_that_lack_labels_are_refused_where_these_are_needed() {
    let refused = |labelling: Labelling, protocols: &[Protocol]| {
        let mut admission = admission();
        admission.dataset = admission.dataset.with_labelling(labelling);
        let mut params = params();
        params.evaluation.protocols = protocols.to_vec();
        params.check(&admission.dataset).err()
    };
    let image_level = [Protocol::ImageLevel];
    assert_eq!(
        refused(Labelling::Bare, &image_level),
        Some(AnalysisError::Unlabelled)
    );
    assert_eq!(refused(Labelling::WithoutSubjects, &image_level), None);
    for protocol in [Protocol::SubjectGrouped, Protocol::LeaveOneSubjectOut] {
        let error = refused(
            Labelling::WithoutSubjects,
            &[protocol, Protocol::ImageLevel],
        );
        let protocol = protocol.name();
        assert_eq!(error, Some(AnalysisError::WithoutSubjects { protocol }));
    }
}

#[test]
fn two_classes_of_two_subjects_are_the_least() {
    let error_of = |subjects: [&str; 4]| {
        let mut cohort = RawCohort::default();
        for (row, subject) in subjects.into_iter().enumerate() {
            let ids = [["a", "b"][row / 2], subject, &row.to_string()].map(str::to_owned);
            cohort.push_values(ids, [1.0, row as f32], Stored::Exact);
        }
        let dataset = admit(cohort, OnInvalid::Error).unwrap().dataset;
        let mut params = params();
        params.evaluation.n_folds = 2;
        params.check_labels(&dataset).err()
    };
    assert_eq!(error_of(["1", "2", "3", "4"]), None);
    let few = |n_classes| Some(AnalysisError::FewSubjects { n_classes });
    assert_eq!(error_of(["1", "2", "3", "3"]), few(1));
    assert_eq!(error_of(["1", "1", "3", "3"]), few(0));
}
