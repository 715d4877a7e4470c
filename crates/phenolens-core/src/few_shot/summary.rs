use super::tasks::Task;
use super::{BAND, ClassSet, LastStep, LearningCurve, LearningPoint, Measured, OverDraws, wanted};
use crate::evaluation::{EvaluationParams, Measure, Run};
use crate::statistics::percentile_interval;

/// The curve of one set of classes; `None` where no size is possible.
///
/// * `of_draws`: for each drawing its tasks.
pub(super) fn curve(
    run: &Run,
    class_set: ClassSet,
    tasks: &[Task],
    of_draws: &[Vec<Measured>],
    params: &EvaluationParams,
) -> Option<LearningCurve> {
    let of_set: Vec<(&Task, Vec<&Measured>)> = tasks
        .iter()
        .filter(|task| task.class_set == class_set)
        .map(|task| {
            (
                task,
                of_draws.iter().map(|tasks| &tasks[task.index]).collect(),
            )
        })
        .collect();
    let n_classes = of_set.first()?.0.classes.len();
    let last_steps = match (class_set, of_set.as_slice()) {
        (ClassSet::Fixed, [.., before, after]) => wanted(n_classes, params.select_by)
            .into_iter()
            .filter_map(|measure| last_step(measure, before, after))
            .collect(),
        _ => Vec::new(),
    };
    Some(LearningCurve {
        distance: run.distance,
        weights: run.weights,
        class_set,
        points: of_set
            .iter()
            .map(|(task, draws)| point(run, task, draws, params))
            .collect(),
        last_steps,
    })
}

fn point(run: &Run, task: &Task, draws: &[&Measured], params: &EvaluationParams) -> LearningPoint {
    let n_classes = task.classes.len();
    let mean_count = |count: fn(&Measured) -> usize| {
        draws.iter().map(|draw| count(draw)).sum::<usize>() as f64 / draws.len() as f64
    };
    let value = |measure: Measure| {
        let values: Vec<f64> = draws
            .iter()
            .filter_map(|draw| draw.measures.get(measure))
            .collect();
        let (mean, sd) = mean_and_sd(&values)?;
        Some(OverDraws {
            measure,
            mean,
            sd,
            band: percentile_interval(values, BAND)?,
            chance: chance(measure, n_classes),
        })
    };
    LearningPoint {
        subjects_per_class: task.size,
        k: task.k(run),
        n_classes,
        n_training: mean_count(|draw| draw.n_training),
        n_tested: mean_count(|draw| draw.n_tested),
        values: wanted(n_classes, params.select_by)
            .into_iter()
            .filter_map(value)
            .collect(),
    }
}

fn last_step(
    measure: Measure,
    before: &(&Task, Vec<&Measured>),
    after: &(&Task, Vec<&Measured>),
) -> Option<LastStep> {
    let pairs = before.1.iter().zip(&after.1);
    let differences: Vec<f64> = pairs
        .filter_map(|(before, after)| {
            Some(after.measures.get(measure)? - before.measures.get(measure)?)
        })
        .collect();
    let (difference, sd) = mean_and_sd(&differences)?;
    Some(LastStep {
        measure,
        from: before.0.size,
        to: after.0.size,
        difference,
        sd,
        n_rising: differences.iter().filter(|&&step| step > 0.0).count(),
        n_falling: differences.iter().filter(|&&step| step < 0.0).count(),
        n_draws: differences.len(),
        band: percentile_interval(differences, BAND)?,
    })
}

/// What guessing gives for measures whose chance level is a function of the number of classes.
fn chance(measure: Measure, n_classes: usize) -> Option<f64> {
    let n = n_classes as f64;
    match measure {
        Measure::Accuracy
        | Measure::BalancedAccuracy
        | Measure::RecallMacro
        | Measure::F1Micro
        | Measure::Top1 => Some(1.0 / n),
        Measure::Top2 => Some((2.0 / n).min(1.0)),
        Measure::Top3 => Some((3.0 / n).min(1.0)),
        Measure::Top4 => Some((4.0 / n).min(1.0)),
        Measure::Top5 => Some((5.0 / n).min(1.0)),
        Measure::AucMacro | Measure::AucWeighted | Measure::AucMicro => Some(0.5),
        Measure::Mcc => Some(0.0),
        _ => None,
    }
}

/// Mean and population standard deviation; `None` of no values.
fn mean_and_sd(values: &[f64]) -> Option<(f64, f64)> {
    if values.is_empty() {
        return None;
    }
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values
        .iter()
        .map(|value| (value - mean) * (value - mean))
        .sum::<f64>()
        / n;
    Some((mean, variance.sqrt()))
}
