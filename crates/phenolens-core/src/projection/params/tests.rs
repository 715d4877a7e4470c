use super::*;

fn params() -> MapParams {
    MapParams::default()
}

#[test]
fn what_is_left_open_is_chosen_by_the_number_of_samples() {
    let settings = params().check(1116).unwrap();
    let expected = MapSettings {
        perplexity: 30.0,
        n_neighbors: 90,
        n_steps: 1000,
        learning_rate: 93.0,
        late_learning_rate: 372.0,
        exaggeration: 12.0,
        n_exaggerated_steps: 250,
        late_exaggeration: 1.0,
        affinities: Affinities::Perplexity,
        least_progress: None,
    };
    assert_eq!(settings, expected);
    // (n - 1) / 3, and the least learning rate.
    let settings = params().check(46).unwrap();
    assert_eq!(
        (
            settings.perplexity,
            settings.n_neighbors,
            settings.learning_rate
        ),
        (15.0, 45, 50.0)
    );
    let settings = params().check(4).unwrap();
    assert_eq!((settings.perplexity, settings.n_neighbors), (1.0, 3));
}

#[test]
fn what_is_given_is_kept() {
    let params = MapParams {
        perplexity: Some(7.5),
        n_steps: 10,
        learning_rate: Some(1.5),
        exaggeration: 1.0,
        late_exaggeration: 1.5,
        affinities: Affinities::Uniform,
        least_progress: Some(1e-3),
        ..params()
    };
    let settings = params.check(100).unwrap();
    assert_eq!((settings.perplexity, settings.n_neighbors), (7.5, 23));
    assert_eq!((settings.n_steps, settings.n_exaggerated_steps), (10, 2));
    assert_eq!((settings.learning_rate, settings.exaggeration), (1.5, 1.0));
    assert_eq!(
        (settings.late_exaggeration, settings.least_progress),
        (1.5, Some(1e-3))
    );
    assert_eq!(settings.affinities, Affinities::Uniform);
}

#[test]
fn what_cannot_work_is_refused_with_its_range() {
    let check = |params: MapParams, n_samples: usize, message: &str| {
        let error = params.check(n_samples).unwrap_err();
        assert_eq!(error.to_string(), message);
    };
    for n_samples in 0..4 {
        let message = format!("{n_samples} samples are too few for a map: it takes at least 4");
        check(params(), n_samples, &message);
    }
    for (perplexity, shown) in [(50.0, "50"), (0.9, "0.9"), (-1.0, "-1"), (f64::NAN, "NaN")] {
        let params = MapParams {
            perplexity: Some(perplexity),
            ..params()
        };
        let message =
            format!("perplexity {shown} does not suit 100 samples: it must lie between 1 and 33.0");
        check(params, 100, &message);
    }
    check(
        MapParams {
            n_steps: 0,
            ..params()
        },
        100,
        "0 steps make no map: it takes at least 1",
    );
    for learning_rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let message = format!("learning rate {learning_rate} must be a number above 0");
        check(
            MapParams {
                learning_rate: Some(learning_rate),
                ..params()
            },
            100,
            &message,
        );
    }
    for exaggeration in [0.5, f64::NAN, f64::INFINITY] {
        let message = format!("exaggeration {exaggeration} must be a number from 1 up");
        check(
            MapParams {
                exaggeration,
                ..params()
            },
            100,
            &message,
        );
        check(
            MapParams {
                late_exaggeration: exaggeration,
                ..params()
            },
            100,
            &message,
        );
    }
    for least_progress in [-1e-9, f64::NAN, f64::INFINITY] {
        let message = format!("a least progress of {least_progress} must be a number from 0 up");
        check(
            MapParams {
                least_progress: Some(least_progress),
                ..params()
            },
            100,
            &message,
        );
    }
}
