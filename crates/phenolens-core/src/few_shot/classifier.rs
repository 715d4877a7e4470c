use super::draws::Draw;
use super::tasks::Task;
use super::wanted;
use crate::evaluation::{
    Evaluated, EvaluationParams, MeasureSet, Measures, NeighborLists, Run, Scorer, VotingRule,
    Workspace, vote_on,
};
use crate::neighbors::{Neighbor, Neighbors, Scaling, nearest_among};

/// One classifier of the headline protocol.
pub(super) struct Classifier<'a> {
    pub(super) evaluated: &'a Evaluated<'a>,
    pub(super) table: &'a Neighbors,
    pub(super) scaling: Scaling<'a>,
    pub(super) run: &'a Run,
    pub(super) params: &'a EvaluationParams,
}

/// One drawing of one task.
pub(super) struct Measured {
    pub(super) n_training: usize,
    pub(super) n_tested: usize,
    pub(super) measures: Measures,
}

impl Classifier<'_> {
    /// Every task in one drawing, by their index.
    pub(super) fn measure(&self, trainings: &[Vec<&Task>], draw: &Draw) -> Vec<Measured> {
        let evaluated = self.evaluated;
        let mut lessons: Vec<Lesson> = trainings
            .iter()
            .map(|tasks| Lesson::new(evaluated, tasks, draw, tasks[0].k(self.run)))
            .collect();
        let mut found = Vec::new();
        // Sample by sample, so that its row of the table is fetched once for all lessons.
        for (position, &sample) in evaluated.samples.iter().enumerate() {
            if !lessons.iter().any(|lesson| lesson.is_tested(position)) {
                continue;
            }
            let group = name(evaluated.groups[position]);
            for lesson in lessons
                .iter_mut()
                .filter(|lesson| lesson.is_tested(position))
            {
                if self.nearest_by_table(lesson, sample, group, &mut found) {
                    lesson.positions.push(position);
                    lesson.lists.push(&found);
                } else {
                    lesson.beyond_table.push(position);
                }
            }
        }
        for lesson in &mut lessons {
            self.search_beyond_table(lesson);
        }
        let mut measured: Vec<(usize, Measured)> = lessons
            .into_iter()
            .flat_map(|lesson| self.vote(lesson))
            .collect();
        measured.sort_by_key(|(index, _)| *index);
        measured.into_iter().map(|(_, measured)| measured).collect()
    }

    /// The `lesson.k` nearest teachers of a sample that are not of its own group, in `found`; whether
    /// the table surely holds them. Few samples teach, so that it seldom does.
    fn nearest_by_table(
        &self,
        lesson: &Lesson,
        sample: usize,
        group: u32,
        found: &mut Vec<Neighbor>,
    ) -> bool {
        let table = self.table;
        let row = table.indices(sample).iter().zip(table.values(sample));
        let row = row.map(|(&other, &value)| Neighbor {
            sample: other as usize,
            value,
        });
        let teaching = row.filter(|neighbor| lesson.teaches(neighbor.sample, group));
        found.clear();
        found.extend(teaching.take(lesson.k));
        let is_whole_row = table.is_whole();
        found.len() == lesson.k || is_whole_row
    }

    /// Finds the neighbors of the samples that the table holds too few of, among all teachers.
    fn search_beyond_table(&self, lesson: &mut Lesson) {
        let evaluated = self.evaluated;
        let positions = std::mem::take(&mut lesson.beyond_table);
        let samples: Vec<usize> = positions.iter().map(|&p| evaluated.samples[p]).collect();
        let may_teach = |place: usize, other: usize| {
            lesson.teaches(other, name(evaluated.groups[positions[place]]))
        };
        let (teaching, k) = (&lesson.teaching, lesson.k);
        let found = nearest_among(&self.scaling, &samples, teaching, k, may_teach);
        for list in &found {
            lesson.lists.push(&self.scaling.keys().neighbors(list));
        }
        lesson.positions.extend(positions);
    }

    /// Lets the teachers that were found vote, and measures each task on its own test samples.
    fn vote(&self, lesson: Lesson) -> Vec<(usize, Measured)> {
        let Lesson {
            tasks,
            k,
            teaching,
            tested,
            positions,
            lists,
            ..
        } = lesson;
        let evaluated = self.evaluated;
        let n_classes = tasks[0].classes.len();
        let numbers = tasks[0].numbering(evaluated.n_classes);
        let number = |position: usize| numbers[evaluated.classes[position]];
        // Of every sample of the dataset; those without a number never vote.
        let classes: Vec<usize> = evaluated
            .positions
            .iter()
            .map(|position| position.and_then(number).unwrap_or(usize::MAX))
            .collect();
        let truth: Vec<usize> = positions
            .iter()
            .map(|&position| classes[evaluated.samples[position]])
            .collect();
        let rule = VotingRule {
            n_classes,
            k,
            weights: self.run.weights,
            ties: self.params.ties,
        };
        let votes = vote_on(&lists, &truth, &classes, &rule);
        let scorer = Scorer::new(&votes);
        let wanted: MeasureSet = wanted(n_classes, self.params.select_by)
            .into_iter()
            .collect();
        let mut workspace = Workspace::default();
        let measured = |(task, tested): (&&Task, Vec<bool>)| {
            let is_tested = positions
                .iter()
                .map(|&position| u32::from(tested[position]));
            let multiplicities: Vec<u32> = is_tested.collect();
            let measured = Measured {
                n_training: teaching.len(),
                n_tested: multiplicities.iter().sum::<u32>() as usize,
                measures: scorer.measures_of(wanted, &multiplicities, &mut workspace),
            };
            (task.index, measured)
        };
        tasks.iter().zip(tested).map(measured).collect()
    }
}

/// One training set, and what its vote is found from.
struct Lesson<'a> {
    /// They differ only in who is tested.
    tasks: &'a [&'a Task],
    /// Neighbors that vote.
    k: usize,
    /// The samples that teach, rising.
    teaching: Vec<usize>,
    /// The [`name`] of the group of every sample of the dataset that teaches, [`NOBODY`] for the
    /// others.
    teachers: Vec<u32>,
    /// For each task whether each position is tested.
    tested: Vec<Vec<bool>>,
    /// The positions that are tested in some task and of which the table holds too few teachers.
    beyond_table: Vec<usize>,
    /// The others, and in the end those too.
    positions: Vec<usize>,
    /// Their nearest teachers.
    lists: NeighborLists,
}

/// No group has this name.
const NOBODY: u32 = u32::MAX;

/// A group in few bytes: the names of all samples are read at every step along a row of the table.
fn name(group: usize) -> u32 {
    u32::try_from(group).expect("neighbor tables index samples by u32")
}

impl<'a> Lesson<'a> {
    fn new(evaluated: &Evaluated, tasks: &'a [&'a Task], draw: &Draw, k: usize) -> Lesson<'a> {
        let first = tasks[0];
        let numbers = first.numbering(evaluated.n_classes);
        let takes_part = |position: usize| numbers[evaluated.classes[position]].is_some();
        let tested = |task: &&Task| {
            let may_be_tested =
                |position: usize| takes_part(position) && draw.place(position) >= task.held_out;
            draw.tested(&evaluated.classes, may_be_tested)
        };
        let mut teachers = vec![NOBODY; evaluated.positions.len()];
        let mut teaching = Vec::new();
        for (position, &sample) in evaluated.samples.iter().enumerate() {
            if takes_part(position) && draw.place(position) < first.size {
                teachers[sample] = name(evaluated.groups[position]);
                teaching.push(sample);
            }
        }
        Lesson {
            tasks,
            k,
            teaching,
            teachers,
            tested: tasks.iter().map(tested).collect(),
            beyond_table: Vec::new(),
            positions: Vec::new(),
            lists: NeighborLists::empty(),
        }
    }

    /// Whether a sample of the dataset may teach one of `group`: a group may stand in two classes, and
    /// be drawn in one of them only.
    fn teaches(&self, sample: usize, group: u32) -> bool {
        let teacher = self.teachers[sample];
        teacher != NOBODY && teacher != group
    }

    fn is_tested(&self, position: usize) -> bool {
        self.tested.iter().any(|tested| tested[position])
    }
}
