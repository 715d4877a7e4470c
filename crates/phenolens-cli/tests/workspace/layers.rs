//! Imports go one way: between crates, and between the modules of the mathematics.

use std::collections::BTreeSet;
use std::fs;

use crate::sources::{root, rust_files};

/// Each crate, and those of the workspace that it may use.
const CRATES: [(&str, &[&str]); 6] = [
    ("phenolens-core", &[]),
    ("phenolens-sources", &["phenolens-core"]),
    ("phenolens-report", &["phenolens-core"]),
    (
        "phenolens",
        &["phenolens-core", "phenolens-report", "phenolens-sources"],
    ),
    ("phenolens-cli", &["phenolens"]),
    ("xtask", &[]),
];

/// The modules of the mathematics in their order; each may use earlier ones only.
const MODULES: [&str; 23] = [
    "random",
    "statistics",
    "kernels",
    "machine",
    "findings",
    "cohort",
    "dataset",
    "neighbors",
    "validation",
    "exploration",
    "evaluation",
    "subject_level",
    "subgroups",
    "gallery",
    "few_shot",
    "improvement",
    "open_set",
    "calibration",
    "projection",
    "diagnosis",
    "synth",
    "analysis",
    "lib",
];

#[test]
fn a_crate_uses_lower_ones_only() {
    let mut known: Vec<String> = fs::read_dir(root().join("crates"))
        .expect("a folder")
        .map(|entry| {
            let name = entry.expect("an entry").file_name();
            name.into_string().expect("UTF-8")
        })
        .collect();
    known.sort();
    let mut listed: Vec<&str> = CRATES.iter().map(|(name, _)| *name).collect();
    listed.sort_unstable();
    assert_eq!(known, listed, "every crate has its place");

    for (name, allowed) in CRATES {
        let path = root().join("crates").join(name).join("Cargo.toml");
        let text = fs::read_to_string(path).expect("a manifest");
        let manifest: toml::Table = text.parse().expect("TOML");
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let Some(dependencies) = manifest.get(section).and_then(toml::Value::as_table) else {
                continue;
            };
            for dependency in dependencies
                .keys()
                .filter(|name| name.starts_with("phenolens"))
            {
                assert!(
                    allowed.contains(&dependency.as_str()),
                    "{name} uses {dependency}"
                );
            }
        }
    }
}

#[test]
fn a_module_of_the_mathematics_uses_earlier_ones_only() {
    let place = |module: &str| MODULES.iter().position(|&other| other == module);
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for file in rust_files() {
        let Some(inside) = file.path.strip_prefix("crates/phenolens-core/src/") else {
            continue;
        };
        if file.is_test {
            continue;
        }
        let module = inside
            .split(['/', '.'])
            .next()
            .expect("there is a first part");
        let own = place(module).unwrap_or_else(|| panic!("{module} has no place in the order"));
        seen.insert(own);
        for used in uses(&file.code()) {
            // Macros stand at the top of a crate wherever they are written.
            let used_place = place(&used).unwrap_or(0);
            if used_place > own {
                found.push(format!("{} uses {used}", file.path));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
    assert_eq!(
        seen.len(),
        MODULES.len(),
        "every module of the order exists"
    );
}

/// The modules that a file names by `crate::`.
fn uses(code: &str) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for (start, _) in code.match_indices("crate::") {
        let rest = &code[start + "crate::".len()..];
        match rest.strip_prefix('{') {
            None => {
                used.insert(first_word(rest));
            }
            Some(list) => {
                let mut depth = 0;
                let mut is_first = true;
                for (index, letter) in list.char_indices() {
                    match letter {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => is_first = true,
                        letter if is_first && !letter.is_whitespace() => {
                            used.insert(first_word(&list[index..]));
                            is_first = false;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    used
}

fn first_word(text: &str) -> String {
    text.chars()
        .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
        .collect()
}

#[test]
fn imports_are_found_in_either_form() {
    let code =
        "use crate::a::B;\nuse crate::{\n    c::{D, e},\n    f,\n};\nfn g() { crate::h::i() }";
    let used: Vec<String> = uses(code).into_iter().collect();
    assert_eq!(used, ["a", "c", "f", "h"]);
}
