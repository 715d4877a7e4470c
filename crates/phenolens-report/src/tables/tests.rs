use super::*;
use crate::test_support::{self, Shape};

fn csv(analysis: &Analysis, name: &str) -> String {
    let path = format!("tables/{name}.csv");
    let files = csv_files(analysis).expect("tables in memory");
    let file = files
        .into_iter()
        .find(|file| file.path == path)
        .expect("a table of that name");
    String::from_utf8(file.bytes).expect("UTF-8")
}

/// The design's list of tables, word for word.
#[test]
fn headers_are_those_of_the_design() {
    let analysis = test_support::analysis();
    let scores = "score_300000002,score_300000007,score_300000018";
    for (name, columns) in [
        (
            "classes",
            "class,n_subjects,n_samples,share,samples_per_subject_mean,norm_mean,norm_sd",
        ),
        ("findings", "severity,code,class,subject,sample,message"),
        ("folds", "protocol,class,subject,sample,fold"),
        (
            "k_sweep",
            "protocol,distance,weights,repeat,k,measure,mean,sd,pooled",
        ),
        (
            "k_sweep_folds",
            "protocol,distance,weights,repeat,k,fold,n,measure,value",
        ),
        (
            "k_rise",
            "protocol,distance,weights,k,half_k,measure,difference,ci_low,ci_high",
        ),
        (
            "summary",
            "protocol,distance,weights,k,measure,mean,sd,pooled,ci_low,ci_high",
        ),
        (
            "comparison",
            "protocol,weights,measure,cosine,euclidean,difference,ci_low,ci_high,p_value,test",
        ),
        (
            "per_class",
            "protocol,distance,weights,k,class,n_subjects,support,precision,recall,recall_low,\
             recall_high,f1,auc,recall_of_others,p_value,p_holm",
        ),
        (
            "confusion",
            "protocol,distance,weights,k,true_class,predicted_class,count",
        ),
        (
            "roc",
            "protocol,distance,weights,k,curve,class,fpr,tpr_mean,tpr_sd",
        ),
        (
            "per_class_intervals",
            "protocol,distance,weights,k,class,measure,value,ci_low,ci_high",
        ),
        (
            "predictions",
            &format!(
                "protocol,distance,weights,k,class,subject,sample,fold,predicted,rank_of_true,{scores}"
            ),
        ),
        (
            "leakage",
            "protocol,distance,weights,k,measure,leaky,clean,difference,ci_low,ci_high,seeds",
        ),
        (
            "leak_control",
            "protocol,distance,weights,k,measure,control,clean,leak,ci_low,ci_high,seeds,p_value",
        ),
        (
            "gallery",
            "distance,gallery,probes,n_classes,n_gallery,n_probes,n_probe_subjects,splits,top,average,\
             value,sd_over_splits,ci_low,ci_high,chance",
        ),
        (
            "learning_curve",
            "distance,weights,subjects_per_class,measure,mean,sd,n_classes,class_set,k,n_training,\
             n_tested,draws,band_low,band_high,chance",
        ),
        (
            "duplicates",
            "cluster,class,subject,sample,other_class,other_subject,other_sample,cosine,euclidean",
        ),
        (
            "duplicate_effects",
            "protocol,distance,weights,k,treatment,measure,apart,merged,difference,ci_low,ci_high",
        ),
        (
            "exposure",
            "protocol,distance,weights,k,exposed_to,n_exposed,accuracy_exposed,n_others,\
             accuracy_others",
        ),
        (
            "open_set",
            "protocol,distance,held_out_class,auroc,oscr,fnir_at_fpir_10,threshold,auroc_low,\
             auroc_high,n_unknown,n_unknown_subjects,n_known,common_threshold,fpir_at_common,\
             fpir_left_out",
        ),
        (
            "calibration",
            "protocol,distance,weights,calibrated,bin,n,score_mean,accuracy,bin_low,bin_high,\
             accuracy_low,accuracy_high",
        ),
        (
            "calibration_effects",
            "protocol,distance,weights,measure,plain,isotonic,difference,ci_low,ci_high",
        ),
        (
            "subject_level",
            "protocol,distance,weights,fusion,measure,value,ci_low,ci_high,k,n_subjects,per_sample,\
             difference,difference_low,difference_high,n_several,several_fused,several_single,\
             several_difference,several_low,several_high",
        ),
        (
            "groups",
            "protocol,distance,weights,variable,group,n_subjects,measure,value,ci_low,ci_high,k,\
             n_samples,too_small,standardized,difference,difference_low,difference_high,by_class_mix,\
             p_value,p_holm",
        ),
        ("map", "distance,class,subject,sample,x,y"),
        ("clusters", "distance,class,subject,sample,cluster"),
        ("geometry", "distance,quantity,value,ci_low,ci_high"),
        (
            "outliers",
            "distance,class,subject,sample,neighbor_distance,robust_z",
        ),
        (
            "silhouette",
            "distance,class,n_samples,silhouette,ci_low,ci_high,without_own_subject,\
             share_negative,nearest_class",
        ),
        (
            "neighbors",
            "distance,class,subject,sample,rank,neighbor_class,neighbor_subject,neighbor_sample,\
             value",
        ),
    ] {
        let text = csv(&analysis, name);
        assert_eq!(text.lines().next(), Some(columns), "{name}.csv");
    }
}

/// 24 + 21 + 18 subjects; every third has one more sample and every ninth one more again:
/// 24 + 8 + 3 = 35, 21 + 7 + 3 = 31, 18 + 6 + 2 = 26, together 92 samples.
#[test]
fn rows_are_as_many_as_there_are_things() {
    let analysis = test_support::analysis();
    for (name, n_rows) in [
        ("classes", 3),
        ("findings", 2),
        ("folds", 2 * 92),
        ("k_sweep", 4 * 15 * 20),
        ("k_sweep_folds", 4 * 15 * 4 * 20),
        ("summary", 4 * 20),
        // The swap, the same adjusted, over folds; and one by single samples.
        ("comparison", 2 * (3 * 20 + 1)),
        ("per_class", 4 * 3),
        ("per_class_intervals", 4 * 3 * 3),
        ("k_bands", 4 * 15 * 4),
        ("roc_bands", 4 * 101),
        ("repeats", 4 * 20),
        ("confusion", 4 * 9),
        ("roc", 4 * 5 * 1001),
        ("predictions", 4 * 92),
        ("leakage", 2 * 15 * 3),
        ("leak_control", 2 * 3),
        ("duplicates", 1),
        ("duplicate_effects", 2 * 2 * 3),
        ("exposure", 2 * 2 * 2),
        ("open_set", 2 * 3),
        ("calibration", 2 * 2 * 7),
        ("calibration_effects", 2 * 5),
        ("subject_level", 2 * 3 * 20),
        ("groups", 0),
        // Two frequent classes and all three: the first alone of each, twice.
        ("gallery", 2 * 3 * 2),
        ("learning_curve", 2 * 2 * 4 * 3),
        ("map", 2 * 92),
        ("clusters", 2 * 92),
        ("geometry", 2 * 8 + 6),
        ("outliers", 2 * 2),
        ("silhouette", 2 * 3),
    ] {
        assert_eq!(csv(&analysis, name).lines().count(), n_rows + 1, "{name}");
    }
}

#[test]
fn rows_by_hand() {
    let mut analysis = test_support::analysis();
    let part = &mut analysis.evaluation.protocols[0];
    part.runs[0].summary[0].pooled = Some(0.1);
    part.runs[0].summary[0].mean = None;
    part.runs[0].summary[0].sd = Some(1e-7);
    part.runs[0].summary[0].interval = None;
    part.comparisons[0].p_value = None;
    part.comparisons[0].p_holm = None;
    part.comparisons[0].over_folds = None;
    let has_line = |name: &str, line: &str| {
        let text = csv(&analysis, name);
        assert!(text.lines().any(|other| other == line), "{line} in {name}");
    };
    has_line(
        "classes",
        "300000002,24,35,0.3804347826086957,1.4583333333333333,3.5,0.25",
    );
    has_line(
        "summary",
        "subject-grouped,cosine,uniform,9,accuracy,,0.0000001,0.1,,",
    );
    has_line("folds", "subject-grouped,300000002,0-001,0,1");
    has_line(
        "duplicates",
        "1,300000002,0-000,0,300000002,0-001,0,0.0625,1.5",
    );
    has_line(
        "exposure",
        "image-level,cosine,uniform,9,same-subject,20,0.9,72,0.5",
    );
    has_line(
        "exposure",
        "subject-grouped,cosine,uniform,9,same-subject,0,,92,0.5",
    );
    has_line(
        "per_class",
        "subject-grouped,cosine,uniform,9,300000002,24,35,0.71875,0.6571428571428571,0.5321428571428571,0.7821428571428571,0.6865671641791045,0.9375,0.75,0.25,0.75",
    );
    has_line(
        "per_class_intervals",
        "subject-grouped,cosine,uniform,9,300000002,auc,0.9375,0.8125,1",
    );
    has_line(
        "comparison",
        "subject-grouped,uniform,accuracy,0.725,0.575,0.15,,,0.1459,\"McNemar exact, first sample of each subject\"",
    );
    has_line(
        "open_set",
        "subject-grouped,cosine,300000002,0.8125,0.5625,0.625,0.375,0.6875,0.9375,35,24,57,0.40625,0.0625,0.125",
    );
    has_line(
        "calibration",
        "subject-grouped,cosine,uniform,true,5,10,0.5625,0.53125,0.5,0.6,0.40625,0.65625",
    );
    has_line(
        "calibration_effects",
        "subject-grouped,euclidean,uniform,log_loss,1.5,0.75,-0.75,-0.78125,-0.71875",
    );
    has_line(
        "calibration_effects",
        "subject-grouped,euclidean,uniform,auc_macro,0.9375,0.9375,0,,",
    );
    has_line("roc", "subject-grouped,cosine,uniform,9,macro,,0,0,0");
    has_line("clusters", "cosine,300000002,0-000,0,1");
    has_line("clusters", "cosine,300000002,0-001,0,");
    has_line("geometry", "cosine,dimension_two_nn,3.25,3,3.5");
    has_line("geometry", "euclidean,participation_ratio,3.125,,");
    has_line("geometry", ",norm_p_value,0.25,,");
    has_line("outliers", "cosine,300000002,0-003,1,0.75,5.5");
    has_line(
        "silhouette",
        "euclidean,300000007,31,0.0625,0.03125,0.09375,0.046875,0.25,300000018",
    );
    has_line(
        "roc",
        "image-level,euclidean,uniform,7,class,300000018,1,1,0",
    );
    let comparison = csv(&analysis, "comparison");
    let mut lines = comparison.lines().skip(1);
    assert!(lines.next().is_some_and(|line| line.ends_with(",,")));
    assert!(
        lines
            .next()
            .is_some_and(|line| line.ends_with(",0.0625,paired subject swap"))
    );
}

/// Names from the metadata are text like ids; a group that is too small has no figures, one of unknown
/// value no name.
#[test]
fn people_by_hand() {
    let mut analysis = test_support::analysis();
    analysis.subgroups = Some(test_support::subgroups());
    let has_line = |name: &str, line: &str| {
        let text = csv(&analysis, name);
        assert!(text.lines().any(|other| other == line), "{line} in {name}");
    };
    let of = "subject-grouped,cosine,uniform";
    has_line(
        "groups",
        &format!(
            "{of},site,north,25,accuracy,0.5,0.4375,0.5625,9,30,false,0.484375,-0.25,-0.3125,-0.1875,\
             -0.015625,0.001953125,0.015625"
        ),
    );
    has_line(
        "groups",
        &format!("{of},site,'=west,4,mrr,,,,9,9,true,,,,,,,"),
    );
    has_line(
        "groups",
        &format!("{of},sex,,12,brier,0.6875,0.625,0.75,9,17,false,,,,,,,"),
    );
    has_line(
        "subject_level",
        &format!(
            "{of},mean-score,accuracy,0.78125,0.71875,0.84375,9,63,0.75,0.03125,0.0078125,0.0546875,21,\
             0.75,0.625,0.125,0.03125,0.21875"
        ),
    );
    has_line(
        "subject_level",
        &format!(
            "{of},centroid,f1_macro,0.796875,0.734375,0.859375,9,63,0.75,0.046875,0.0234375,0.0703125,\
             21,,,,,"
        ),
    );
}

/// Every number read back is the number that was written, to the bit.
#[test]
fn numbers_come_back_as_they_were() {
    let analysis = test_support::analysis();
    let text = csv(&analysis, "map");
    let mut rows = text.lines().skip(1);
    for projection in &analysis.projections {
        for position in &projection.positions {
            let row = rows.next().expect("a row per position");
            let mut cells = row.rsplit(',').map(str::parse::<f64>);
            assert_eq!(cells.next(), Some(Ok(position[1])));
            assert_eq!(cells.next(), Some(Ok(position[0])));
        }
    }
}

#[test]
fn ids_that_a_spreadsheet_would_run_are_defused() {
    let hostile = [
        "=1+1",
        "'=1",
        "'x",
        "+1",
        "-1",
        "@x",
        "\tx",
        "a,\"b\"\nc",
        "plain",
    ];
    let analysis = test_support::analysis_of(&Shape::with_classes(hostile));
    let text = csv(&analysis, "classes");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut read: Vec<String> = reader
        .records()
        .map(|record| record.expect("a whole table")[0].to_owned())
        .collect();
    read.sort_unstable();
    let mut expected = [
        "'=1+1",
        "''=1",
        "''x",
        "'+1",
        "'-1",
        "'@x",
        "'\tx",
        "a,\"b\"\nc",
        "plain",
    ];
    expected.sort_unstable();
    assert_eq!(read, expected);
}
