//! What measures are called and what they mean.

use phenolens_core::evaluation::Measure;

/// The name of a measure inside a sentence: `macro F1`.
pub(crate) fn name(measure: Measure) -> &'static str {
    match measure {
        Measure::Accuracy => "accuracy",
        Measure::BalancedAccuracy => "balanced accuracy",
        Measure::PrecisionMacro => "macro precision",
        Measure::RecallMacro => "macro recall",
        Measure::F1Macro => "macro F1",
        Measure::F1Weighted => "weighted F1",
        Measure::F1Micro => "micro F1",
        Measure::AucMacro => "macro AUC",
        Measure::AucWeighted => "weighted AUC",
        Measure::AucMicro => "micro AUC",
        Measure::ApMacro => "macro average precision",
        Measure::Top1 => "top-1 accuracy",
        Measure::Top2 => "top-2 accuracy",
        Measure::Top3 => "top-3 accuracy",
        Measure::Top4 => "top-4 accuracy",
        Measure::Top5 => "top-5 accuracy",
        Measure::Mrr => "mean reciprocal rank",
        Measure::Mcc => "Matthews correlation",
        Measure::LogLoss => "log loss",
        Measure::Brier => "Brier score",
    }
}

/// What a measure says, in a few words.
pub(super) fn meaning(measure: Measure, class: &str) -> String {
    match measure {
        Measure::Accuracy => "share of predictions that are right".to_owned(),
        Measure::BalancedAccuracy => format!("mean recall over the {class} present"),
        Measure::PrecisionMacro => format!("right among those predicted, mean over {class}"),
        Measure::RecallMacro => format!("right among those that are, mean over {class}"),
        Measure::F1Macro => {
            format!("harmonic mean of precision and recall, mean over {class}")
        }
        Measure::F1Weighted => format!("the same, {class} weighted by size"),
        Measure::F1Micro => "F1 of all decisions pooled; equals accuracy here".to_owned(),
        Measure::AucMacro => {
            format!("area under the ROC curve, one against rest, mean over {class}")
        }
        Measure::AucWeighted => format!("the same, {class} weighted by size"),
        Measure::AucMicro => "area under the ROC curve of all decisions pooled".to_owned(),
        Measure::ApMacro => format!("average precision, mean over {class}"),
        Measure::Top1 => "truth ranked first".to_owned(),
        Measure::Top2 => "truth among the first 2".to_owned(),
        Measure::Top3 => "truth among the first 3".to_owned(),
        Measure::Top4 => "truth among the first 4".to_owned(),
        Measure::Top5 => "truth among the first 5".to_owned(),
        Measure::Mrr => "mean of 1 / rank of the truth".to_owned(),
        Measure::Mcc => "correlation of truth and prediction".to_owned(),
        Measure::LogLoss => "mean of −ln(score of the truth)".to_owned(),
        Measure::Brier => "mean squared distance of the scores from the truth".to_owned(),
    }
}

/// Does the measure count every class the same, whatever its size?
pub(super) fn counts_classes_alike(measure: Measure) -> bool {
    matches!(
        measure,
        Measure::BalancedAccuracy
            | Measure::PrecisionMacro
            | Measure::RecallMacro
            | Measure::F1Macro
            | Measure::AucMacro
            | Measure::ApMacro
    )
}

/// The range of a measure, from worst to best.
pub(super) fn worst_to_best(measure: Measure) -> &'static str {
    match measure {
        Measure::LogLoss => "34.5 to 0",
        Measure::Brier => "2 to 0",
        Measure::Mcc => "−1 to 1",
        _ => "0 to 1",
    }
}
