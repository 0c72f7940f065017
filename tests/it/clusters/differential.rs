//! Kustomizations applied in place, held against what kustomize v5.5 builds of the same files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use netlint::analysis::{Analysis, Options, load};
use netlint::connections::Connections;
use netlint::discover::{Excludes, discover};
use netlint::file_tree::Boundary;
use netlint::findings::judge;
use netlint::report::connections::{Format, write};

use super::real::{contents, here, renderer};
use super::trees;
use crate::support::tree;

/// What is known of a build: what is in the cluster, who may connect to which, and what is wrong.
#[derive(Debug, PartialEq)]
struct Known {
    contents: Vec<String>,
    connections: String,
    findings: BTreeSet<String>,
}

impl Known {
    fn of(models: &[Analysis]) -> Self {
        let model = &models[0];
        let mut connections = Vec::new();
        let list = Connections::new(model, None, None).unwrap();
        write(Format::Csv, &list, true, &mut connections).unwrap();
        let mut lines: Vec<&str> = std::str::from_utf8(&connections).unwrap().lines().collect();
        lines.sort_unstable();
        let report = judge(models, false);
        let findings = report.findings.iter().map(|finding| {
            let subject = &finding.subject;
            format!(
                "{} {} {:?} {} {}",
                finding.severity, finding.rule, subject.namespace, subject.name, finding.message
            )
        });
        Self { contents: contents(model.cluster()), connections: lines.join("\n"), findings: findings.collect() }
    }
}

/// What kustomize makes of a directory: the text, or why it refuses.
fn render(command: &[&str], directory: &Path) -> Result<String, String> {
    let output = Command::new(command[0]).args(&command[1..]).arg(directory).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

/// Compares both ways of reading a directory; how they differ, if they do. Says whether kustomize builds it.
pub(crate) fn compare(command: &[&str], directory: &Path) -> Result<bool, String> {
    let found = discover(&here(), &[directory.to_owned()], &Excludes::default(), &Boundary::unbounded());
    let (models, errors) = load(found, &Options::default());
    assert!(errors.is_empty(), "{errors:?}");
    let refusals: Vec<String> = models
        .iter()
        .flat_map(Analysis::problems)
        .filter(|problem| problem.rule == "kustomize-build")
        .map(|problem| problem.message.clone())
        .collect();
    match render(command, directory) {
        // What has to be fetched is there for neither.
        Err(_) if models.iter().any(|model| !model.cluster().unread.is_empty()) => Ok(false),
        Err(reason) if refusals.is_empty() => Err(format!("kustomize refuses it: {}", last(&reason))),
        Err(_) => Ok(false),
        Ok(_) if !refusals.is_empty() => Err(format!("netlint refuses it: {refusals:?}")),
        Ok(text) => {
            let unread: Vec<_> = models.iter().flat_map(|model| &model.cluster().unread).collect();
            if !unread.is_empty() {
                return Err(format!("not everything is read: {unread:?}"));
            }
            // Files that no kustomization uses are checked by themselves.
            let own: Vec<Analysis> = models.into_iter().filter(|model| model.name() != Some("other")).collect();
            let own = Known::of(&own);
            let real = Known::of(&[Analysis::from_texts(&[("rendered.yaml", &text)], &Options::default())]);
            if own == real { Ok(true) } else { Err(difference(&own, &real)) }
        }
    }
}

fn last(reason: &str) -> String {
    reason.lines().rfind(|line| !line.starts_with("# Warning")).unwrap_or_default().chars().take(600).collect()
}

fn difference(own: &Known, real: &Known) -> String {
    let lacks = |from: &[String], other: &[String]| {
        from.iter().filter(|it| !other.contains(it)).cloned().collect::<Vec<_>>().join("\n  ")
    };
    let lines = |known: &Known| -> Vec<String> {
        let connections = known.connections.lines().map(str::to_owned);
        known.contents.iter().cloned().chain(connections).chain(known.findings.iter().cloned()).collect()
    };
    let (own, real) = (lines(own), lines(real));
    format!("netlint:\n  {}\nkustomize:\n  {}", lacks(&own, &real), lacks(&real, &own))
}

/// Compares many, on all cores; the first few that differ.
fn compare_all(count: usize, of: impl Fn(usize) -> PathOrTree + Sync) -> (usize, usize, Vec<String>) {
    let command = renderer().expect("kustomize or kubectl is on PATH");
    let (next, built, refused) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    let differences = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= count {
                        return;
                    }
                    let of = of(index);
                    match compare(command, of.path()) {
                        Ok(true) => drop(built.fetch_add(1, Ordering::Relaxed)),
                        Ok(false) => drop(refused.fetch_add(1, Ordering::Relaxed)),
                        Err(difference) => {
                            differences.lock().unwrap().push(format!("{}: {difference}", of.name()));
                        }
                    }
                }
            });
        }
    });
    let mut differences = differences.into_inner().unwrap();
    differences.sort();
    (built.into_inner(), refused.into_inner(), differences)
}

/// What is compared.
enum PathOrTree {
    Tree(u64, tempfile::TempDir),
    Path(PathBuf),
}

impl PathOrTree {
    fn path(&self) -> &Path {
        match self {
            Self::Tree(_, root) => root.path(),
            Self::Path(path) => path,
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Tree(seed, _) => format!("seed {seed}"),
            Self::Path(path) => path.display().to_string(),
        }
    }
}

fn from_seed(seed: u64) -> PathOrTree {
    let files = trees::tree(seed);
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    PathOrTree::Tree(seed, tree(&files))
}

/// A thousand trees from seeds; NETLINT_TREES says how many, and from which seed on: `COUNT` or `COUNT,SEED`.
#[test]
fn trees_from_seeds() {
    if renderer().is_none() {
        assert!(std::env::var_os("NETLINT_KUSTOMIZE").is_none(), "neither kustomize nor kubectl is on PATH");
        eprintln!("skipped: neither kustomize nor kubectl is on PATH");
        return;
    }
    let wanted = std::env::var("NETLINT_TREES").unwrap_or_else(|_| "1000".to_owned());
    let (count, first) = wanted.split_once(',').unwrap_or((&wanted, "0"));
    let (count, first): (usize, u64) = (count.parse().unwrap(), first.parse().unwrap());
    let (built, refused, differences) = compare_all(count, |index| from_seed(first + index as u64));
    eprintln!("{built} trees are built alike, {refused} are refused by both");
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n"));
    assert!(count < 100 || built > count / 3 && refused > count / 10, "most are built, and some are refused");
}

/// Writes a tree from a seed, for people to look at: `NETLINT_TREE=SEED,DIRECTORY`.
#[test]
fn one_tree_from_a_seed() {
    let Ok(wanted) = std::env::var("NETLINT_TREE") else { return };
    let (seed, directory) = wanted.split_once(',').unwrap();
    for (path, text) in trees::tree(seed.parse().unwrap()) {
        let path = Path::new(directory).join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

/// Every kustomization below the folder that NETLINT_CORPORA names.
#[test]
fn public_repositories() {
    let (Some(corpora), Some(_)) = (std::env::var_os("NETLINT_CORPORA"), renderer()) else {
        eprintln!("skipped: NETLINT_CORPORA is not set, or there is no kustomize");
        return;
    };
    let mut directories = Vec::new();
    for entry in walkdir::WalkDir::new(corpora).sort_by_file_name() {
        let entry = entry.unwrap();
        if entry.file_name().to_string_lossy().starts_with("kustomization.y") {
            directories.push(entry.path().parent().unwrap().to_owned());
        }
    }
    let (built, refused, differences) = compare_all(directories.len(), |at| PathOrTree::Path(directories[at].clone()));
    eprintln!("{built} kustomizations are built alike, {refused} are refused by both");
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
