//! A program that is killed or asked to end, at random moments, leaves the old output or the new one.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use phenolens::random::{Stream, Use};
use rustix::process::{Pid, Signal, kill_process};

use crate::scene::{Scene, run, strays};
use crate::support::{Home, Outcome, names};

/// Moments at which the program is killed.
const N_KILLS: usize = 50;

/// When a signal is sent.
enum Moment {
    /// So long after the start.
    After(Duration),
    /// So long after the last file was written, where the exchange happens.
    AtTheEnd(Duration),
}

/// How long an undisturbed run takes.
struct Lengths {
    /// All of it.
    whole: Duration,
    /// What comes after its last file is there.
    tail: Duration,
}

/// How many runs ended in which way.
#[derive(Debug, Default)]
struct Tally {
    old: usize,
    new: usize,
    /// Of those that nothing could tidy up after.
    with_leftovers: usize,
    before_it_listened: usize,
}

/// Measures an undisturbed run.
fn measure(scene: &Scene) -> Lengths {
    let home = scene.stage();
    let start_time = Instant::now();
    let mut child = start(&home);
    wait(&home, &mut child, &Moment::AtTheEnd(Duration::ZERO));
    let last_file = Instant::now();
    assert_eq!(end(child).0.code(), Some(0));
    Lengths {
        whole: start_time.elapsed(),
        tail: last_file.elapsed(),
    }
}

/// Starts a run with the output folder `out`.
fn start(home: &Home) -> Child {
    run(home)
        .args(["-o", "out"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts")
}

/// Sends a signal, unless the program has ended: its number may then be another's. Whether it was sent.
fn send(child: &mut Child, signal: Signal) -> bool {
    let is_at_work = child.try_wait().expect("a child").is_none();
    if is_at_work {
        kill_process(Pid::from_child(child), signal).expect("a child of ours");
    }
    is_at_work
}

/// Waits for the moment, or for the end of the program.
fn wait(home: &Home, child: &mut Child, moment: &Moment) {
    match *moment {
        Moment::After(time) => std::thread::sleep(time),
        Moment::AtTheEnd(time) => {
            let is_last_file_there = || {
                let mut strays = strays(home).into_iter();
                strays.any(|name| home.path(&name).join("run.json").exists())
            };
            while !is_last_file_there() && child.try_wait().expect("a child").is_none() {
                std::thread::sleep(Duration::from_micros(100));
            }
            std::thread::sleep(time);
        }
    }
}

/// How the program ended, and what it said.
fn end(child: Child) -> (ExitStatus, String) {
    let output = child.wait_with_output().expect("it ends");
    let stderr = String::from_utf8(output.stderr).expect("UTF-8");
    (output.status, stderr)
}

/// Asserts what a signal that can be heard leaves, and tells which output it is.
fn assert_tidy(scene: &Scene, home: &Home, status: ExitStatus, stderr: &str, tally: &mut Tally) {
    let is_new = scene.is_new(&home.path("out"));
    assert!(strays(home).is_empty(), "{:?}", strays(home));
    match status.code() {
        Some(2) => {
            assert!(!is_new, "exit 2, though the new output is there");
            let said =
                "error: interrupted; nothing was changed\nhint: the same command starts anew\n";
            assert_eq!(stderr, said);
        }
        Some(0) => assert!(is_new, "exit 0 without the new output"),
        // The loader of the program has not come to its first line yet.
        None => {
            let signal = status.signal();
            assert!(
                [Signal::TERM, Signal::INT]
                    .map(|s| Some(s.as_raw()))
                    .contains(&signal),
                "{status}"
            );
            assert!(!is_new);
            tally.before_it_listened += 1;
        }
        Some(code) => panic!("exit {code}: {stderr}"),
    }
    *(if is_new {
        &mut tally.new
    } else {
        &mut tally.old
    }) += 1;
}

/// Asserts what a kill leaves that no program can hear, and that the next run mends it.
fn assert_mended(scene: &Scene, home: &Home, tally: &mut Tally) {
    let is_new = scene.is_new(&home.path("out"));
    *(if is_new {
        &mut tally.new
    } else {
        &mut tally.old
    }) += 1;
    let strays = strays(home);
    if strays.is_empty() {
        return;
    }
    tally.with_leftovers += 1;
    assert_eq!(strays.len(), 1);
    assert!(strays[0].starts_with(".out.unfinished-"), "{strays:?}");
    Outcome::of(run(home).args(["-o", "out"])).assert_success();
    assert!(scene.is_new(&home.path("out")));
    assert_eq!(home.names(), ["new.p", "out"], "the next run tidies up");
}

#[test]
fn killed_at_fifty_moments_the_output_is_the_old_one_or_the_new_one() {
    let scene = Scene::new();
    let mut lengths = measure(&scene);
    let mut stream = Stream::new(50, Use::Synth, 0);
    let mut tallies: [Tally; 3] = Default::default();
    let signals = [Signal::TERM, Signal::INT, Signal::KILL];
    for kill in 0..N_KILLS {
        let home = scene.stage();
        // Every third triple at the end, the others anywhere in the run.
        let moment = if kill / 3 % 3 == 2 {
            Moment::AtTheEnd(lengths.tail.mul_f64(stream.unit()))
        } else {
            Moment::After(lengths.whole.mul_f64(stream.unit()))
        };
        let mut child = start(&home);
        wait(&home, &mut child, &moment);
        let is_sent = send(&mut child, signals[kill % 3]);
        if let (false, Moment::After(time)) = (is_sent, moment) {
            // What else the machine did when a run was measured must not let all signals come too late.
            lengths.whole = lengths.whole.min(time);
        }
        let (status, stderr) = end(child);
        let tally = &mut tallies[kill % 3];
        if signals[kill % 3] == Signal::KILL {
            assert_mended(&scene, &home, tally);
        } else {
            assert_tidy(&scene, &home, status, &stderr, tally);
        }
    }
    for (signal, tally) in signals.iter().zip(&tallies) {
        println!("{signal:?}: {tally:?}");
        assert!(tally.old > 0, "{signal:?} met no run at work");
    }
}

#[test]
fn a_second_signal_and_the_end_of_a_terminal_session_leave_no_trace() {
    let scene = Scene::new();
    let lengths = measure(&scene);
    let mut stream = Stream::new(51, Use::Synth, 0);
    let mut tally = Tally::default();
    for pair in [
        [Signal::INT, Signal::INT],
        [Signal::TERM, Signal::INT],
        [Signal::HUP, Signal::TERM],
        [Signal::HUP, Signal::HUP],
    ] {
        for moment in [
            Moment::After(lengths.whole.mul_f64(0.2 + 0.6 * stream.unit())),
            Moment::AtTheEnd(Duration::ZERO),
        ] {
            let home = scene.stage();
            let mut child = start(&home);
            wait(&home, &mut child, &moment);
            send(&mut child, pair[0]);
            std::thread::sleep(Duration::from_millis(2).mul_f64(stream.unit()));
            send(&mut child, pair[1]);
            let (status, stderr) = end(child);
            assert_tidy(&scene, &home, status, &stderr, &mut tally);
        }
    }
    assert!(tally.old > 0, "no signal met a run at work: {tally:?}");
}

/// A run that `nohup` started outlives its terminal.
#[cfg(target_os = "linux")]
#[test]
fn a_signal_that_is_to_be_ignored_is_ignored() {
    let scene = Scene::new();
    let home = scene.stage();
    let program = run(&home);
    let mut child = home
        .command_of("nohup")
        .arg(program.get_program())
        .args(program.get_args())
        .args(["-o", "out"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("nohup starts");
    wait(&home, &mut child, &Moment::After(measure(&scene).whole / 2));
    send(&mut child, Signal::HUP);
    let (status, stderr) = end(child);
    assert_eq!(status.code(), Some(0), "{stderr}");
    assert!(scene.is_new(&home.path("out")));
}

/// What another run is still writing, and what somebody called alike, is no leftover.
#[test]
fn only_what_dead_runs_left_is_removed() {
    let scene = Scene::new();
    let home = scene.stage();
    let mut alive = start(&home);
    // Only a folder that is held is of a living run; a new one that is not held yet may be taken.
    let is_held = |name: &String| {
        let folder = fs::File::open(home.path(name));
        folder.is_ok_and(|folder| folder.try_lock().is_err())
    };
    let has_begun = || strays(&home).iter().any(is_held);
    while !has_begun() && alive.try_wait().expect("a child").is_none() {
        std::thread::sleep(Duration::from_micros(100));
    }
    // Stopped, so that it cannot end before the other run has looked.
    send(&mut alive, Signal::STOP);
    let of_the_living = strays(&home);
    assert_eq!(of_the_living.len(), 1, "{of_the_living:?}");

    for name in [
        // Of another output, too short, and with a file that no run writes.
        ".other.unfinished-aaaaaaaaaaaa",
        ".out.unfinished-backup",
        ".out.unfinished-bbbbbbbbbbbb",
        // As a killed run leaves it.
        ".out.unfinished-cccccccccccc",
    ] {
        fs::create_dir_all(home.path(name).join("tables")).expect("a writable folder");
        home.write(&format!("{name}/report.md"), "half");
    }
    home.write(".out.unfinished-bbbbbbbbbbbb/notes.txt", "mine");
    Outcome::of(run(&home).args(["-o", "out"])).assert_success();
    let mut expected = vec![
        ".other.unfinished-aaaaaaaaaaaa",
        ".out.unfinished-backup",
        ".out.unfinished-bbbbbbbbbbbb",
        &of_the_living[0],
    ];
    expected.sort_unstable();
    assert_eq!(strays(&home), expected);

    send(&mut alive, Signal::CONT);
    let (status, stderr) = end(alive);
    assert_eq!(status.code(), Some(0), "{stderr}");
    assert!(scene.is_new(&home.path("out")));
}

/// Killed at any moment, `synth` and `init` leave a whole file or none.
#[test]
fn a_new_file_is_whole_or_not_there() {
    let home = Home::new();
    let synth = "synth --samples 2000 --subjects 1500 --classes 10 --dims 400 --metadata m.csv -o";
    let args = |out: &'static str| synth.split(' ').chain([out]);
    let start_time = Instant::now();
    Outcome::of(home.command().args(args("whole.p"))).assert_success();
    let length = start_time.elapsed();
    fs::rename(home.path("m.csv"), home.path("whole.csv")).expect("a writable folder");
    let whole = |name: &str| fs::read(home.path(name)).expect("a file");
    let (cohort, metadata) = (whole("whole.p"), whole("whole.csv"));

    let mut stream = Stream::new(52, Use::Synth, 0);
    let mut n_interrupted = 0;
    for kill in 0..18 {
        let mut command = home.command();
        if kill % 6 == 5 {
            command.args(["init", "-o", "a.toml"]);
        } else {
            command.args(args("a.p"));
        }
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        std::thread::sleep(length.mul_f64(stream.unit()));
        let signal = [Signal::TERM, Signal::INT, Signal::KILL][kill % 3];
        send(&mut child, signal);
        let (status, stderr) = end(child);
        for name in home.names() {
            match name.as_str() {
                "whole.p" | "whole.csv" => continue,
                "a.p" => assert!(whole(&name) == cohort, "half a cohort"),
                "m.csv" => assert!(whole(&name) == metadata, "half a table"),
                "a.toml" => assert!(whole(&name).ends_with(b"\n")),
                stray => panic!("{signal:?} left {stray}"),
            }
            assert_ne!(status.code(), Some(2), "{name} is there: {stderr}");
            fs::remove_file(home.path(&name)).expect("removable");
        }
        n_interrupted += usize::from(status.code() == Some(2));
    }
    assert!(n_interrupted > 0, "no signal met a program at work");
    assert_eq!(names(&home.path(".")), ["whole.csv", "whole.p"]);
}
