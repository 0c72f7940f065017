//! What the rules find in manifests at hand, and in right manifests with one mistake put into them.

use netlint::analysis::{Analysis, Options};
use netlint::catalogue;
use netlint::diagnostic::locate;

/// A finding, as far as tests look at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) rule: &'static str,
    pub(crate) severity: String,
    /// The text that the finding points at.
    pub(crate) at: String,
    pub(crate) message: String,
    pub(crate) remark: String,
    pub(crate) help: String,
}

/// What the rules find in manifests.
pub(crate) fn lint(texts: &[(&str, &str)]) -> Vec<Found> {
    let analysis = Analysis::from_texts(texts, &Options::default());
    let severity = |rule: &str| catalogue::find(rule).unwrap().severity;
    let findings = locate(netlint::findings::drafts(&analysis), analysis.sources(), severity);
    let found = findings.into_iter().map(|finding| Found {
        rule: finding.rule,
        severity: finding.severity.to_string(),
        at: finding.primary.span.slice(analysis.sources().text(finding.primary.file)).to_owned(),
        message: finding.message,
        remark: finding.primary.message,
        help: finding.help.unwrap_or_default(),
    });
    found.collect()
}

/// What one rule finds in a text.
pub(crate) fn of(rule: &str, text: &str) -> Vec<Found> {
    assert!(catalogue::find(rule).is_some(), "no rule {rule}");
    lint(&[("manifests.yaml", text)]).into_iter().filter(|found| found.rule == rule).collect()
}

/// The one finding of a rule in a text.
pub(crate) fn only(rule: &str, text: &str) -> Found {
    match of(rule, text).as_slice() {
        [one] => one.clone(),
        other => panic!("not one finding of {rule}: {other:#?}"),
    }
}

/// Manifests by file.
#[derive(Clone, Debug)]
pub(crate) struct Manifests(Vec<(String, String)>);

impl Manifests {
    /// The repaired demo: its files are `pods`, `deny-all`, `backend`, `database` and `egress`.
    pub(crate) fn repaired_demo() -> Self {
        let files = [
            ("pods", include_str!("../../../testdata/secure-app-fixed/0-pods.yaml")),
            ("deny-all", include_str!("../../../testdata/secure-app-fixed/1-deny-all.yaml")),
            ("backend", include_str!("../../../testdata/secure-app-fixed/2-allow-frontend-to-backend.yaml")),
            ("database", include_str!("../../../testdata/secure-app-fixed/3-allow-backend-to-database.yaml")),
            ("egress", include_str!("../../../testdata/secure-app-fixed/4-restrict-backend-egress.yaml")),
        ];
        files.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
    }

    /// With, in a file, the first `from` after the first `mark` replaced by `to`.
    pub(crate) fn replace(mut self, file: &str, mark: &str, from: &str, to: &str) -> Self {
        let (_, text) = self.0.iter_mut().find(|(name, _)| name == file).unwrap();
        let start = text.find(mark).unwrap();
        let place = start + text[start..].find(from).unwrap();
        text.replace_range(place..place + from.len(), to);
        self
    }

    pub(crate) fn lint(&self) -> Vec<Found> {
        let texts: Vec<(&str, &str)> = self.0.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        lint(&texts)
    }
}

impl FromIterator<(String, String)> for Manifests {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(files: T) -> Self {
        Self(files.into_iter().collect())
    }
}

/// Asserts that the rule fires once, at `at`, and that the only other errors are of the `consequences`.
pub(crate) fn assert_found(found: &[Found], rule: &str, severity: &str, at: &str, consequences: &[&str]) {
    let own: Vec<&Found> = found.iter().filter(|it| it.rule == rule).collect();
    assert_eq!(own.len(), 1, "{found:#?}");
    assert_eq!((own[0].severity.as_str(), own[0].at.as_str()), (severity, at), "{found:#?}");
    let mut others: Vec<&str> =
        found.iter().filter(|it| it.rule != rule && it.severity == "error").map(|it| it.rule).collect();
    others.dedup();
    assert_eq!(others, consequences, "{found:#?}");
}
