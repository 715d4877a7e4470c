//! The report in words. Every sentence with a figure takes it from the run, so that other data
//! gives other sentences; nothing is claimed that the run does not carry.

mod analysis;
mod calibration;
mod challenges;
mod clusters;
mod confusions;
mod data;
mod diagnosis;
mod distances;
mod duplicates;
mod field;
mod findings;
mod imbalance;
mod improvement;
mod leak;
mod leak_audit;
mod limits;
pub(crate) mod measures;
mod methodology;
mod open_set;
mod phrases;
mod recommendations;
mod reproduce;
mod results;
mod selection;
mod subgroups;
mod subject_level;
mod summary;
#[cfg(test)]
mod tests;

pub(crate) use distances::{SHOWN as COMPARED, judged};
#[cfg(test)]
pub(crate) use recommendations::Advice;
pub(crate) use recommendations::{Recommendation, recommendations};
pub(crate) use subgroups::{Test as GroupTest, tests as tests_of_groups};

use crate::document::{Block, Document, Figure, Section, Table};
use crate::facts::Facts;

/// The figures of a report, handed out as sections ask for them.
pub(crate) struct Figures(Vec<Figure>);

impl Figures {
    /// Figures in the order in which they were drawn.
    pub(crate) fn new(drawn: &[crate::figures::Figure]) -> Figures {
        let figures = drawn.iter().map(|figure| Figure {
            name: figure.name.clone(),
            caption: format!("{}. {}", figure.title, figure.description),
            svg: figure.svg.clone(),
        });
        Figures(figures.collect())
    }

    /// Takes the figures whose names start with `prefix`, in order.
    fn take(&mut self, prefix: &str) -> Vec<Block> {
        let (taken, rest) = std::mem::take(&mut self.0)
            .into_iter()
            .partition(|figure| figure.name.starts_with(prefix));
        self.0 = rest;
        let taken: Vec<Figure> = taken;
        taken.into_iter().map(Block::Figure).collect()
    }

    /// Takes what no section asked for.
    fn take_rest(&mut self) -> Vec<Block> {
        self.take("")
    }
}

/// Writes the whole report.
pub(crate) fn report(facts: &Facts, mut figures: Figures) -> Document {
    let section = |id, heading: &str, blocks| Section {
        id,
        heading: heading.to_owned(),
        blocks,
    };
    // Sections take their figures in this order; what is left over goes to the results.
    let data = data::data(facts, &mut figures);
    let analysis = analysis::analysis(facts, &mut figures);
    let diagnosis = diagnosis::diagnosis(facts, &mut figures);
    let open_set = open_set::blocks(facts, &mut figures);
    let calibration = calibration::blocks(facts, &mut figures);
    let field = field::blocks(facts, &mut figures);
    let results = results::results(facts, &mut figures);
    let mut sections = vec![
        section("summary", "Summary", summary::summary(facts)),
        section("data", "Data", data),
        section(
            "methodology",
            "Methodology",
            methodology::methodology(facts),
        ),
        section("results", "Results", results),
        section("field", "Protocols of the field", field),
        section("analysis", "Analysis", analysis),
        section("diagnosis", "Why it errs", diagnosis),
        section(
            "open-set",
            &format!("Unknown {}", facts.class.many()),
            open_set,
        ),
        section("calibration", "Calibration of scores", calibration),
        section(
            "challenges",
            "Challenges and solutions",
            challenges::challenges(facts),
        ),
        section(
            "improvement",
            "What would mend it, measured",
            improvement::blocks(facts),
        ),
        section(
            "recommendations",
            "Recommendations",
            recommendations::blocks(facts),
        ),
        section("limits", "Limits", limits::limits(facts)),
        section("reproduce", "Reproduce", reproduce::reproduce(facts)),
    ];
    if let Some(blocks) = subgroups::blocks(facts) {
        let groups = section("groups", "Groups of people", blocks);
        let is_results = |section: &Section| section.id == "results";
        let after = sections.iter().position(is_results);
        sections.insert(after.map_or(0, |place| place + 1), groups);
    }
    // What was not examined has nothing to say.
    sections.retain(|section| !section.blocks.is_empty());
    Document {
        title: format!("How well embeddings tell {} apart", facts.class.many()),
        subtitle: format!(
            "A nearest-neighbor evaluation of {} by phenolens {}",
            facts.context.source_name, facts.context.version
        ),
        sections,
    }
}

/// The tables of `tables.md` and `tables.tex`: those of the report that sum up.
pub(crate) fn summary_tables(facts: &Facts) -> Vec<Table> {
    let mut tables = vec![data::class_table(facts)];
    tables.extend(results::headline_table(facts));
    tables.extend(results::measure_tables(facts));
    tables.extend(results::comparison_table(facts));
    tables.extend(results::class_result_table(facts));
    tables.extend(subject_level::table(facts));
    tables.extend(subgroups::table(facts));
    tables.extend(field::gallery_table(facts));
    tables.extend(field::learning_table(facts));
    tables.extend(confusions::table(facts));
    tables.extend(open_set::table(facts));
    tables.extend(calibration::table(facts));
    tables.extend(improvement::table(facts));
    tables.extend(clusters::table(facts));
    tables.extend(findings::count_table(facts));
    tables
}
