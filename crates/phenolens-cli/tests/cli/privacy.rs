//! What is nobody else's business: the key, the files, the network.

use std::process::Command;

use crate::support::{Home, Outcome, QUICK, files, private_file};

/// A run that takes no time.
const RUN: [&str; 4] = ["run", "cohort.p", "--set", "evaluation.folds=3"];

fn run(home: &Home, more: &[&str]) -> Outcome {
    home.run(&[&RUN[..], &QUICK, more].concat())
}

#[test]
fn the_key_decides_the_pseudonyms_and_is_nowhere_in_the_output() {
    let home = Home::new();
    home.cohort("cohort.p");
    run(&home, &["-o", "one"]).assert_success();
    let made = run(&home, &["-o", "two", "--pseudonym-key", "keys/mine"]);
    made.assert_success();
    assert!(made.stderr.contains("keys/mine"), "{}", made.stderr);
    let key = home.read("keys/mine");
    let same = run(&home, &["-o", "same", "--pseudonym-key", "keys/mine"]);
    same.assert_success();
    assert_eq!(same.stderr, "", "a key is made once");

    let differ = |one: &str, other: &str| -> Vec<String> {
        let pairs = files(&home.path(one))
            .into_iter()
            .zip(files(&home.path(other)));
        let different = pairs.filter(|((_, bytes), (_, others))| bytes != others);
        different.map(|((path, _), _)| path).collect()
    };
    assert_eq!(differ("two", "same"), ["run.json"]);
    let by_key = [
        "report.html",
        "report.md",
        "run.json",
        "tables/pseudonyms.csv",
    ];
    assert_eq!(differ("one", "two"), by_key);
    for (path, bytes) in files(&home.path("two")) {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(key.trim()), "the key is in {path}");
        assert!(path == "run.json" || !text.contains("keys/mine"), "{path}");
    }
    let settings = home.read("two/phenolens.toml");
    assert!(settings.contains("ids = \"pseudonyms\""), "{settings}");
}

#[test]
fn an_unfit_key_is_refused_before_anything_is_written() {
    let home = Home::new();
    home.cohort("cohort.p");
    let key = |place: &str| run(&home, &["-o", "out", "--pseudonym-key", place]);
    key("out/key").assert_error("lies inside the output folder", "keep it elsewhere");
    private_file(&home.path("bad"), "secret\n");
    key("bad").assert_error("is no pseudonym key", "--pseudonym-key");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let open = std::fs::Permissions::from_mode(0o644);
        std::fs::set_permissions(home.key(), open).expect("our own file");
        run(&home, &["-o", "out"]).assert_error("its mode is 0644", "chmod 600");
    }
    let mut homeless = home.command();
    for variable in ["XDG_CONFIG_HOME", "HOME", "APPDATA"] {
        homeless.env_remove(variable);
    }
    Outcome::of(homeless.args(RUN)).assert_error("no home folder", "report.ids=plain");
    assert_eq!(home.names(), ["bad", "cohort.p"]);
}

/// Where nobody has a key, a run makes one in the settings folder.
#[test]
fn the_first_run_makes_a_key() {
    let home = Home::new();
    home.cohort("cohort.p");
    std::fs::remove_dir_all(home.key().parent().expect("a folder")).expect("our own folder");
    let first = run(&home, &[]);
    first.assert_success();
    assert!(
        first.stderr.contains("made the key of pseudonyms"),
        "{}",
        first.stderr
    );
    assert!(home.key().exists());
    assert_eq!(run(&home, &[]).stderr, "");
}

#[cfg(unix)]
#[test]
fn everything_written_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;

    let home = Home::new();
    home.cohort("cohort.p");
    run(&home, &["-o", "out"]).assert_success();
    let mode = |path: &str| {
        let metadata = std::fs::metadata(home.path(path)).expect("it is there");
        metadata.permissions().mode() & 0o7777
    };
    for folder in ["out", "out/tables", "out/figures"] {
        assert_eq!(mode(folder), 0o700, "{folder}");
    }
    for (path, _) in files(&home.path("out")) {
        assert_eq!(mode(&format!("out/{path}")), 0o600, "{path}");
    }
}

#[test]
fn only_what_a_run_wrote_is_shared() {
    let home = Home::new();
    home.cohort("cohort.p");
    run(&home, &["-o", "out"]).assert_success();
    let before = files(&home.path("out"));
    let share = |from: &str, to: &str| home.run(&["share", from, "-o", to]);
    share("out", "out").assert_error("inside the output folder", "--out");
    share("nothing", "shared").assert_error("no manifest.json", "phenolens run");
    share("out", "shared").assert_success();
    share("shared", "again").assert_error("is a shared folder already", "phenolens run");
    share("out", "shared").assert_success();
    assert!(files(&home.path("out")) == before, "untouched");
    assert_eq!(home.names(), ["cohort.p", "out", "shared"]);
    std::fs::remove_file(home.path("out/tables/roc.csv")).expect("our own file");
    share("out", "again").assert_error("tables/roc.csv is missing", "phenolens run");

    let digest = "content_digest";
    let manifest: serde_json::Value =
        serde_json::from_str(&home.read("out/manifest.json")).expect("JSON");
    let inputs = manifest["inputs"].as_array().expect("a list");
    let secrets = [&manifest[digest], &inputs[0]["sha256"], &inputs[0]["name"]];
    for (path, bytes) in files(&home.path("shared")) {
        let text = String::from_utf8_lossy(&bytes);
        for secret in secrets.map(|value| value.as_str().expect("a text")) {
            assert!(!text.contains(secret), "{secret} is in {path}");
        }
    }
}

/// Traces the network calls of a command; `None` where that cannot be done here.
#[expect(clippy::print_stderr, reason = "a skipped test must be heard of")]
fn network_calls(home: &Home, program: &str, args: &[&str]) -> Option<Vec<String>> {
    let trace = home.path("trace.txt");
    let mut command = Command::new("strace");
    command
        .args(["-f", "-qq", "-e", "trace=network", "-o"])
        .arg(&trace)
        .arg(program)
        .args(args)
        .current_dir(home.path(""));
    let user = home.key();
    let settings = user.ancestors().nth(2).expect("a folder around it");
    command.env("XDG_CONFIG_HOME", settings);
    let failed = match command.output() {
        Err(error) => Some(error.to_string()),
        // What the traced program says ends up there too.
        Ok(output) => {
            let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
            stderr.contains("strace:").then_some(stderr)
        }
    };
    if let Some(reason) = failed {
        eprintln!("SKIPPED: strace cannot watch programs here, nothing is tested: {reason}");
        return None;
    }
    let trace = std::fs::read_to_string(trace).expect("a trace");
    let is_call = |line: &&str| !line.contains("+++ ") && !line.contains("--- ");
    Some(trace.lines().filter(is_call).map(str::to_owned).collect())
}

#[test]
fn no_socket_is_opened() {
    let home = Home::new();
    home.cohort("cohort.p");
    // A program that does open one is seen.
    let dial = ["-c", "exec 3<>/dev/tcp/127.0.0.1/9"];
    let Some(control) = network_calls(&home, "bash", &dial) else {
        return;
    };
    assert!(
        control.iter().any(|call| call.contains("socket(")),
        "{control:?}"
    );
    let program = env!("CARGO_BIN_EXE_phenolens");
    let set = ["--set", "map.steps=260", "--set", "evaluation.bootstrap=40"];
    for args in [
        &[&RUN, &set[..], &["-o", "out"]].concat()[..],
        &["share", "out", "-o", "shared"],
    ] {
        let calls = network_calls(&home, program, args).expect("it was possible before");
        assert!(calls.is_empty(), "{args:?}: {calls:?}");
    }
    assert!(
        home.path("shared/report.md").exists(),
        "the commands did their work"
    );
}
