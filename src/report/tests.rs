//! Reports of one small run, in every format, and of a hostile one.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::finding::{Label, Subject};
use crate::source::FileId;
use crate::yaml::Span;

const DENY_ALL: &str = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: deny-all
  namespace: shop
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
";
const ALLOW: &str = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: allow-web
  namespace: shop
spec:
  podSelector:
    matchLabels:
      app: api
  ingress:
  - from:
    - podSelector:
        matchLabels:
          app: web
";

fn label(sources: &Sources, file: FileId, field: &str, covered: &str, message: &str) -> Label {
    let start = sources.text(file).find(covered).unwrap();
    let span = Span::new(start, start + covered.len());
    Label { file, field: field.to_owned(), span, message: message.to_owned() }
}

fn sample() -> (Sources, Report) {
    let mut sources = Sources::default();
    let allow = sources.add("k8s/allow.yaml", ALLOW);
    let deny = sources.add("k8s/deny.yaml", DENY_ALL);
    let subject = |name: &str| Subject {
        kind: "NetworkPolicy".to_owned(),
        namespace: Some("shop".to_owned()),
        name: name.to_owned(),
    };
    let peer = "podSelector:\n        matchLabels:\n          app: web";
    let findings = vec![
        Finding {
            rule: "one-sided-allow",
            severity: Severity::Error,
            message: "`web` is let in here, but its egress is denied".to_owned(),
            help: Some("allow egress from `app: web` to `app: api`".to_owned()),
            subject: subject("allow-web"),
            primary: label(&sources, allow, "spec.ingress[0].from[0]", peer, ""),
            related: vec![
                label(&sources, allow, "spec.podSelector", "app: api", "this pod"),
                label(&sources, deny, "spec.policyTypes[1]", "Egress", "denies all egress of `web`"),
            ],
        },
        Finding {
            rule: "implicit-policy-types",
            severity: Severity::Note,
            message: "`policyTypes` is left to the default, `Ingress`".to_owned(),
            help: None,
            subject: subject("allow-web"),
            primary: label(&sources, allow, "spec", "spec", ""),
            related: Vec::new(),
        },
    ];
    let mut summary =
        Summary { files: 2, documents: 2, workloads: 3, policies: 2, suppressed: 1, ..Summary::default() };
    summary.count(&findings);
    let notes = vec!["labels of the namespace `shop` are unknown".to_owned()];
    (sources, Report { findings, summary, notes })
}

fn rendered(format: Format, (sources, report): &(Sources, Report), options: &Options) -> String {
    let mut out = Vec::new();
    render(format, report, sources, options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn human() {
    insta::assert_snapshot!(rendered(Format::Human, &sample(), &Options::default()));
}

#[test]
fn human_ascii() {
    let options = Options { unicode: false, ..Options::default() };
    insta::assert_snapshot!(rendered(Format::Human, &sample(), &options));
}

#[test]
fn json() {
    let options = Options::default();
    let value: serde_json::Value = serde_json::from_str(&rendered(Format::Json, &sample(), &options)).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&value).unwrap());
}
