//! Reachability at scale: what the analysis costs after parsing, and how it grows.
//!
//! Run with `cargo bench --bench reach`. Numbers are ratios within one run, beside the absolute times they come from.

#![expect(clippy::print_stdout, reason = "the report of a benchmark")]

mod estate;
#[expect(dead_code, reason = "other benchmarks need more")]
mod measure;
mod ordered;

use std::time::Duration;

use estate::{Shape, generate};
use measure::{median, peak_memory, ratio, time, verdict};
use netlint::analysis::{Analysis, Options};
use netlint::cluster::Cluster;
use netlint::findings::judge;
use netlint::net::Direction;
use netlint::objects::WorkloadId;
use netlint::reach::{Endpoint, Reachability, Reading};

fn analysis(namespaces: usize, workloads: usize, policies: usize) -> Analysis {
    let files = generate(&Shape { namespaces, workloads, policies, ..Shape::default() });
    let texts: Vec<_> = files.iter().map(|file| (file.path.as_str(), file.text.as_str())).collect();
    Analysis::from_texts(&texts, &Options::default())
}

/// Resolves every policy and asks for each workload what isolates it, in both directions.
fn analyse(analysis: &Analysis) -> Duration {
    time(|| {
        let reach = Reachability::new(analysis.cluster(), Reading::Shown, analysis.pod_blocks());
        let isolated = |&(workload, direction): &(Endpoint, Direction)| reach.is_isolated(workload, direction);
        let sides = workloads(analysis).flat_map(|workload| Direction::BOTH.map(|direction| (workload, direction)));
        let isolated = sides.filter(isolated).count();
        assert_eq!(isolated, analysis.cluster().workloads.len() * 2, "a default deny isolates everything");
    })
}

/// The time for the rows of all workloads: every permitted connection.
fn rows(analysis: &Analysis) -> (Duration, usize) {
    let reach = analysis.reach();
    let mut pairs = 0;
    let time = time(|| pairs = all_rows(reach, analysis.cluster()));
    (time, pairs)
}

fn all_rows(reach: &Reachability, cluster: &Cluster) -> usize {
    let rows = reach.rows();
    of_cluster(cluster).map(|workload| rows.row(workload).workloads.len()).sum()
}

fn workloads(analysis: &Analysis) -> impl Iterator<Item = Endpoint> {
    of_cluster(analysis.cluster())
}

fn of_cluster(cluster: &Cluster) -> impl Iterator<Item = Endpoint> + use<> {
    (0..cluster.workloads.len()).map(|index| Endpoint::Workload(WorkloadId(index as u32)))
}

/// The time to resolve all policies and to list every permitted connection, under so many ordered policies.
fn under_ordered(analysis: &Analysis, count: usize) -> (Duration, usize) {
    let mut cluster = analysis.cluster().clone();
    let object = cluster.policies.first().cloned();
    cluster.policies.extend(object.iter().flat_map(|object| ordered::policies(object, count, 10)));
    let mut pairs = 0;
    let time = median(3, || time(|| pairs = all_rows(&Reachability::new(&cluster, Reading::Shown, &[]), &cluster)));
    (time, pairs)
}

/// The time to read manifests and to find what is wrong with them.
fn check(texts: &[(&str, &str)]) -> (Duration, usize) {
    let mut findings = 0;
    let time = median(3, || {
        time(|| {
            let analysis = Analysis::from_texts(texts, &Options::default());
            findings = judge(std::slice::from_ref(&analysis), false).findings.len();
        })
    });
    (time, findings)
}

fn checks_under_ordered_policies() {
    println!("a whole check under 50 ordered policies of 10 rules, by namespaces of 40 workloads and 20 policies");
    let manifests = ordered::manifests(50, 10);
    let mut before = None;
    for namespaces in [250, 500] {
        let files = generate(&Shape { namespaces, workloads: 40, policies: 6, ..Shape::default() });
        let mut texts: Vec<_> = files.iter().map(|file| (file.path.as_str(), file.text.as_str())).collect();
        let (without, open) = check(&texts);
        texts.push(("ordered.yaml", &manifests));
        let (with, findings) = check(&texts);
        println!("  {namespaces:>4} namespaces, {open:>7} findings without them: {without:>10.2?}");
        row(&format!("{namespaces:>4} namespaces, {findings:>7} findings"), with, &mut before);
        println!("{}", verdict("the time without them", ratio(with, without), 1.5));
    }
}

fn ordered_policies() {
    println!("all connections under 50 ordered policies of 10 rules, by namespaces of 40 workloads and 20 policies");
    let mut before = None;
    for namespaces in [250, 500] {
        let analysis = analysis(namespaces, 40, 6);
        let (without, open) = under_ordered(&analysis, 0);
        let (with, pairs) = under_ordered(&analysis, 50);
        println!("  {namespaces:>4} namespaces, {open:>7} connections without them: {without:>10.2?}");
        row(&format!("{namespaces:>4} namespaces, {pairs:>7} connections"), with, &mut before);
        println!("{}", verdict("the time without them", ratio(with, without), 1.5));
    }
}

/// A line for a size that is twice the one before.
fn row(what: &str, time: Duration, before: &mut Option<Duration>) {
    println!("  {what}: {time:>10.2?}");
    if let Some(before) = before.replace(time) {
        println!("{}", verdict("twice the namespaces", ratio(time, before), 2.3));
    }
}

fn main() {
    ordered_policies();
    checks_under_ordered_policies();
    println!("analysis, by namespaces of 200 workloads and 14 policies");
    let mut before = None;
    for namespaces in [125, 250, 500] {
        let time = median(3, || analyse(&analysis(namespaces, 200, 0)));
        row(&format!("{namespaces:>4} namespaces, {:>6} workloads", namespaces * 200), time, &mut before);
    }
    // 14 policies and 6 more in each namespace.
    let mut size = (0, 0);
    let time = median(3, || {
        let analysis = analysis(500, 200, 6);
        size = (analysis.cluster().workloads.len(), analysis.policies().len());
        analyse(&analysis)
    });
    println!("  500 namespaces, {} workloads, {} policies: {time:.2?}", size.0, size.1);
    println!("{}", verdict("the analysis against a second", time.as_secs_f64(), 1.0));
    println!("{}", verdict("memory against 1.5 GiB", peak_memory().unwrap_or_default() as f64 / 1536.0, 1.0));
    println!("all connections, by namespaces of 20 workloads");
    let mut before = None;
    for namespaces in [250, 500, 1000] {
        let analysis = analysis(namespaces, 20, 0);
        analyse(&analysis);
        let (time, pairs) = rows(&analysis);
        row(&format!("{namespaces:>4} namespaces, {pairs:>7} connections"), time, &mut before);
    }
}
