//! `phenolens map`: t-SNE maps alone, also of a bare matrix.

use std::path::Path;

use phenolens::Machine;
use phenolens::neighbors::Distance;
use phenolens::projection::{MapError, Projection, project};
use phenolens::report::map_csv;
use phenolens::sources::{ArrayFormat, Elements, NamedArray};
use phenolens::validation::Admission;
use serde_json::{Value, json};

use crate::args::MapArgs;
use crate::engine::{self, Timing, seconds};
use crate::failure::Failure;
use crate::pipeline::thread_pool;
use crate::progress::Stopwatch;
use crate::results_file::{ResultsFile, ResultsFormat, array_name};
use crate::settings::{self, Resolved};
use crate::talk::{self, Talk, count};
use crate::{Status, reading};

/// Lays the samples out and writes their positions to one file.
pub(crate) fn map(args: &MapArgs, talk: Talk) -> Result<Status, Failure> {
    let watch = Stopwatch::start(talk);
    let mut flags = engine::flags(&args.engine, "map.distances")?;
    for (key, value, flag) in [
        ("map.perplexity", &args.perplexity, "--perplexity"),
        ("map.steps", &args.steps, "--steps"),
        ("map.learning_rate", &args.learning_rate, "--learning-rate"),
        ("map.exaggeration", &args.exaggeration, "--exaggeration"),
    ] {
        if let Some(value) = value {
            flags.push((key, value.clone(), flag));
        }
    }
    let resolved = settings::from_surroundings(&args.engine.settings, &flags, talk)?;
    let file = ResultsFile::judge(&args.engine.out, args.engine.force, &args.engine.data)?;
    let pool = thread_pool(&resolved.settings)?;
    let drawn = pool.install(|| draw(args, &resolved, &watch))?;
    reading::say_what_is_left_out(&drawn.admission, talk);
    watch.enter("writing");
    file.write(&drawn.bytes(&file)?)?;
    let timing = Timing::of(&watch, &resolved, pool.current_num_threads(), talk);

    if args.engine.json {
        let format = file.format().name();
        let maps: Vec<Value> = drawn.maps.iter().map(|map| drawn.json(map)).collect();
        let results = json!({ "maps": maps });
        talk::print_json(&timing.json(&drawn.admission, &args.engine.out, format, results))?;
    } else if talk != Talk::Quiet {
        talk::print(&drawn.text(&timing, &args.engine.out))?;
    }
    Ok(Status::Success)
}

/// The maps and what they are of.
struct Drawn {
    admission: Admission,
    maps: Vec<Projection>,
}

fn draw(args: &MapArgs, resolved: &Resolved, watch: &Stopwatch) -> Result<Drawn, Failure> {
    watch.enter("reading");
    let admission = reading::admitted(&args.engine.data, &resolved.settings, watch)?;
    let dataset = &admission.dataset;
    let distances = match &resolved.settings.map_distances {
        Some(distances) => distances.clone(),
        None => vec![Distance::Cosine],
    };
    if distances.is_empty() {
        return Err(
            Failure::new("setting", "`map.distances` is empty, so there is no map")
                .hint("--distance cosine"),
        );
    }
    let params = &resolved.settings.analysis.map;
    params
        .check(dataset.n_samples())
        .map_err(|error| unsuited(args, &error))?;
    let machine = Machine {
        instruction_set: resolved.instruction_set,
        progress: watch,
    };
    watch.enter("neighbors");
    let n_neighbors = params.n_neighbors(dataset.n_samples());
    let tables =
        resolved
            .settings
            .analysis
            .search
            .search(dataset, &distances, n_neighbors, &machine);
    watch.enter("projection");
    let maps: Result<Vec<Projection>, MapError> = tables
        .iter()
        .map(|table| project(dataset, table, params, &machine))
        .collect();
    let maps = maps.map_err(|error| unsuited(args, &error))?;
    Ok(Drawn { admission, maps })
}

fn unsuited(args: &MapArgs, error: &MapError) -> Failure {
    let message = format!("{}: {error}", args.engine.data.display());
    let hint = match error {
        // The other remedy is to make no map, which is not what this command is for.
        MapError::TooFewSamples { .. } => Some("give a file with more samples that can be used"),
        _ => error.hint(),
    };
    Failure::new("settings_unsuited", message).hint_if(hint)
}

impl Drawn {
    /// A few lines for a reader.
    fn text(&self, timing: &Timing, out: &Path) -> String {
        let mut text = format!(
            "{}; {}\n",
            reading::rows(&self.admission.rows),
            count(self.admission.dataset.n_dims(), "dimension"),
        );
        for map in &self.maps {
            let (settings, quality) = (&map.settings, &map.quality);
            text.push_str(&format!(
                "map by {} distance: perplexity {}, {}, learning rate {}, exaggeration {}\n",
                map.distance.name(),
                settings.perplexity,
                count(settings.n_steps, "step"),
                // Without the digits of a third.
                (settings.learning_rate * 1e3).round() / 1e3,
                settings.exaggeration,
            ));
            if let Some(recall) = map.recall {
                text.push_str(&format!(
                    "  approximate neighbors: {:.2} % of the exact ones found (standard error {:.2}, {} \
                     samples)\n",
                    100.0 * recall.value,
                    100.0 * recall.standard_error,
                    recall.n_sampled,
                ));
            }
            text.push_str(&format!(
                "  KL divergence {:.4}; trustworthiness {:.4} and continuity {:.4} at {}; {:.4} of the \
                 {} nearest neighbors kept\n",
                quality.kl,
                quality.trustworthiness,
                quality.continuity,
                quality.k_trust,
                quality.neighbors_kept,
                quality.k_kept,
            ));
            if let Some(correlation) = quality.class_center_correlation {
                text.push_str(&format!(
                    "  correlation of the distances between class centers {correlation:.4}\n"
                ));
            }
        }
        text.push_str(&format!(
            "neighbors in {}, {} with quality in {}\nmap: {}\n",
            seconds(timing.of_phase("neighbors")),
            count(self.maps.len(), "map"),
            seconds(timing.of_phase("projection")),
            out.display(),
        ));
        text
    }

    /// One map for a program; what is said of classes only where there are several.
    fn json(&self, map: &Projection) -> Value {
        let mut quality = json!(map.quality);
        if self.admission.dataset.n_classes() < 2
            && let Value::Object(figures) = &mut quality
        {
            figures.remove("class_center_correlation");
        }
        json!({
            "distance": map.distance.name(),
            "recall": map.recall,
            "settings": map.settings,
            "quality": quality,
        })
    }

    /// The maps in the format of the file.
    fn bytes(&self, file: &ResultsFile) -> Result<Vec<u8>, Failure> {
        let dataset = &self.admission.dataset;
        match file.format() {
            ResultsFormat::Csv => map_csv(dataset, &self.maps)
                .map_err(|error| Failure::caused("internal", "cannot make the table", &error)),
            ResultsFormat::Arrays(format) => {
                let arrays = self.maps.iter().flat_map(|map| self.arrays(map, format));
                let n_set_aside = self.admission.rows.set_aside;
                file.arrays(dataset, n_set_aside, format, arrays.collect())
            }
        }
    }

    /// A map as arrays of one row for each sample: an archive has both coordinates in one array, a
    /// table in two columns.
    fn arrays<'a>(&self, map: &'a Projection, format: ArrayFormat) -> Vec<NamedArray<'a>> {
        let name = |name: &str| array_name(name, map.distance.name(), self.maps.len());
        if format == ArrayFormat::Npz {
            return vec![NamedArray {
                name: name("positions"),
                elements: Elements::NumberRows {
                    width: 2,
                    row: Box::new(|sample| &map.positions[sample]),
                },
            }];
        }
        let coordinate = |(axis, letter): (usize, &str)| NamedArray {
            name: name(letter),
            elements: Elements::Numbers(Box::new(move |sample| map.positions[sample][axis])),
        };
        [(0, "x"), (1, "y")].map(coordinate).into()
    }
}
