//! The rules about ports and about how policies are written: one mistake put into right manifests, and what must not
//! be taken for one.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

#[path = "../../benches/estate/mod.rs"]
mod estate;

mod correctness;
mod redundant;

use std::path::Path;
use std::sync::Arc;

use netlint::analysis::judge;
use netlint::config::Config;
use netlint::model::{Model, Options};
use netlint::source::FileId;

/// A finding, as far as these tests look at it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Found {
    rule: &'static str,
    severity: String,
    /// The text that the finding points at.
    at: String,
    /// Its line, from 1.
    line: usize,
    message: String,
    help: String,
}

/// What is found in manifests, under a configuration.
fn lint_with(config: &str, texts: &[(&str, &str)]) -> Vec<Found> {
    let config = Config::parse("netlint.yaml", config, Path::new(".")).unwrap();
    let model = Model::from_texts(texts, &Options { config: Arc::new(config), ..Options::default() });
    let line = |file: FileId, offset| model.sources().position(file, offset).line;
    let found = judge(&model, false).findings.into_iter().map(|finding| Found {
        rule: finding.rule,
        severity: finding.severity.to_string(),
        at: finding.primary.span.slice(model.sources().text(finding.primary.file)).to_owned(),
        line: line(finding.primary.file, finding.primary.span.start),
        message: finding.message,
        help: finding.help.unwrap_or_default(),
    });
    found.collect()
}

fn lint(texts: &[(&str, &str)]) -> Vec<Found> {
    lint_with("", texts)
}

/// What one rule finds in a text.
fn of(rule: &str, text: &str) -> Vec<Found> {
    assert!(netlint::rules::find(rule).is_some(), "no rule {rule}");
    lint(&[("manifests.yaml", text)]).into_iter().filter(|found| found.rule == rule).collect()
}

const DEMO: [(&str, &str); 5] = [
    ("pods", include_str!("../../testdata/secure-app-fixed/0-pods.yaml")),
    ("deny-all", include_str!("../../testdata/secure-app-fixed/1-deny-all.yaml")),
    ("backend", include_str!("../../testdata/secure-app-fixed/2-allow-frontend-to-backend.yaml")),
    ("database", include_str!("../../testdata/secure-app-fixed/3-allow-backend-to-database.yaml")),
    ("egress", include_str!("../../testdata/secure-app-fixed/4-restrict-backend-egress.yaml")),
];

/// Right manifests, to put mistakes into.
#[derive(Clone)]
struct Manifests {
    texts: Vec<(String, String)>,
    config: &'static str,
}

impl Manifests {
    fn demo() -> Self {
        let texts = DEMO.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        Self { texts: texts.collect(), config: "" }
    }

    /// A generated estate of three applications.
    fn estate() -> Self {
        let shape = estate::Shape { namespaces: 3, workloads: 7, ..estate::Shape::default() };
        let texts = estate::generate(&shape).into_iter().map(|file| (file.path, file.text));
        Self { texts: texts.collect(), config: "" }
    }

    /// The same with, in a file, the first `from` after the first `mark` replaced by `to`.
    fn with(&self, file: &str, mark: &str, from: &str, to: &str) -> Self {
        let mut changed = self.clone();
        let (_, text) = changed.texts.iter_mut().find(|(name, _)| name == file).unwrap();
        let start = text.find(mark).unwrap();
        let place = start + text[start..].find(from).unwrap();
        text.replace_range(place..place + from.len(), to);
        changed
    }

    fn lint(&self) -> Vec<Found> {
        let texts: Vec<(&str, &str)> = self.texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        lint_with(self.config, &texts)
    }

    /// Asserts that these right manifests have no finding of the rule, and that the changed ones have one, at `at`; and
    /// that errors of other rules are of the `consequences` alone.
    fn assert_one(&self, changed: &Self, rule: &str, severity: &str, at: &str, consequences: &[&str]) -> Found {
        assert_eq!(self.lint(), [], "right as it is");
        let found = changed.lint();
        let own: Vec<&Found> = found.iter().filter(|it| it.rule == rule).collect();
        assert_eq!(own.len(), 1, "{found:#?}");
        assert_eq!((own[0].severity.as_str(), own[0].at.as_str()), (severity, at), "{found:#?}");
        let others = found.iter().filter(|it| it.rule != rule && it.severity == "error");
        let mut others: Vec<&str> = others.map(|it| it.rule).collect();
        others.dedup();
        assert_eq!(others, consequences, "{found:#?}");
        own[0].clone()
    }
}

/// A Pod of namespace `shop` with these labels and ports, in flow style.
fn pod(name: &str, labels: &str, ports: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: shop, labels: {{{labels}}}}}\n\
         spec: {{containers: [{{name: main, image: example/main:1, ports: [{ports}]}}]}}\n---\n"
    )
}

/// A NetworkPolicy of namespace `shop` with this spec.
fn policy(name: &str, spec: &str) -> String {
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: {name}, namespace: shop}}\n\
         spec: {spec}\n---\n"
    )
}
