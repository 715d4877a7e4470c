//! `phenolens neighbors`.

use std::fs;

use phenolens::sources::{ReadOptions, read_bytes};

use crate::arrays::{Array, npy};
use crate::support::{Home, Outcome, QUICK};

/// Points whose distances all differ.
const POINTS: [[f32; 2]; 6] = [
    [1.0, 0.0],
    [1.5, 0.25],
    [-2.0, 1.0],
    [0.25, 3.0],
    [5.0, -1.0],
    [-1.0, -1.5],
];

fn euclidean([a, b]: [f32; 2], [c, d]: [f32; 2]) -> f64 {
    let (x, y) = (f64::from(a) - f64::from(c), f64::from(b) - f64::from(d));
    (x * x + y * y).sqrt()
}

/// The nearest others of every point, by definition: pairs of place and distance.
fn nearest(points: &[[f32; 2]], k: usize) -> Vec<(usize, f64)> {
    let of = |place: usize| {
        let others = (0..points.len()).filter(move |&other| other != place);
        let mut others: Vec<(usize, f64)> = others
            .map(|other| (other, euclidean(points[place], points[other])))
            .collect();
        others.sort_by(|one, other| one.1.total_cmp(&other.1));
        others.truncate(k);
        others
    };
    (0..points.len()).flat_map(of).collect()
}

fn archive(home: &Home, name: &str) -> Vec<u8> {
    fs::read(home.path(name)).expect("a file")
}

#[test]
fn a_bare_matrix_gets_its_neighbors_in_every_format() {
    let home = Home::new();
    home.write("points.npy", npy(&POINTS));
    let run = |out: &str| {
        let args = [
            "neighbors",
            "points.npy",
            "-k",
            "3",
            "--distance",
            "euclidean",
            "-o",
            out,
        ];
        let run = home.run(&args);
        run.assert_success();
        assert_eq!(run.stderr, "");
        let mut lines = run.stdout.lines();
        assert_eq!(
            lines.next(),
            Some("6 rows in, 6 used, 0 set aside; 2 dimensions")
        );
        let second = lines.next().expect("a second line");
        assert!(
            second.starts_with("3 neighbors of each by euclidean distance, exact, in "),
            "{second}"
        );
        assert_eq!(lines.next(), Some(format!("neighbors: {out}").as_str()));
        fs::read(home.path(out)).expect("a file")
    };
    let expected = nearest(&POINTS, 3);
    let places: Vec<u32> = expected.iter().map(|&(place, _)| place as u32).collect();
    // Two squares and a root: one way to compute them in 64 bits.
    let values: Vec<f64> = expected.iter().map(|&(_, value)| value).collect();

    let bytes = run("n.npz");
    let [indices, distances] =
        ["indices", "distances"].map(|name| Array::find(&bytes, name).expect(name));
    assert_eq!(
        (&indices.shape, indices.counts()),
        (&vec![6, 3], places.clone())
    );
    assert_eq!(
        (&distances.shape, distances.numbers()),
        (&vec![6, 3], values.clone())
    );
    assert!(
        Array::find(&bytes, "row").is_none(),
        "rows are those of the source"
    );
    assert!(Array::find(&bytes, "sample").is_none());

    let csv = String::from_utf8(run("n.csv")).expect("UTF-8");
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some("sample,rank,neighbor,value"));
    for (row, (place, value)) in expected.iter().enumerate() {
        let line = format!("{},{},{place},{value}", row / 3, row % 3 + 1);
        assert_eq!(lines.next(), Some(line.as_str()));
    }
    assert_eq!(lines.next(), None);

    for out in ["n.parquet", "n.arrow"] {
        let bytes = run(out);
        let options = ReadOptions {
            vector: Some("indices".to_owned()),
            ..ReadOptions::default()
        };
        let cohort = read_bytes(&bytes, &options).expect("a table").cohort;
        let read = cohort
            .records
            .iter()
            .flat_map(|record| cohort.values(record));
        let read: Vec<u32> = read.flatten().map(|&value| value as u32).collect();
        assert_eq!(read, places, "{out}");
    }
}

#[test]
fn rows_that_are_set_aside_leave_the_others_identifiable() {
    let home = Home::new();
    let mut rows = POINTS.to_vec();
    rows.insert(2, [f32::NAN, 1.0]);
    rows.push([0.0, 0.0]);
    home.write("points.npy", npy(&rows));
    let run = |out: &str| {
        let args = [
            "neighbors",
            "points.npy",
            "-k",
            "1",
            "--distance",
            "euclidean",
            "-o",
            out,
        ];
        let run = home.run(&args);
        run.assert_success();
        assert!(
            run.stdout
                .starts_with("8 rows in, 6 used, 2 set aside; 2 dimensions\n"),
            "{}",
            run.stdout
        );
        let said: Vec<&str> = run.stderr.lines().collect();
        assert_eq!(said.len(), 2, "{}", run.stderr);
        assert!(
            said[0].contains("\"2\"") && said[0].contains("not finite"),
            "{}",
            said[0]
        );
        assert!(
            said[1].contains("\"7\"") && said[1].contains("all zero"),
            "{}",
            said[1]
        );
        fs::read(home.path(out)).expect("a file")
    };
    let bytes = run("n.npz");
    let row = Array::find(&bytes, "row").expect("rows are no longer those of the source");
    assert_eq!(row.rows(), [0, 1, 3, 4, 5, 6]);
    // Places among the rows of the file.
    let expected = nearest(&POINTS, 1);
    let places: Vec<u32> = expected.iter().map(|&(place, _)| place as u32).collect();
    let indices = Array::find(&bytes, "indices").expect("indices");
    assert_eq!(indices.counts(), places);

    // Rows of the source.
    let csv = String::from_utf8(run("n.csv")).expect("UTF-8");
    let of_source = |place: usize| if place < 2 { place } else { place + 1 };
    for (place, (line, (neighbor, value))) in csv.lines().skip(1).zip(&expected).enumerate() {
        let (sample, neighbor) = (of_source(place), of_source(*neighbor));
        assert_eq!(line, format!("{sample},1,{neighbor},{value}"));
    }

    let strict = home.run(&[
        "neighbors",
        "points.npy",
        "-o",
        "strict.npz",
        "--set",
        "data.on_invalid=error",
    ]);
    strict.assert_error("points.npy: ", "");
    assert_eq!(home.names(), ["n.csv", "n.npz", "points.npy"]);
}

#[test]
fn labelled_data_give_the_table_of_a_run() {
    let home = Home::new();
    home.cohort("cohort.p");
    let args = ["run", "cohort.p", "--set", "evaluation.folds=3"];
    home.run(&[&args[..], &QUICK].concat()).assert_success();
    let args = ["neighbors", "cohort.p", "--distance", "both", "-o", "n.csv"];
    home.run(&args).assert_success();
    assert!(home.read("n.csv") == home.read("phenolens-out/tables/neighbors.csv"));

    let args = [
        "neighbors",
        "cohort.p",
        "-o",
        "n.npz",
        "--distance",
        "euclidean",
    ];
    home.run(&[&args[..], &["--distance", "cosine"]].concat())
        .assert_success();
    let bytes = archive(&home, "n.npz");
    let ids = ["class", "subject", "sample"].map(|name| Array::find(&bytes, name).expect(name));
    let [class, subject, sample] = ids.map(|ids| ids.texts());
    let table = home.read("n.csv");
    let mut rows = table.lines().skip(1);
    for distance in ["cosine", "euclidean"] {
        let name = |name: &str| format!("{distance}_{name}");
        let indices = Array::find(&bytes, &name("indices")).expect("indices");
        let distances = Array::find(&bytes, &name("distances")).expect("distances");
        assert_eq!(indices.shape, [60, 15]);
        let pairs = indices.counts().into_iter().zip(distances.numbers());
        for (cell, (neighbor, value)) in pairs.enumerate() {
            let id =
                |place: usize| format!("{},{},{}", class[place], subject[place], sample[place]);
            let (ids, others) = (id(cell / 15), id(neighbor as usize));
            let row = format!("{distance},{ids},{},{others},{value}", cell % 15 + 1);
            assert_eq!(rows.next(), Some(row.as_str()));
        }
    }
    assert!(Array::find(&bytes, "indices").is_none());
}

#[test]
fn json_says_what_was_done() {
    let home = Home::new();
    home.cohort("cohort.p");
    let run = home.run(&[
        "neighbors",
        "cohort.p",
        "-o",
        "n.arrow",
        "--json",
        "--threads",
        "1",
    ]);
    run.assert_success();
    let json: serde_json::Value = serde_json::from_str(&run.stdout).expect("one JSON value");
    for (key, value) in [
        ("status", "ok"),
        ("output_file", "n.arrow"),
        ("format", "arrow"),
        ("method", "exact"),
    ] {
        assert_eq!(json[key], value, "{key}");
    }
    for (key, value) in [
        ("rows_in", 60),
        ("rows_used", 60),
        ("rows_set_aside", 0),
        ("n_samples", 60),
        ("n_dims", 16),
        ("k", 15),
        ("threads", 1),
    ] {
        assert_eq!(json[key], value, "{key}");
    }
    assert_eq!(json["distances"], serde_json::json!(["cosine"]));
    for phase in ["reading", "neighbors", "writing", "total"] {
        assert!(json["seconds"][phase].as_f64() >= Some(0.0), "{phase}");
    }
    let args = ["neighbors", "absent.npy", "-o", "m.npz", "--json"];
    let failed: serde_json::Value =
        serde_json::from_str(&home.run(&args).stdout).expect("one JSON value");
    assert_eq!(failed["error"]["code"], "file_unreadable");
    let quiet = home.run(&["neighbors", "cohort.p", "-o", "q.npz", "-q"]);
    quiet.assert_success();
    assert_eq!((quiet.stdout, quiet.stderr), (String::new(), String::new()));
}

#[test]
fn neither_threads_nor_instructions_change_a_bit() {
    let home = Home::new();
    home.run(&[
        "synth",
        "--kind",
        "mixture",
        "--samples",
        "300",
        "--dims",
        "24",
        "-o",
        "m.npy",
    ])
    .assert_success();
    let run = |threads: &str, set: &str| {
        let mut command = home.command();
        command.env("PHENOLENS_INSTRUCTION_SET", set);
        let args = [
            "neighbors",
            "m.npy",
            "--distance",
            "both",
            "-o",
            "n.npz",
            "--force",
        ];
        Outcome::of(command.args(args).args(["--threads", threads])).assert_success();
        archive(&home, "n.npz")
    };
    let one = run("1", "plain");
    for set in phenolens::kernels::InstructionSet::available() {
        for threads in ["2", "8"] {
            assert!(run(threads, set.name()) == one, "{threads} {}", set.name());
        }
    }
}

#[test]
fn what_does_not_suit_the_data_is_refused() {
    let home = Home::new();
    home.write("points.npy", npy(&POINTS));
    home.write("one.npy", npy(&POINTS[..1]));
    let run = |args: &str| {
        let args: Vec<&str> = args.split(' ').collect();
        home.run(&[&["neighbors"], &args[..]].concat())
    };
    run("points.npy -o n.npz -k 6").assert_error(
        "k 6 does not suit 6 samples: it must lie between 1 and 5",
        "leave `neighbors.k` out",
    );
    run("points.npy -o n.npz -k 0").assert_error("--k: `neighbors.k` must be", "");
    run("points.npy -o n.npz --distance manhattan")
        .assert_error("--distance: `neighbors.distances` must be", "");
    run("one.npy -o n.npz").assert_error("one sample alone has no neighbors", "two samples");
    run("points.npy -o n.npz --method fast").assert_error(
        "--method: `neighbors.method` must be one of \"exact\", \"approximate\"",
        "",
    );
    assert_eq!(home.names(), ["one.npy", "points.npy"]);
    // Few samples have few neighbors unless more are asked for.
    run("points.npy -o n.npz").assert_success();
    let indices = Array::find(&archive(&home, "n.npz"), "indices").expect("indices");
    assert_eq!(indices.shape, [6, 5]);
}

/// 5,000 points, of which an approximate search finds most neighbors and says how many.
#[test]
fn an_approximate_search_says_what_it_found() {
    let home = Home::new();
    let synth = "synth -o m.npy --kind mixture --samples 5000 --dims 60 --classes 5";
    home.run(&synth.split(' ').collect::<Vec<_>>())
        .assert_success();
    let run = |args: &str| {
        let outcome = home.run(&args.split(' ').collect::<Vec<_>>());
        outcome.assert_success();
        outcome.stdout
    };
    let text = run("neighbors m.npy -o a.npz --method approximate");
    assert!(
        text.contains(" % of the exact neighbors found (standard error "),
        "{text}"
    );
    let json = run("neighbors m.npy -o b.npz --method approximate --json");
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["method"], "approximate");
    assert_eq!(json["recall"][0]["n_sampled"], 1024);
    let exact = run("neighbors m.npy -o c.npz --json");
    let exact: serde_json::Value = serde_json::from_str(&exact).expect("JSON");
    assert_eq!(exact["method"], "exact");
    assert!(exact["recall"][0].is_null());
    // The share that the program tells is the share of equal entries, within four standard errors.
    let indices = |name: &str| {
        let array = Array::find(&archive(&home, name), "indices").expect("indices");
        array.counts()
    };
    let (found, expected) = (indices("a.npz"), indices("c.npz"));
    let rows = found.chunks(15).zip(expected.chunks(15));
    let n_found: usize = rows
        .map(|(found, expected)| {
            found
                .iter()
                .filter(|index| expected.contains(index))
                .count()
        })
        .sum();
    let share = n_found as f64 / expected.len() as f64;
    let recall = &json["recall"][0];
    let (value, error) = (recall["value"].as_f64(), recall["standard_error"].as_f64());
    let (value, error) = (value.expect("a number"), error.expect("a number"));
    assert!(
        (value - share).abs() <= 4.0 * error + 1e-9,
        "{value} {error} {share}"
    );
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let home = Home::new();
    home.write("points.npy", npy(&POINTS));
    home.write(
        "phenolens.toml",
        "[neighbors]\nk = 2\ndistances = [\"euclidean\"]\n",
    );
    let width = |command: &mut std::process::Command| {
        let args = ["neighbors", "points.npy", "-o", "n.npz", "--force"];
        Outcome::of(command.args(args)).assert_success();
        let bytes = archive(&home, "n.npz");
        let distances = Array::find(&bytes, "distances").expect("distances");
        assert_eq!(distances.numbers()[0], euclidean(POINTS[0], POINTS[1]));
        distances.shape[1]
    };
    assert_eq!(width(&mut home.command()), 2);
    assert_eq!(width(home.command().env("PHENOLENS_NEIGHBORS_K", "3")), 3);
    let mut command = home.command();
    command.env("PHENOLENS_NEIGHBORS_K", "3").args(["-v"]);
    let args = [
        "neighbors",
        "points.npy",
        "-o",
        "n.npz",
        "--force",
        "--k",
        "4",
    ];
    Outcome::of(command.args(args)).assert_success();
    let indices = Array::find(&archive(&home, "n.npz"), "indices").expect("indices");
    assert_eq!(indices.shape, [6, 4]);
}
