//! Analyses of different trees at the same time, in one process.

use std::path::Path;
use std::sync::{Arc, Barrier};
use std::thread;

use netlint::file_tree::{Overlay, Revision, SharedTree};

use super::repository::Repository;
use super::{report, work_tree};
use crate::support::{DENY_ALL, POD, tree};

/// How often all trees are analysed side by side.
const ROUNDS: usize = 10;

#[test]
fn trees_are_analysed_side_by_side() {
    let open = DENY_ALL.replace("Ingress, Egress", "Ingress");
    let repository = Repository::new(&[
        ("netlint.yaml", "paths: [k8s]\n"),
        ("k8s/kustomization.yaml", "resources: [pod.yaml, ../base]\n"),
        ("k8s/pod.yaml", POD),
        ("base/kustomization.yaml", "resources: [deny.yaml]\n"),
        ("base/deny.yaml", &open),
    ]);
    let committed: SharedTree = Arc::new(Revision::open(&repository.root(), "HEAD").unwrap());
    // The same paths with other contents.
    repository.write("k8s/pod.yaml", &POD.replace("name: web", "name: changed"));
    repository.write("netlint.yaml", "paths: [k8s]\nprofile: strict\n");
    let other = tree(&[
        ("k8s/pod.yaml", &POD.replace("namespace: shop", "namespace: elsewhere")),
        ("k8s/kustomization.yaml", "resources: [pod.yaml, missing.yaml]\n"),
        (".git/HEAD", ""),
    ]);
    let mut generated = Overlay::over(Arc::clone(&committed));
    generated.add(Path::new("base/deny.yaml"), DENY_ALL);
    generated.add(Path::new("k8s/kustomization.yaml"), "resources: [pod.yaml, ../base, generated.yaml]\n");
    generated.add(Path::new("k8s/generated.yaml"), POD.replace("namespace: shop", "namespace: generated"));
    let generated: SharedTree = Arc::new(generated);
    let trees = [
        committed,
        work_tree(&repository.root()),
        work_tree(&repository.root().join("k8s")),
        work_tree(other.path()),
        generated,
    ];
    let alone: Vec<String> = trees.iter().map(report).collect();
    for (index, left) in alone.iter().enumerate() {
        assert!(alone.iter().skip(index + 1).all(|right| left != right), "tree {index} has a report of its own");
    }
    for _ in 0..ROUNDS {
        let start = Barrier::new(trees.len());
        let together: Vec<String> = thread::scope(|scope| {
            let run = |tree| {
                let start = &start;
                scope.spawn(move || {
                    start.wait();
                    report(tree)
                })
            };
            let runs: Vec<_> = trees.iter().map(run).collect();
            runs.into_iter().map(|run| run.join().unwrap()).collect()
        });
        assert_eq!(alone, together);
    }
}
