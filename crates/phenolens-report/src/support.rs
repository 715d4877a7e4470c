//! What a claim or a recommendation rests on.

use phenolens_core::diagnosis::{ConfusablePair, SuspicionReason};
use phenolens_core::evaluation::{
    DuplicateEffect, Measure, PerClass, ProtocolEvaluation, Removal, RemovalPoint, Rise, Run,
};
use phenolens_core::improvement::{Change, VariantResult};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::facts::Facts;
use crate::words;

/// A row of a table of the output folder, or several that agree in the columns named.
///
/// It names no subject and no sample, so that it may stand anywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Support {
    /// The table, without its ending.
    pub(crate) table: &'static str,
    /// What the row has in some columns, which tell it from the others.
    #[serde(serialize_with = "as_map")]
    pub(crate) row: Vec<(&'static str, String)>,
}

impl Support {
    pub(crate) fn new(table: &'static str) -> Support {
        Support {
            table,
            row: Vec::new(),
        }
    }

    /// A row of a classifier under a protocol.
    pub(crate) fn of_run(table: &'static str, part: &ProtocolEvaluation, run: &Run) -> Support {
        Support::new(table)
            .with("protocol", part.protocol.name())
            .with("distance", run.distance.name())
            .with("weights", run.weights.name())
    }

    /// The row of `summary.csv` of one measure.
    pub(crate) fn summary(part: &ProtocolEvaluation, run: &Run, measure: Measure) -> Support {
        Support::of_run("summary", part, run).with("measure", measure.name())
    }

    /// The row of a measured leak.
    pub(crate) fn leak(removal: &Removal, point: &RemovalPoint) -> Support {
        Support::new("leak_control")
            .with("protocol", removal.protocol.name())
            .with("distance", removal.distance.name())
            .with("weights", removal.weights.name())
            .with("k", point.k.to_string())
            .with("measure", point.measure.name())
    }

    /// One row for each cluster of near-duplicates.
    pub(crate) fn duplicates(facts: &Facts) -> Vec<Support> {
        let clusters = &facts.analysis.duplicate_clusters;
        let n_clusters = clusters.iter().copied().max().unwrap_or(0);
        let of_cluster =
            |cluster: usize| Support::new("duplicates").with("cluster", cluster.to_string());
        (1..=n_clusters).map(of_cluster).collect()
    }

    /// The row of an effect of near-duplicates.
    pub(crate) fn duplicate_effect(effect: &DuplicateEffect) -> Support {
        Support::new("duplicate_effects")
            .with("protocol", effect.protocol.name())
            .with("distance", effect.distance.name())
            .with("weights", effect.weights.name())
            .with("treatment", effect.treatment.name())
            .with("measure", effect.measure.name())
    }

    /// The row of a pair.
    pub(crate) fn pair(
        facts: &Facts,
        part: &ProtocolEvaluation,
        run: &Run,
        pair: &ConfusablePair,
    ) -> Support {
        Support::of_run("confusable_pairs", part, run)
            .with("class", facts.evaluated_id(pair.class))
            .with("other", facts.evaluated_id(pair.other))
    }

    /// The rows of the suspects that are named.
    pub(crate) fn suspects(part: &ProtocolEvaluation, run: &Run) -> Support {
        Support::of_run("suspects", part, run).with("reason", SuspicionReason::Both.name())
    }

    /// The row of a variant.
    pub(crate) fn improvement(result: &VariantResult, change: &Change) -> Support {
        Support::new("improvements")
            .with("variant", result.variant.name())
            .with("measure", change.measure.name())
    }

    /// The row of a class.
    pub(crate) fn class(
        facts: &Facts,
        part: &ProtocolEvaluation,
        run: &Run,
        class: &PerClass,
    ) -> Support {
        Support::of_run("per_class", part, run).with("class", facts.evaluated_id(class.class))
    }

    /// The row of a rise.
    pub(crate) fn rise(part: &ProtocolEvaluation, run: &Run, rise: &Rise) -> Support {
        Support::of_run("k_rise", part, run).with("measure", rise.measure.name())
    }

    pub(crate) fn with(mut self, column: &'static str, value: impl Into<String>) -> Support {
        self.row.push((column, value.into()));
        self
    }

    /// The table of the report that shows the row; `None` where only the file does.
    pub(crate) fn shown_in(&self, facts: &Facts) -> Option<&'static str> {
        let measure = self.row.iter().find(|(column, _)| *column == "measure");
        let is_of = |measure: Measure| {
            let (_, name) = self.row.iter().find(|(column, _)| *column == "measure")?;
            Some(name == measure.name())
        };
        match self.table {
            "summary" if is_of(facts.select_by()) == Some(true) => Some("headline"),
            "summary" if measure.is_some() => Some("measures"),
            "per_class" => Some("per-class"),
            "comparison" => {
                let mut shown = words::COMPARED.into_iter();
                shown
                    .any(|measure| is_of(measure) == Some(true))
                    .then_some("comparison")
            }
            "improvements" | "confusable_pairs" | "suspects" | "duplicates" => Some(self.table),
            _ => None,
        }
    }
}

fn as_map<S: Serializer>(row: &[(&'static str, String)], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(row.len()))?;
    for (column, value) in row {
        map.serialize_entry(column, value)?;
    }
    map.end()
}
