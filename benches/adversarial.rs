//! Inputs with very many of one thing: what the whole lint costs, and how that grows.
//!
//! Run with `cargo bench --bench adversarial [NAME]`. Twice the input may cost at most x2.3, which is an exponent of
//! 1.2. With `--short` inputs are half as large and measured once, and the program fails where one takes more than 3
//! seconds, grows with an exponent above 2, or where more than 500 MiB of memory are in use.

#![expect(clippy::print_stdout, reason = "the report of a benchmark")]

mod inputs;
mod measure;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use inputs::{INPUTS, Input};
use measure::{median, median_ratio, peak_memory, ratio, time, verdict};
use netlint::analysis::{Analysis, Options};
use netlint::config::{self, Config};
use netlint::discover::{Excludes, discover};
use netlint::file_tree::{Boundary, Overlay, SharedTree, WorkTree};
use netlint::findings::{Run, analyze};
use netlint::report::findings::Format;
use netlint::{catalogue, report, rules};

/// Runs of each measurement; the median counts.
const RUNS: usize = 7;

/// What an input of the short form may cost.
const MOST_TIME: Duration = Duration::from_secs(3);
const MOST_MEMORY: u64 = 500;

/// Files that are nowhere but in memory.
fn tree(files: &[(&'static str, String)]) -> SharedTree {
    let directory = std::env::temp_dir().join("netlint-no-such-directory");
    let mut tree = Overlay::over(Arc::new(WorkTree::new(&directory)));
    for (name, text) in files {
        tree.add(&directory.join(name), text.as_bytes());
    }
    Arc::new(tree)
}

fn run(tree: &SharedTree) -> Run {
    let configuration = PathBuf::from("netlint.yaml");
    let config = config::read(&**tree, &configuration).unwrap_or_else(|_| Config::default());
    let options = Options { config: Arc::new(config), ..Options::default() };
    analyze(discover(tree, &[PathBuf::from(".")], &Excludes::default(), &Boundary::unbounded()), &options)
}

/// From the files to the report.
fn lint(tree: &SharedTree) -> usize {
    let run = run(tree);
    let mut out = Vec::new();
    let options = report::findings::Options::default();
    let _ = report::findings::render(Format::Json, &run.report, run.sources(), &options, &mut out);
    out.len()
}

/// Measures an input at a size in so many runs. Returns the time that it takes, and the exponent of its growth.
fn measure(input: &Input, size: usize, runs: usize) -> (Duration, f64) {
    let [half, full] = [size / 2, size].map(|size| tree(&input.content.files(size)));
    let time_of = |tree: &SharedTree| time(|| lint(tree));
    let after = median(runs, || time_of(&full));
    let growth = median_ratio(runs, || {
        let before = time_of(&half);
        ratio(time_of(&full), before)
    });
    println!("{size:>6} {:<40} {after:>10.2?}, exponent {:.2}", input.name, growth.log2());
    if runs > 1 {
        println!("{}", verdict("twice as many", growth, 2.3));
        for (name, time) in run(&full).models.first().map(slowest).unwrap_or_default() {
            println!("       of it {name}: {time:.2?}");
        }
    }
    (after, growth.log2())
}

/// The rules that take a tenth of a second and more.
fn slowest(analysis: &Analysis) -> Vec<(&'static str, Duration)> {
    let times = catalogue::rules().iter().map(|rule| (rule.name, time(|| rules::check(analysis, rule.name))));
    times.filter(|(_, time)| time.as_millis() >= 100).collect()
}

fn main() -> ExitCode {
    let (flags, wanted): (Vec<_>, Vec<_>) = std::env::args().skip(1).partition(|argument| argument.starts_with('-'));
    let is_short = flags.iter().any(|flag| flag == "--short");
    let is_wanted = |input: &&Input| wanted.is_empty() || wanted.iter().any(|word| input.name.contains(word.as_str()));
    let mut missed = Vec::new();
    for input in INPUTS.iter().filter(is_wanted) {
        let (size, runs) = if is_short { (input.size / 2, 1) } else { (input.size, RUNS) };
        let (time, exponent) = measure(input, size, runs);
        // What is over in no time is measured badly.
        if time > MOST_TIME || exponent > 2.0 && time > MOST_TIME / 10 {
            missed.push(input.name);
        }
    }
    let memory = peak_memory().unwrap_or_default();
    println!("at most {memory} MiB of memory");
    if is_short && (!missed.is_empty() || memory > MOST_MEMORY) {
        println!("MISSED: {}; at most {MOST_TIME:?} and {MOST_MEMORY} MiB", missed.join(", "));
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
