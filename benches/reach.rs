//! Reachability at scale: what the analysis costs after parsing, and how it grows.
//!
//! Run with `cargo bench --bench reach`. Numbers are ratios within one run, beside the absolute times they come from.

#![expect(clippy::print_stdout, reason = "the report of a benchmark")]

mod estate;

use std::time::{Duration, Instant};

use estate::{Shape, generate};
use netlint::cluster::{Direction, WorkloadId};
use netlint::model::{Model, Options};
use netlint::reach::Endpoint;

fn model(namespaces: usize, workloads: usize) -> Model {
    let files = generate(&Shape { namespaces, workloads, ..Shape::default() });
    let texts: Vec<_> = files.iter().map(|file| (file.path.as_str(), file.text.as_str())).collect();
    Model::from_texts(&texts, &Options::default())
}

/// Resolves every policy and asks for each workload what isolates it, in both directions.
fn analyse(model: &Model) -> Duration {
    let start = Instant::now();
    let reach = model.reach();
    let mut isolated = 0_usize;
    for index in 0..model.cluster().workloads.len() {
        let workload = Endpoint::Workload(WorkloadId(u32::try_from(index).unwrap_or(u32::MAX)));
        for direction in Direction::BOTH {
            isolated += usize::from(reach.is_isolated(workload, direction));
        }
    }
    let elapsed = start.elapsed();
    assert_eq!(isolated, model.cluster().workloads.len() * 2, "a default deny isolates everything");
    elapsed
}

/// The time for the rows of all workloads: every permitted connection.
fn rows(model: &Model) -> (Duration, usize) {
    let reach = model.reach();
    let start = Instant::now();
    let mut pairs = 0;
    for index in 0..model.cluster().workloads.len() {
        let row = reach.row(Endpoint::Workload(WorkloadId(u32::try_from(index).unwrap_or(u32::MAX))));
        pairs += row.workloads.len();
    }
    (start.elapsed(), pairs)
}

fn median(mut run: impl FnMut() -> Duration) -> Duration {
    let mut times: Vec<Duration> = (0..3).map(|_| run()).collect();
    times.sort();
    times.get(1).copied().unwrap_or_default()
}

fn main() {
    println!("analysis, by namespaces of 200 workloads and 14 policies");
    let mut before: Option<Duration> = None;
    for namespaces in [125, 250, 500] {
        let time = median(|| analyse(&model(namespaces, 200)));
        let growth = before.map_or(String::new(), |before| {
            format!("  x{:.2} for twice the namespaces", time.as_secs_f64() / before.as_secs_f64())
        });
        println!("  {namespaces:>4} namespaces, {:>6} workloads: {time:>10.2?}{growth}", namespaces * 200);
        before = Some(time);
    }
    println!("all connections, by namespaces of 20 workloads");
    let mut before: Option<Duration> = None;
    for namespaces in [250, 500, 1000] {
        let model = model(namespaces, 20);
        analyse(&model);
        let (time, pairs) = rows(&model);
        let growth = before.map_or(String::new(), |before| {
            format!("  x{:.2} for twice the namespaces", time.as_secs_f64() / before.as_secs_f64())
        });
        println!("  {namespaces:>4} namespaces, {pairs:>7} connections: {time:>10.2?}{growth}");
        before = Some(time);
    }
}
