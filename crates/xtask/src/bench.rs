//! `cargo xtask bench`: the two engines and the whole run, timed beside other programs.
//!
//! Everything is made or measured in `target/bench`; the tables go into one Markdown file. Programs take
//! turns (A B A B), so that what else the machine does meets all of them, and the least time counts.

mod approximate;
mod contest;
mod document;
mod folder;
mod growth;
mod machine;
mod neighbors;
mod options;
mod peers;
mod process;
mod program;
mod repeat;
mod table;
mod tsne;
mod whole_run;

pub(crate) use options::{Options, USAGE};
pub(crate) use repeat::repeat;

use contest::Contest;
use document::Document;
use folder::Folder;
use machine::Machine;
use options::Part;
use peers::Peers;
use program::Program;
use table::Table;

/// What every part of the benchmark works with.
struct Bench<'a> {
    options: &'a Options,
    folder: Folder,
    machine: Machine,
    program: Program,
    /// The other programs, where there is a Python to run them.
    peers: Option<Peers>,
}

/// Runs the parts that are asked for, and writes their tables.
pub(crate) fn bench(options: &Options) -> Result<bool, String> {
    let folder = Folder::make()?;
    let program = Program::build(options, &folder)?;
    let peers = options.python.as_ref().map(|python| {
        let n_threads = options.n_threads;
        Peers::new(python, n_threads)
    });
    let machine = Machine::look(options, &program, peers.as_ref())?;
    println!("{}", machine.sentence(options.n_rounds));
    let bench = Bench {
        options,
        folder,
        machine,
        program,
        peers,
    };
    let mut document = Document::read(&options.out)?;
    for part in Part::ALL {
        if options.only.is_some_and(|only| only != part) {
            continue;
        }
        println!("\n== {}", part.name());
        let sections = match part {
            Part::Neighbors => vec![neighbors::section(&bench)?, growth::section(&bench)?],
            Part::Approximate => vec![approximate::section(&bench)?],
            Part::Tsne => vec![tsne::section(&bench)?],
            Part::Run => vec![whole_run::section(&bench)?],
        };
        // After each part, since the next one may take hours.
        for section in sections {
            document.put(section);
        }
        document.write(&options.out)?;
    }
    println!("\nwrote {}", options.out.display());
    Ok(true)
}

impl Bench<'_> {
    /// A contest with as many rounds as were asked for.
    fn contest(&self) -> Contest {
        Contest::new(self.options.n_rounds)
    }

    /// What was measured on this machine, in so many rounds.
    fn part(&self, title: &str, n_rounds: usize, table: &Table) -> document::Part {
        let machine = self.machine.sentence(n_rounds);
        document::Part {
            title: title.to_owned(),
            text: format!("{machine}\n\n{}", table.text()),
        }
    }
}
