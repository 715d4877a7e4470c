use phenolens_core::evaluation::{Interval, Protocol, Weights};
use phenolens_core::neighbors::Distance;

use super::*;
use crate::document::{Document, Numbering, Section, Span};
use crate::test_support;

/// Two variants: one of the given difference, interval and corrected p-value, one that spans zero.
fn improvement(difference: f64, [low, high]: [f64; 2], p_holm: f64) -> Improvement {
    let change = |measure, difference: f64, interval: Interval, p_holm| Change {
        measure,
        value: 0.75 + difference,
        difference,
        interval: Some(interval),
        p_value: Some(p_holm / 2.0),
        p_holm: Some(p_holm),
    };
    let spans_zero = Interval {
        low: -0.01,
        high: 0.02,
    };
    let result = |variant: Variant, difference, interval, p_holm| VariantResult {
        variant,
        k: variant.has_neighbors().then_some(9),
        predicted: Vec::new(),
        changes: [Measure::F1Macro, Measure::Accuracy]
            .map(|measure| change(measure, difference, interval, p_holm))
            .to_vec(),
    };
    Improvement {
        protocol: Protocol::SubjectGrouped,
        distance: Distance::Cosine,
        weights: Weights::Uniform,
        k: 9,
        n_components: vec![2, 3],
        variants: vec![
            result(Variant::PcaWhitening, 0.005, spans_zero, 1.0),
            result(Variant::Lda, difference, Interval { low, high }, p_holm),
        ],
    }
}

/// The text of the section and of the recommendation, tables by their captions and cells.
fn said(improvement: Option<Improvement>, confidence: f64) -> (String, Option<String>) {
    let mut analysis = test_support::analysis();
    analysis.improvement = improvement;
    analysis.params.evaluation.confidence = confidence;
    let context = test_support::context();
    let facts = Facts::new(&analysis, &context);
    let words = |text: &Text| -> String {
        let word = |span: &Span| Numbering::default().resolve(span);
        text.0.iter().map(word).collect()
    };
    let document = Document {
        title: String::new(),
        subtitle: String::new(),
        sections: vec![Section {
            id: "improvement",
            heading: "What would mend it, measured".to_owned(),
            blocks: blocks(&facts),
        }],
    };
    let said = document.blocks().map(|block| match block {
        Block::Paragraph(text) => words(text),
        Block::Table(table) => {
            let rows = table.rows.iter().map(|row| row.join(" | "));
            rows.collect::<Vec<_>>().join("\n")
        }
        other => panic!("{other:?}"),
    });
    let section = said.collect::<Vec<_>>().join("\n");
    let recommended = recommendation(&facts);
    let is_supported = |one: &Recommendation| !one.supports.is_empty();
    assert!(recommended.iter().all(is_supported));
    (section, recommended.map(|one| words(&one.text)))
}

#[test]
fn a_gain_that_is_decided_is_named_and_recommended() {
    let (section, recommended) = said(Some(improvement(0.042, [0.024, 0.061], 0.004)), 0.95);
    assert!(
        section.contains(
            "Better than the plain classifier in macro F1: linear discriminant analysis (macro F1 \
             4.2 points higher, 95% interval [+2.4, +6.1], p = 0.004 after Holm's correction)."
        ),
        "{section}"
    );
    assert!(section.contains("Undecided: 1 of 2 variants"), "{section}");
    assert!(section.contains("2 to 3 of 4 dimensions"), "{section}");
    assert!(
        section.contains("Linear discriminant analysis | 0.792 | +4.2 | [+2.4, +6.1] | 0.004"),
        "{section}"
    );
    let recommended = recommended.expect("a row supports it");
    assert!(
        recommended.contains("Use linear discriminant analysis"),
        "{recommended}"
    );
}

#[test]
fn nothing_is_recommended_without_a_row_that_supports_it() {
    let spans = improvement(0.042, [-0.001, 0.061], 0.004);
    let uncorrected = improvement(0.042, [0.024, 0.061], 0.051);
    let loss = improvement(-0.042, [-0.061, -0.024], 0.004);
    for improvement in [&spans, &uncorrected, &loss] {
        let (section, recommended) = said(Some(improvement.clone()), 0.95);
        assert!(section.contains("No variant is better"), "{section}");
        assert_eq!(recommended, None);
    }
    let (section, _) = said(Some(loss), 0.95);
    assert!(
        section.contains("Worse in macro F1: linear discriminant analysis"),
        "{section}"
    );
    // The limit is that of the confidence.
    let (_, recommended) = said(Some(uncorrected), 0.9);
    assert!(recommended.is_some());
}

#[test]
fn what_is_not_measured_is_said() {
    let (section, recommended) = said(None, 0.95);
    assert!(
        section.starts_with("Not measured: that is done up to 4,000 images"),
        "{section}"
    );
    assert_eq!(recommended, None);
}
