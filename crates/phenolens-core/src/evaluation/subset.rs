use super::{EvaluationError, EvaluationParams};
use crate::dataset::Dataset;
use crate::findings::{Finding, Severity};

/// The samples that are evaluated, with classes and groups numbered anew.
pub(super) struct Subset {
    /// Which samples of the dataset, rising.
    pub(super) samples: Vec<usize>,
    /// Where each sample of the dataset stands among them, shape `(dataset.n_samples(),)`.
    pub(super) positions: Vec<Option<usize>>,
    /// The ids of the evaluated classes, sorted.
    pub(super) class_names: Vec<String>,
    /// The class of every evaluated sample, an index into `class_names`.
    pub(super) classes: Vec<usize>,
    /// The unit of independence of every evaluated sample, from 0 without gaps.
    pub(super) groups: Vec<usize>,
    pub(super) n_groups: usize,
    /// Which classes are left out, and why.
    pub(super) findings: Vec<Finding>,
}

impl Subset {
    /// Leaves out the classes that the parameters exclude.
    ///
    /// * `groups`: the unit of independence of every sample of the dataset.
    pub(super) fn new(
        dataset: &Dataset,
        groups: &[usize],
        params: &EvaluationParams,
    ) -> Result<Subset, EvaluationError> {
        let names = dataset.class_names();
        if let Some(class) = params.exclude.iter().find(|class| !names.contains(class)) {
            return Err(EvaluationError::UnknownClass {
                class: class.clone(),
            });
        }
        let n_subjects = groups_per_class(dataset.classes(), groups, dataset.n_classes());
        let mut findings = Vec::new();
        let mut class_names = Vec::new();
        let mut new_index = vec![None; names.len()];
        for (class, name) in names.iter().enumerate() {
            let n_subjects = n_subjects[class];
            let reason = if params.exclude.contains(name) {
                "`data.exclude` names it".to_owned()
            } else if n_subjects < params.min_subjects {
                let least = params.min_subjects;
                format!("it has {n_subjects} subjects and `data.min_subjects` is {least}")
            } else {
                new_index[class] = Some(class_names.len());
                class_names.push(name.clone());
                continue;
            };
            let message = format!("the class is left out of the evaluation: {reason}");
            findings.push(Finding::new(Severity::Note, "class_left_out", message).of_class(name));
        }

        let classes = dataset.classes();
        let samples: Vec<usize> = (0..classes.len())
            .filter(|&sample| new_index[classes[sample]].is_some())
            .collect();
        let mut positions = vec![None; classes.len()];
        for (position, &sample) in samples.iter().enumerate() {
            positions[sample] = Some(position);
        }
        let classes: Vec<usize> = samples
            .iter()
            .filter_map(|&sample| new_index[classes[sample]])
            .collect();
        let mut used: Vec<usize> = samples.iter().map(|&sample| groups[sample]).collect();
        let all = used.clone();
        used.sort_unstable();
        used.dedup();
        let groups: Vec<usize> = all
            .iter()
            .map(|group| used.partition_point(|other| other < group))
            .collect();

        let n_classes = groups_per_class(&classes, &groups, class_names.len())
            .into_iter()
            .filter(|&n_groups| n_groups >= 2)
            .count();
        if n_classes < 2 {
            return Err(EvaluationError::FewClasses { n_classes });
        }
        let n_groups = used.len();
        Ok(Subset {
            samples,
            positions,
            class_names,
            classes,
            groups,
            n_groups,
            findings,
        })
    }

    pub(super) fn n_samples(&self) -> usize {
        self.samples.len()
    }

    pub(super) fn n_classes(&self) -> usize {
        self.class_names.len()
    }
}

/// How many groups have a sample of each class.
fn groups_per_class(classes: &[usize], groups: &[usize], n_classes: usize) -> Vec<usize> {
    let mut pairs: Vec<(usize, usize)> = classes
        .iter()
        .copied()
        .zip(groups.iter().copied())
        .collect();
    pairs.sort_unstable();
    pairs.dedup();
    let mut counts = vec![0; n_classes];
    for (class, _) in pairs {
        counts[class] += 1;
    }
    counts
}
