use serde::Serialize;

/// A measure of classification; the names are those of all tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Share of samples predicted right.
    Accuracy,
    /// Mean recall over the classes that are present.
    BalancedAccuracy,
    /// Mean precision over all classes.
    PrecisionMacro,
    /// Mean recall over all classes.
    RecallMacro,
    /// Mean F1 over all classes.
    F1Macro,
    /// Mean F1 weighted by class size.
    F1Weighted,
    /// F1 of all decisions pooled; for one label per sample the accuracy.
    F1Micro,
    /// Mean one-against-rest area under the ROC curve.
    AucMacro,
    /// The same weighted by class size.
    AucWeighted,
    /// Area under the ROC curve of all (sample, class) decisions pooled.
    AucMicro,
    /// Mean average precision over classes.
    ApMacro,
    /// Share of samples whose class is ranked first.
    Top1,
    /// Share of samples whose class is among the first 2.
    Top2,
    /// Share of samples whose class is among the first 3.
    Top3,
    /// Share of samples whose class is among the first 4.
    Top4,
    /// Share of samples whose class is among the first 5.
    Top5,
    /// Mean of 1 / rank of the true class.
    Mrr,
    /// Matthews correlation coefficient, many classes.
    Mcc,
    /// Mean of -ln(score of the true class), scores clipped at 1e-15.
    LogLoss,
    /// Mean squared distance of the scores from the truth, from 0 to 2.
    Brier,
}

impl Measure {
    /// Every measure, in the order of the tables.
    pub const ALL: [Measure; 20] = [
        Measure::Accuracy,
        Measure::BalancedAccuracy,
        Measure::PrecisionMacro,
        Measure::RecallMacro,
        Measure::F1Macro,
        Measure::F1Weighted,
        Measure::F1Micro,
        Measure::AucMacro,
        Measure::AucWeighted,
        Measure::AucMicro,
        Measure::ApMacro,
        Measure::Top1,
        Measure::Top2,
        Measure::Top3,
        Measure::Top4,
        Measure::Top5,
        Measure::Mrr,
        Measure::Mcc,
        Measure::LogLoss,
        Measure::Brier,
    ];

    /// The name in tables and settings, such as `f1_macro`.
    pub fn name(self) -> &'static str {
        match self {
            Measure::Accuracy => "accuracy",
            Measure::BalancedAccuracy => "balanced_accuracy",
            Measure::PrecisionMacro => "precision_macro",
            Measure::RecallMacro => "recall_macro",
            Measure::F1Macro => "f1_macro",
            Measure::F1Weighted => "f1_weighted",
            Measure::F1Micro => "f1_micro",
            Measure::AucMacro => "auc_macro",
            Measure::AucWeighted => "auc_weighted",
            Measure::AucMicro => "auc_micro",
            Measure::ApMacro => "ap_macro",
            Measure::Top1 => "top1",
            Measure::Top2 => "top2",
            Measure::Top3 => "top3",
            Measure::Top4 => "top4",
            Measure::Top5 => "top5",
            Measure::Mrr => "mrr",
            Measure::Mcc => "mcc",
            Measure::LogLoss => "log_loss",
            Measure::Brier => "brier",
        }
    }

    /// The measure of that name.
    pub fn from_name(name: &str) -> Option<Measure> {
        Measure::ALL
            .into_iter()
            .find(|measure| measure.name() == name)
    }

    /// Whether a greater value is better; false for log loss and Brier score.
    pub fn higher_is_better(self) -> bool {
        !matches!(self, Measure::LogLoss | Measure::Brier)
    }
}

/// A value per measure; `None` where the measure is undefined on the rows at hand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measures(pub [Option<f64>; Measure::ALL.len()]);

impl Measures {
    /// No measure is defined.
    pub const UNDEFINED: Measures = Measures([None; Measure::ALL.len()]);

    /// The value of one measure.
    pub fn get(&self, measure: Measure) -> Option<f64> {
        self.0[measure as usize]
    }

    /// Gives one measure a value.
    pub fn set(&mut self, measure: Measure, value: f64) {
        self.0[measure as usize] = Some(value);
    }
}

/// Some of the measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MeasureSet(u32);

impl MeasureSet {
    /// Every measure.
    pub const ALL: MeasureSet = MeasureSet((1 << Measure::ALL.len()) - 1);

    /// Whether a measure is among them.
    pub fn contains(self, measure: Measure) -> bool {
        self.0 >> measure as u32 & 1 == 1
    }

    /// Whether one of them reads the place of the truth.
    pub fn reads_places(self) -> bool {
        PLACE_MEASURES
            .into_iter()
            .any(|measure| self.contains(measure))
    }

    /// Whether one of them reads more of a prediction than its class and the place of the truth:
    /// the scores, of which there are many.
    pub fn reads_scores(self) -> bool {
        let reads_scores = [
            Measure::AucMacro,
            Measure::AucWeighted,
            Measure::AucMicro,
            Measure::ApMacro,
            Measure::LogLoss,
            Measure::Brier,
        ];
        reads_scores
            .into_iter()
            .any(|measure| self.contains(measure))
    }
}

/// The measures that are means over samples of a value of the truth's place.
pub(super) const PLACE_MEASURES: [Measure; 6] = [
    Measure::Top1,
    Measure::Top2,
    Measure::Top3,
    Measure::Top4,
    Measure::Top5,
    Measure::Mrr,
];

impl FromIterator<Measure> for MeasureSet {
    fn from_iter<T: IntoIterator<Item = Measure>>(measures: T) -> MeasureSet {
        let add = |set, measure| set | 1 << measure as u32;
        MeasureSet(measures.into_iter().fold(0, add))
    }
}
