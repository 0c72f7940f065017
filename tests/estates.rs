//! Generated estates that are right: netlint has nothing to say about them.

#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "../benches/estate/mod.rs"]
mod estate;

use estate::{Shape, generate};
use netlint::finding::{Finding, Severity};
use netlint::locate::locate;
use netlint::model::{Model, Options};
use netlint::rules;

fn findings(shape: &Shape) -> Vec<Finding> {
    let files = generate(shape);
    let texts: Vec<_> = files.iter().map(|file| (file.path.as_str(), file.text.as_str())).collect();
    let model = Model::from_texts(&texts, &Options::default());
    assert_eq!(model.cluster().workloads.len(), shape.namespaces * shape.workloads + 1, "the estate was read whole");
    locate(rules::run(&model), model.sources(), |rule| rules::find(rule).unwrap().severity)
}

#[test]
fn estates_without_mistakes_have_no_warning() {
    for (namespaces, workloads, irrelevant) in [(1, 5, 0), (4, 7, 3), (30, 20, 2)] {
        let found = findings(&Shape { namespaces, workloads, irrelevant, ..Shape::default() });
        let worth_telling: Vec<_> = found.iter().filter(|finding| finding.severity > Severity::Note).collect();
        assert!(worth_telling.is_empty(), "{worth_telling:#?}");
    }
}

#[test]
fn forgotten_dns_is_found_once_for_each_namespace_that_forgets_it() {
    let found = findings(&Shape { namespaces: 9, workloads: 10, mistake_every: 3, ..Shape::default() });
    let told: Vec<_> = found.iter().filter(|finding| finding.severity > Severity::Note).collect();
    let policies: Vec<_> = told.iter().map(|finding| (finding.rule, finding.subject.namespace.as_deref())).collect();
    let expected = ["shop-0000", "shop-0003", "shop-0006"].map(|namespace| ("missing-dns-egress", Some(namespace)));
    assert_eq!(policies, expected);
}
