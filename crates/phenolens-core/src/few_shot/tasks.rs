use super::{ClassSet, SIZES};
use crate::evaluation::Run;

/// One point of a curve, before anything is measured.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Task {
    /// Its place among all tasks.
    pub(super) index: usize,
    pub(super) class_set: ClassSet,
    /// Subjects of each class that teach.
    pub(super) size: usize,
    /// The classes that are told apart, rising.
    pub(super) classes: Vec<usize>,
    /// Subjects of each class, the first in the order of a drawing, that are never tested.
    pub(super) held_out: usize,
}

impl Task {
    /// Neighbors that vote.
    pub(super) fn k(&self, run: &Run) -> usize {
        run.k.min(self.size)
    }

    /// The number of each class in this task; `None` for those that take no part.
    pub(super) fn numbering(&self, n_classes: usize) -> Vec<Option<usize>> {
        let mut numbers = vec![None; n_classes];
        for (number, &class) in self.classes.iter().enumerate() {
            numbers[class] = Some(number);
        }
        numbers
    }
}

/// Every task that is possible, the fixed classes first, sizes rising.
///
/// * `n_subjects`: of each class.
pub(super) fn tasks(n_subjects: &[usize]) -> Vec<Task> {
    let larger_than = |size: usize| -> Vec<usize> {
        let classes = 0..n_subjects.len();
        classes.filter(|&class| n_subjects[class] > size).collect()
    };
    let with = |n_classes: usize| {
        let sizes = SIZES.into_iter().rev();
        sizes
            .into_iter()
            .find(|&size| larger_than(size).len() >= n_classes)
    };
    let half = n_subjects.len().div_ceil(2).max(2);
    let mut tasks = Vec::new();
    if let Some(greatest) = with(half).or_else(|| with(2)) {
        for size in SIZES.into_iter().filter(|&size| size <= greatest) {
            tasks.push(Task {
                index: tasks.len(),
                class_set: ClassSet::Fixed,
                size,
                classes: larger_than(greatest),
                held_out: greatest,
            });
        }
    }
    for size in SIZES {
        let classes = larger_than(size);
        if classes.len() >= 2 {
            tasks.push(Task {
                index: tasks.len(),
                class_set: ClassSet::Enough,
                size,
                classes,
                held_out: size,
            });
        }
    }
    tasks
}

/// The tasks by what they are taught with: those together that differ only in who is tested.
pub(super) fn same_training(tasks: &[Task]) -> Vec<Vec<&Task>> {
    let mut trainings: Vec<Vec<&Task>> = Vec::new();
    for task in tasks {
        let is_same = |other: &&mut Vec<&Task>| {
            (other[0].size, &other[0].classes) == (task.size, &task.classes)
        };
        match trainings.iter_mut().find(is_same) {
            Some(training) => training.push(task),
            None => trainings.push(vec![task]),
        }
    }
    trainings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(n_subjects: &[usize]) -> Vec<String> {
        let shown = |task: Task| {
            let (set, size, held_out) = (task.class_set.name(), task.size, task.held_out);
            format!("{set} {size} {:?} {held_out}", task.classes)
        };
        tasks(n_subjects).into_iter().map(shown).collect()
    }

    /// Half of five classes is three; three have more than 5 subjects, two more than 10.
    #[test]
    fn classes_need_more_subjects_than_are_drawn() {
        assert_eq!(
            shown(&[51, 2, 20, 6, 1]),
            [
                "fixed 1 [0, 2, 3] 5",
                "fixed 2 [0, 2, 3] 5",
                "fixed 5 [0, 2, 3] 5",
                "enough 1 [0, 1, 2, 3] 1",
                "enough 2 [0, 2, 3] 2",
                "enough 5 [0, 2, 3] 5",
                "enough 10 [0, 2] 10",
            ]
        );
    }

    #[test]
    fn equal_classes_are_taught_once() {
        let tasks = tasks(&[51, 2, 20, 6, 1]);
        let shown: Vec<Vec<usize>> = same_training(&tasks)
            .into_iter()
            .map(|training| training.iter().map(|task| task.index).collect())
            .collect();
        assert_eq!(shown, [vec![0], vec![1, 4], vec![2, 5], vec![3], vec![6]]);
    }

    /// Of six classes only two have two subjects: fewer than half.
    #[test]
    fn two_classes_are_enough_where_half_have_one_subject() {
        assert_eq!(
            shown(&[1, 3, 1, 3, 1, 1]),
            [
                "fixed 1 [1, 3] 2",
                "fixed 2 [1, 3] 2",
                "enough 1 [1, 3] 1",
                "enough 2 [1, 3] 2",
            ]
        );
        assert_eq!(shown(&[1, 30, 1]), Vec::<String>::new());
        assert_eq!(shown(&[2, 2]), ["fixed 1 [0, 1] 1", "enough 1 [0, 1] 1"]);
    }
}
