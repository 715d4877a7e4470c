//! Where `neighbors` and `map` write, and where they do not.

use std::fs;

use crate::arrays::npy;
use crate::support::Home;

/// Few points, quick to lay out.
const POINTS: [[f32; 2]; 5] = [
    [1.0, 0.0],
    [1.5, 0.25],
    [-2.0, 1.0],
    [0.25, 3.0],
    [5.0, -1.0],
];

/// Runs either command.
fn run(home: &Home, args: &str) -> crate::support::Outcome {
    let args: Vec<&str> = args.split(' ').collect();
    home.run(&args)
}

#[test]
fn an_unknown_ending_lists_the_known_ones() {
    let home = Home::new();
    home.write("points.npy", npy(&POINTS));
    for command in ["neighbors", "map"] {
        for name in ["n.txt", "n", "n.npy", "n.tsv", ".csv"] {
            run(&home, &format!("{command} points.npy -o {name}")).assert_error(
                &format!("{name}: the ending names no format of results"),
                "end the name in one of .npz, .parquet, .pq, .arrow, .feather, .ipc, .csv",
            );
        }
    }
    assert_eq!(home.names(), ["points.npy"]);
}

#[test]
fn an_existing_file_is_left_alone_unless_it_is_to_be_replaced() {
    let home = Home::new();
    home.write("points.npy", npy(&POINTS));
    fs::create_dir(home.path("folder.npz")).expect("a writable folder");
    for command in ["neighbors points.npy", "map points.npy --steps 5"] {
        home.write("n.npz", "mine");
        run(&home, &format!("{command} -o n.npz"))
            .assert_error("n.npz exists already", "replace it with --force");
        assert_eq!(home.read("n.npz"), "mine");
        run(&home, &format!("{command} -o n.npz --force")).assert_success();
        let replaced = fs::read(home.path("n.npz")).expect("a file");
        assert!(replaced.starts_with(b"PK\x03\x04"));
        run(&home, &format!("{command} -o folder.npz --force"))
            .assert_error("folder.npz is no file that could be replaced", "--out");
    }
    assert_eq!(home.names(), ["folder.npz", "n.npz", "points.npy"]);
}

#[test]
fn the_data_are_never_written_over() {
    let home = Home::new();
    let csv = "sample,class,v0,v1\na,x,1,2\nb,y,2,3\nc,x,3,1\nd,y,0,1\ne,y,4,1\n";
    home.write("data.csv", csv);
    for out in ["data.csv", "./data.csv"] {
        run(&home, &format!("neighbors data.csv --force -o {out}"))
            .assert_error("is the data file itself", "--out");
    }
    assert_eq!(home.read("data.csv"), csv);
}

#[test]
fn a_place_that_cannot_be_written_is_refused_before_the_data_are_read() {
    let home = Home::new();
    home.write("points.npy", npy(&POINTS));
    for command in ["neighbors", "map"] {
        // Were the data read first, their absence would be what is said.
        run(&home, &format!("{command} absent.npy -o no/such/n.npz")).assert_error(
            "cannot write no/such/n.npz",
            "a folder on that path does not exist",
        );
        run(&home, &format!("{command} absent.npy -o points.npy/n.npz"))
            .assert_error("cannot write points.npy/n.npz", "--out");
    }
    assert_eq!(home.names(), ["points.npy"]);
}

#[cfg(unix)]
#[test]
fn results_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    home.write("points.npy", npy(&POINTS));
    for args in ["", " --force"] {
        run(&home, &format!("neighbors points.npy -o n.csv{args}")).assert_success();
        let mode = fs::metadata(home.path("n.csv"))
            .expect("a file")
            .permissions();
        assert_eq!(mode.mode() & 0o777, 0o600);
    }
}
