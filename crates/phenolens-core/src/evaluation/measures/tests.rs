use super::*;

fn place(n_ahead: usize, n_tied: usize) -> Place {
    Place { n_ahead, n_tied }
}

/// Four samples, three classes, four voters each; class 2 is never predicted and never the truth.
fn four_by_hand() -> Votes {
    Votes {
        n_classes: 3,
        truth: vec![0, 0, 1, 1],
        predicted: vec![0, 1, 1, 1],
        places: vec![place(0, 1), place(1, 2), place(0, 1), place(0, 1)],
        scores: vec![
            0.75, 0.25, 0.0, //
            0.0, 1.0, 0.0, //
            0.25, 0.75, 0.0, //
            0.25, 0.5, 0.25,
        ],
    }
}

fn measures_of(votes: &Votes, multiplicities: &[u32]) -> Measures {
    Scorer::new(votes).measures(multiplicities, &mut Workspace::default())
}

#[test]
fn four_samples_by_hand() {
    let measures = measures_of(&four_by_hand(), &[1, 1, 1, 1]);
    let check = |measure: Measure, expected: f64| {
        let value = measures.get(measure).expect("four samples define it");
        // Two roundings of numbers up to 35.
        assert!(
            (value - expected).abs() < 1e-14,
            "{measure:?}: {value}, not {expected}"
        );
    };
    check(Measure::Accuracy, 3.0 / 4.0);
    // Recalls 1/2 and 1; class 2 is absent.
    check(Measure::BalancedAccuracy, 3.0 / 4.0);
    check(Measure::RecallMacro, 1.5 / 3.0);
    // Precisions 1, 2/3 and, of nothing predicted, 0.
    check(Measure::PrecisionMacro, (1.0 + 2.0 / 3.0) / 3.0);
    // F1 2/3, 4/5, 0.
    check(Measure::F1Macro, (2.0 / 3.0 + 4.0 / 5.0) / 3.0);
    check(Measure::F1Weighted, (2.0 / 3.0 + 4.0 / 5.0) / 2.0);
    check(Measure::F1Micro, 3.0 / 4.0);
    // Class 0: 3/4 beats both 1/4, 0 beats none: 2 of 4. Class 1: 1/4 and 1 against 3/4 and 1/2:
    // each beats 1/4 alone: 2 of 4.
    check(Measure::AucMacro, 1.0 / 2.0);
    check(Measure::AucWeighted, 1.0 / 2.0);
    // Positives 3/4 3/4 1/2 0, negatives 1, 1/4 (4 times), 0 (3 times): wins 7, 7, 7 and 3 halves.
    check(Measure::AucMicro, 22.5 / 32.0);
    // Class 0: precision 1 at 3/4, then 2/4 at 0. Class 1: 1/2 at 3/4, 2/3 at 1/2.
    check(
        Measure::ApMacro,
        ((1.0 + 0.5) / 2.0 + (1.0 / 2.0 + 2.0 / 3.0) / 2.0) / 2.0,
    );
    check(Measure::Top1, 3.0 / 4.0);
    check(Measure::Top2, 3.5 / 4.0);
    check(Measure::Top3, 1.0);
    check(Measure::Top5, 1.0);
    check(Measure::Mrr, (3.0 + (1.0 / 2.0 + 1.0 / 3.0) / 2.0) / 4.0);
    // Truth 2 2 0, predicted 1 3 0, right 3: (12 - 8) / √((16 - 8) (16 - 10)).
    check(Measure::Mcc, 4.0 / 48.0_f64.sqrt());
    // -ln of 3/4, nothing, 3/4, 1/2.
    check(
        Measure::LogLoss,
        (2.0 * 0.287_682_072_451_780_9 + 34.538_776_394_910_684 + core::f64::consts::LN_2) / 4.0,
    );
    // 2 · 1/16, 2, 2 · 1/16, 1/16 + 1/4 + 1/16.
    check(Measure::Brier, (0.125 + 2.0 + 0.125 + 0.375) / 4.0);
}

#[test]
fn measures_of_nothing_are_undefined() {
    let measures = measures_of(&four_by_hand(), &[0, 0, 0, 0]);
    assert_eq!(measures, Measures([None; 20]));
}
