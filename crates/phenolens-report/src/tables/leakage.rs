//! Tables of the audit of leaks.

use phenolens_core::analysis::Analysis;

use super::sheet::Sheet;

/// `leakage.csv`: every measure at every k with and without training samples of the tested subject.
pub(super) fn leakage(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = [
        "protocol",
        "distance",
        "weights",
        "k",
        "measure",
        "leaky",
        "clean",
        "difference",
        "ci_low",
        "ci_high",
        "seeds",
    ];
    let mut sheet = Sheet::new(header, 0)?;
    for removal in analysis.leakage.iter().flat_map(|of| &of.removals) {
        for point in &removal.points {
            sheet.word(removal.protocol.name())?;
            sheet.word(removal.distance.name())?;
            sheet.word(removal.weights.name())?;
            sheet.count(point.k)?;
            sheet.word(point.measure.name())?;
            sheet.number(point.leaky)?;
            sheet.number(point.clean)?;
            sheet.number(point.difference)?;
            sheet.optional(point.interval.map(|interval| interval.low))?;
            sheet.optional(point.interval.map(|interval| interval.high))?;
            sheet.count(removal.n_seeds)?;
            sheet.end_row()?;
        }
    }
    sheet.finish()
}

/// `leak_control.csv`: the same against a removal that the tested subject has no part in.
pub(super) fn leak_control(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = [
        "protocol", "distance", "weights", "k", "measure", "control", "clean", "leak", "ci_low",
        "ci_high", "seeds", "p_value",
    ];
    let mut sheet = Sheet::new(header, 0)?;
    for removal in analysis.leakage.iter().flat_map(|of| &of.removals) {
        for point in &removal.points {
            let Some(control) = point.control else {
                continue;
            };
            sheet.word(removal.protocol.name())?;
            sheet.word(removal.distance.name())?;
            sheet.word(removal.weights.name())?;
            sheet.count(point.k)?;
            sheet.word(point.measure.name())?;
            sheet.number(control.value)?;
            sheet.number(point.clean)?;
            sheet.number(control.leak)?;
            sheet.optional(control.interval.map(|interval| interval.low))?;
            sheet.optional(control.interval.map(|interval| interval.high))?;
            sheet.count(removal.n_seeds)?;
            sheet.optional(control.p_value)?;
            sheet.end_row()?;
        }
    }
    sheet.finish()
}

/// `duplicates.csv`: every pair of near-duplicates with its cluster, nearest first.
pub(super) fn duplicates(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = [
        "cluster",
        "class",
        "subject",
        "sample",
        "other_class",
        "other_subject",
        "other_sample",
        "cosine",
        "euclidean",
    ];
    let mut sheet = Sheet::new(header, 0)?;
    let clusters = &analysis.duplicate_clusters;
    for (pair, &cluster) in analysis.duplicates.iter().zip(clusters) {
        sheet.count(cluster)?;
        sheet.ids(analysis.dataset.id(pair.first))?;
        sheet.ids(analysis.dataset.id(pair.second))?;
        sheet.number(pair.cosine)?;
        sheet.number(pair.euclidean)?;
        sheet.end_row()?;
    }
    sheet.finish()
}

/// `duplicate_effects.csv`: the headline with each cluster of near-duplicates as one subject.
pub(super) fn duplicate_effects(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = [
        "protocol",
        "distance",
        "weights",
        "k",
        "treatment",
        "measure",
        "apart",
        "merged",
        "difference",
        "ci_low",
        "ci_high",
    ];
    let mut sheet = Sheet::new(header, 0)?;
    for effect in analysis.leakage.iter().flat_map(|of| &of.duplicates) {
        sheet.word(effect.protocol.name())?;
        sheet.word(effect.distance.name())?;
        sheet.word(effect.weights.name())?;
        sheet.count(effect.k)?;
        sheet.word(effect.treatment.name())?;
        sheet.word(effect.measure.name())?;
        sheet.number(effect.apart)?;
        sheet.number(effect.merged)?;
        sheet.number(effect.difference)?;
        sheet.optional(effect.interval.map(|interval| interval.low))?;
        sheet.optional(effect.interval.map(|interval| interval.high))?;
        sheet.end_row()?;
    }
    sheet.finish()
}

/// `exposure.csv`: test samples with something of themselves in training, against the others.
pub(super) fn exposure(analysis: &Analysis) -> csv::Result<Vec<u8>> {
    let header = [
        "protocol",
        "distance",
        "weights",
        "k",
        "exposed_to",
        "n_exposed",
        "accuracy_exposed",
        "n_others",
        "accuracy_others",
    ];
    let mut sheet = Sheet::new(header, 0)?;
    for exposure in analysis.leakage.iter().flat_map(|of| &of.exposures) {
        sheet.word(exposure.protocol.name())?;
        sheet.word(exposure.distance.name())?;
        sheet.word(exposure.weights.name())?;
        sheet.count(exposure.k)?;
        sheet.word(exposure.to.name())?;
        sheet.count(exposure.n_exposed)?;
        sheet.optional(exposure.accuracy_exposed())?;
        sheet.count(exposure.n_others)?;
        sheet.optional(exposure.accuracy_others())?;
        sheet.end_row()?;
    }
    sheet.finish()
}
