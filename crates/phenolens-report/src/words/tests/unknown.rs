//! Unknown classes in words.

use phenolens_core::cohort::Labelling;
use phenolens_core::open_set::OpenSetDistance;

use super::*;

fn with_unknown(change: impl Fn(&mut OpenSetDistance)) -> Analysis {
    let mut analysis = test_support::analysis();
    let open_set = analysis.open_set.as_mut().expect("three classes");
    open_set.distances.iter_mut().for_each(change);
    analysis
}

/// Cosine: 0.75 give or take 0.0625, and the classes from 0.8125 down.
#[test]
fn unknown_classes_by_hand() {
    check(
        &test_support::analysis(),
        &[
            "## Unknown syndromes",
            "By cosine distance an image of an unknown syndrome is farther from its nearest neighbor \
             than one of a known syndrome with probability 0.750 [0.688, 0.812] (AUROC; mean over 3 \
             syndromes, 95% interval over them",
            "an unknown syndrome does look farther away.",
            "300000018 is noticed least (0.729), 300000002 most (0.812).",
            "By euclidean distance the AUROC is 0.688 [0.625, 0.750].",
            "56.2% of the known ones are rejected or taken for another syndrome (false-negative \
             identification rate 0.562 [0.500, 0.625]); 25.0% are taken for another one without any \
             threshold, and 92.5% would be missed if the distance said nothing.",
            "One threshold for all, 0.406, accepts 9.4% of the unknown images in the mean over \
             syndromes, and 18.8% of those of Example syndrome; of a syndrome that had no part in \
             choosing it, 12.5% in the mean. It misses 65.6% of the known ones.",
            "**Allow for unknown syndromes.** If an image of a syndrome outside the file must be \
             noticed, call unknown what has its nearest image at cosine distance 0.406 or more.",
            "Syndromes of the file, left out one at a time, stand for unknown ones.",
            "| 300000018 | 26 | 0.729 [0.604, 0.854] |",
        ],
    );
}

#[test]
fn no_threshold_is_advised_where_unknown_ones_look_alike() {
    let analysis = with_unknown(|of_distance| {
        of_distance.auroc.interval = Some(Interval {
            low: 0.48,
            high: 0.61,
        });
    });
    check(
        &analysis,
        &[
            "an unknown syndrome is not shown to look different, and no threshold helps.",
            "Do not rely on the distance to notice a syndrome outside the file",
        ],
    );
    let text = text_of(&analysis);
    assert!(!text.contains("One threshold for all") && !text.contains("call unknown"));

    let nearer = with_unknown(|of_distance| {
        of_distance.auroc.interval = Some(Interval {
            low: 0.3,
            high: 0.45,
        });
    });
    check(
        &nearer,
        &["an unknown syndrome looks nearer than a known one"],
    );
}

#[test]
fn why_nothing_was_held_out_is_said() {
    let two = test_support::analysis_of(&Shape::with_classes(["a", "b"]));
    check(
        &two,
        &[
            "Not tested: of 2 syndromes none can be left out so that two are left to tell apart.",
            "Images that belong to none of the 2 syndromes of the file are not tested here",
        ],
    );
    let mut analysis = test_support::analysis();
    analysis.open_set = None;
    check(
        &analysis,
        &["Not tested: the folds leave no syndrome with known images beside it."],
    );
    assert!(!text_of(&analysis).contains("**Allow for unknown"));
}

/// 30 classes, the first 15 of the table; probes drawn from more samples.
#[test]
fn many_classes_and_samples_are_cut() {
    let mut analysis = test_support::analysis_of(&Shape::with_classes(100..130));
    check(
        &analysis,
        &["The 15 of 30 syndromes that are noticed least, by cosine distance."],
    );
    assert!(!text_of(&analysis).contains("were looked up"));
    analysis.open_set.as_mut().expect("30 classes").n_probes = 40;
    check(
        &analysis,
        &["40 images were looked up, those of randomly drawn subjects; the gallery is whole."],
    );
}

#[test]
fn subjects_that_are_not_known_are_said_at_the_top_and_among_the_challenges() {
    let mut analysis = test_support::analysis();
    let said = "The data do not tell subjects: each image counts as one";
    assert!(!text_of(&analysis).contains(said));
    analysis.dataset = analysis.dataset.with_labelling(Labelling::WithoutSubjects);
    check(
        &analysis,
        &[
            said,
            "**Subjects that are not known.** The data do not say which images are of one subject.",
        ],
    );
}
