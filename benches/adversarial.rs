//! Inputs with very many of one thing: what the whole lint costs, and how that grows.
//!
//! Run with `cargo bench --bench adversarial [NAME]`. Twice the input may cost at most x2.3.

#![expect(clippy::print_stdout, reason = "the report of a benchmark")]

mod inputs;
mod measure;

use std::time::Duration;

use inputs::{INPUTS, Input};
use measure::{median, median_ratio, peak_memory, ratio, time, verdict};
use netlint::analysis::{Analysis, Options};
use netlint::findings::judge;
use netlint::report::findings::Format;
use netlint::source::Sources;
use netlint::{catalogue, report, rules};

/// Runs of each measurement; the median counts.
const RUNS: usize = 7;

fn analysis(text: &str) -> Analysis {
    Analysis::from_texts(&[("input.yaml", text)], &Options::default())
}

/// From the text to the report.
fn lint(text: &str) -> usize {
    let nothing = Sources::default();
    let models = [analysis(text)];
    let report = judge(&models, false);
    let (mut out, sources) = (Vec::new(), models.first().map(Analysis::sources));
    let sources = sources.unwrap_or(&nothing);
    let _ = report::findings::render(Format::Json, &report, sources, &report::findings::Options::default(), &mut out);
    out.len()
}

fn measure(input: &Input) {
    let (half, full) = ((input.text)(input.size / 2), (input.text)(input.size));
    let time_of = |text: &str| time(|| lint(text));
    let after = median(RUNS, || time_of(&full));
    let growth = median_ratio(RUNS, || {
        let before = time_of(&half);
        ratio(time_of(&full), before)
    });
    println!("{:>6} {:<40} {after:>10.2?}", input.size, input.name);
    println!("{}", verdict("twice as many", growth, 2.3));
    for (name, time) in slowest(&analysis(&full)) {
        println!("       of it {name}: {time:.2?}");
    }
}

/// The rules that take a tenth of a second and more.
fn slowest(analysis: &Analysis) -> Vec<(&'static str, Duration)> {
    let times = catalogue::rules().iter().map(|rule| (rule.name, time(|| rules::check(analysis, rule.name))));
    times.filter(|(_, time)| time.as_millis() >= 100).collect()
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let is_wanted = |input: &&Input| wanted.is_empty() || wanted.iter().any(|word| input.name.contains(word.as_str()));
    for input in INPUTS.iter().filter(is_wanted) {
        measure(input);
    }
    println!("at most {} MiB of memory", peak_memory().unwrap_or_default());
}
