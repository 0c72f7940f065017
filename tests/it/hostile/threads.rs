//! However many threads there are, a run ends.
//!
//! A hang needs a worker that waits within an initialiser and takes up a job that needs the same value. So the input is
//! one where workers wait: files that take long to look through are asked for by a few of many workloads, while most
//! workers have nothing to do.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long a run may take: many times what it does on a busy machine.
const AT_MOST: Duration = Duration::from_secs(20);

/// Threads, and how often the program is run with them: it hangs by chance if it does.
const RUNS: [(usize, usize); 4] = [(2, 1), (8, 1), (33, 5), (64, 5)];

fn write(directory: &Path, config_maps: usize, workloads: usize, taking: usize) {
    let page = "    a line of a page that nobody reads\n".repeat(400);
    for number in 0..config_maps {
        let text =
            format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: map-{number}}}\ndata:\n  page: |\n{page}");
        fs::write(directory.join(format!("map-{number}.yaml")), text).unwrap();
    }
    let mut text = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny}\n\
                    spec: {podSelector: {}, policyTypes: [Ingress, Egress]}\n"
        .to_owned();
    for number in 0..workloads {
        let settings = match number % (workloads / taking) {
            0 => format!(", envFrom: [{{configMapRef: {{name: map-{}}}}}]", number % config_maps),
            _ => String::new(),
        };
        let labels = format!("{{app: w-{number}}}");
        write!(
            text,
            "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: w-{number}}}\nspec:\n  \
             selector: {{matchLabels: {labels}}}\n  template:\n    metadata: {{labels: {labels}}}\n    \
             spec: {{containers: [{{name: main, image: example/main:1{settings}}}]}}\n"
        )
        .unwrap();
    }
    fs::write(directory.join("workloads.yaml"), text).unwrap();
}

/// What the program says; `None` where it does not end.
fn run(directory: &Path, threads: usize) -> Option<String> {
    let report = directory.with_extension("report");
    let mut command = Command::new(env!("CARGO_BIN_EXE_netlint"));
    command
        .args(["check", "--isolated", "--fail-on", "never", "--format"])
        .arg(format!("concise:{}", report.display()));
    command.arg(directory).env("RAYON_NUM_THREADS", threads.to_string());
    let mut program = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let start = Instant::now();
    while start.elapsed() < AT_MOST {
        if let Some(status) = program.try_wait().unwrap() {
            assert!(status.success(), "{status}");
            return Some(fs::read_to_string(report).unwrap());
        }
        sleep(Duration::from_millis(5));
    }
    program.kill().unwrap();
    program.wait().unwrap();
    None
}

#[test]
fn no_number_of_threads_makes_a_run_hang() {
    let root = tempfile::tempdir().unwrap();
    let directory = root.path().join("manifests");
    fs::create_dir(&directory).unwrap();
    write(&directory, 3_000, 4_000, 40);
    let expected = run(&directory, 1).expect("one thread waits for nobody");
    assert!(expected.contains("3001 files"), "{expected}");
    for (threads, runs) in RUNS {
        for number in 1..=runs {
            let report = run(&directory, threads);
            let report = report.unwrap_or_else(|| panic!("run {number} with {threads} threads does not end"));
            assert_eq!(report, expected, "{threads} threads");
        }
    }
}
