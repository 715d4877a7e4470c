//! `phenolens neighbors`: the nearest neighbors of every sample, alone, also of a bare matrix.

use std::path::Path;

use phenolens::Machine;
use phenolens::dataset::Dataset;
use phenolens::neighbors::{Distance, Neighbors};
use phenolens::report::neighbors_csv;
use phenolens::sources::{Elements, NamedArray};
use phenolens::validation::Admission;
use serde_json::json;

use crate::args::NeighborsArgs;
use crate::engine::{self, Timing, seconds};
use crate::failure::Failure;
use crate::pipeline::thread_pool;
use crate::progress::Stopwatch;
use crate::results_file::{ResultsFile, ResultsFormat, array_name};
use crate::settings::{self, NeighborSettings, Resolved};
use crate::talk::{self, Talk, count};
use crate::{Status, reading};

/// Neighbors of each sample, where the samples suffice for it.
const USUAL_K: usize = 15;

/// Finds the neighbors of every sample and writes them to one file.
pub(crate) fn neighbors(args: &NeighborsArgs, talk: Talk) -> Result<Status, Failure> {
    let watch = Stopwatch::start(talk);
    let mut flags = engine::flags(&args.engine, "neighbors.distances")?;
    if let Some(k) = &args.k {
        flags.push(("neighbors.k", k.clone(), "--k"));
    }
    let resolved = settings::from_surroundings(&args.engine.settings, &flags, talk)?;
    let file = ResultsFile::judge(&args.engine.out, args.engine.force, &args.engine.data)?;
    let pool = thread_pool(&resolved.settings)?;
    let found = pool.install(|| search(args, &resolved, &watch))?;
    reading::say_what_is_left_out(&found.admission, talk);
    watch.enter("writing");
    let bytes = found.bytes(&file)?;
    file.write(&bytes)?;
    let timing = Timing::of(&watch, &resolved, pool.current_num_threads(), talk);

    if args.engine.json {
        let format = file.format().name();
        let results = json!({
            "k": found.k,
            "distances": found.names(),
            "method": resolved.settings.analysis.search,
            "recall": found.tables.iter().map(Neighbors::recall).collect::<Vec<_>>(),
        });
        talk::print_json(&timing.json(&found.admission, &args.engine.out, format, results))?;
    } else if talk != Talk::Quiet {
        talk::print(&found.text(&timing, &args.engine.out))?;
    }
    Ok(Status::Success)
}

/// The tables and what they are of.
struct Found {
    admission: Admission,
    k: usize,
    tables: Vec<Neighbors>,
}

fn search(args: &NeighborsArgs, resolved: &Resolved, watch: &Stopwatch) -> Result<Found, Failure> {
    watch.enter("reading");
    let admission = reading::admitted(&args.engine.data, &resolved.settings, watch)?;
    let wanted = &resolved.settings.neighbors;
    let k = k(wanted, &admission.dataset)?;
    let machine = Machine {
        instruction_set: resolved.instruction_set,
        progress: watch,
    };
    watch.enter("neighbors");
    let method = resolved.settings.analysis.search;
    let tables = method.search(&admission.dataset, &wanted.distances, k, &machine);
    Ok(Found {
        admission,
        k,
        tables,
    })
}

/// How many neighbors each sample gets: an explicit number is kept, or refused.
fn k(wanted: &NeighborSettings, dataset: &Dataset) -> Result<usize, Failure> {
    let n_others = dataset.n_samples() - 1;
    if n_others == 0 {
        let message = "one sample alone has no neighbors";
        return Err(Failure::new("settings_unsuited", message)
            .hint("give a file with two samples or more that can be used"));
    }
    match wanted.k {
        None => Ok(USUAL_K.min(n_others)),
        Some(k) if k <= n_others => Ok(k),
        Some(k) => {
            let n_samples = count(dataset.n_samples(), "sample");
            let message =
                format!("k {k} does not suit {n_samples}: it must lie between 1 and {n_others}");
            Err(Failure::new("settings_unsuited", message)
                .hint("leave `neighbors.k` out, and 15 or all others are taken"))
        }
    }
}

impl Found {
    fn names(&self) -> Vec<&'static str> {
        let distances = self.tables.iter().map(Neighbors::distance);
        distances.map(Distance::name).collect()
    }

    /// A few lines for a reader.
    fn text(&self, timing: &Timing, out: &Path) -> String {
        let recalls = self.tables.iter().filter_map(|table| {
            let recall = table.recall()?;
            Some(format!(
                "approximate by {} distance: {:.2} % of the exact neighbors found (standard error {:.2}, \
                 {} samples)\n",
                table.distance().name(),
                100.0 * recall.value,
                100.0 * recall.standard_error,
                recall.n_sampled,
            ))
        });
        let recalls: String = recalls.collect();
        let method = if recalls.is_empty() {
            "exact"
        } else {
            "approximate"
        };
        format!(
            "{}; {}\n{} of each by {} distance, {method}, in {}\n{recalls}neighbors: {}\n",
            reading::rows(&self.admission.rows),
            count(self.admission.dataset.n_dims(), "dimension"),
            count(self.k, "neighbor"),
            self.names().join(" and by "),
            seconds(timing.of_phase("neighbors")),
            out.display(),
        )
    }

    /// The tables in the format of the file.
    fn bytes(&self, file: &ResultsFile) -> Result<Vec<u8>, Failure> {
        let dataset = &self.admission.dataset;
        match file.format() {
            ResultsFormat::Csv => neighbors_csv(dataset, &self.tables, self.k)
                .map_err(|error| Failure::caused("internal", "cannot make the table", &error)),
            ResultsFormat::Arrays(format) => {
                let n_tables = self.tables.len();
                let arrays = self.tables.iter().flat_map(|table| arrays(table, n_tables));
                let n_set_aside = self.admission.rows.set_aside;
                file.arrays(dataset, n_set_aside, format, arrays.collect())
            }
        }
    }
}

/// A table as arrays of one row for each sample.
fn arrays(table: &Neighbors, n_tables: usize) -> [NamedArray<'_>; 2] {
    let name = |name: &str| array_name(name, table.distance().name(), n_tables);
    let width = table.n_neighbors();
    let indices = Elements::CountRows {
        width,
        row: Box::new(|sample| table.indices(sample)),
    };
    let distances = Elements::NumberRows {
        width,
        row: Box::new(|sample| table.values(sample)),
    };
    [
        NamedArray {
            name: name("indices"),
            elements: indices,
        },
        NamedArray {
            name: name("distances"),
            elements: distances,
        },
    ]
}
