//! What the API server takes and implementations then drop.

use super::*;
use crate::diagnostic::Severity;

/// Asserts that a text is taken, with one warning or error about a value that nobody checks.
#[track_caller]
fn takes(text: &str, severity: Severity, at: &str, message: &str, help: &str) {
    let found = only(text);
    assert_eq!(
        (found.rule, found.severity, found.at.as_str()),
        ("unchecked-value", severity, at),
        "{text}\n{found:#?}"
    );
    assert_eq!((found.message.as_str(), found.help.as_str()), (message, help), "{text}");
    assert!(!check(text).1, "{text}");
}

#[test]
fn selectors_are_not_checked() {
    let expression = |expression: &str| cluster_to(&format!("{{namespaces: {{matchExpressions: [{expression}]}}}}"));
    let error = Severity::Error;
    let text = expression("{key: app, operator: notIn, values: [a]}");
    takes(&text, error, "notIn", "`notIn` is not an operator of a selector", "write `NotIn`");
    let text = expression("{key: app, operator: Equals, values: [a]}");
    takes(
        &text,
        error,
        "Equals",
        "`Equals` is not an operator of a selector",
        "write `In`, `NotIn`, `Exists` or `DoesNotExist`",
    );
    let help = "write the values: `values: [a, b]`; for any value, write `operator: Exists`";
    takes(&expression("{key: app, operator: In}"), error, "In", "`In` has no `values`", help);
    takes(&expression("{key: app, operator: NotIn, values: []}"), error, "NotIn", "`NotIn` has no `values`", help);
    let text = expression("{key: app, operator: Exists, values: [a]}");
    takes(&text, error, "Exists", "`Exists` takes no `values`", "remove `values`, or write `operator: In`");
    let text = cluster_to("{namespaces: {matchLabels: {app: -a}}}");
    let help = "use letters, digits, `-`, `_` and `.`, with a letter or digit at either end";
    takes(&text, error, "-a", "`-a` is not a valid label value", help);
    let text = cluster_to("{nodes: {matchLabels: {a b: c}}}");
    takes(&text, error, "a b", "`a b` is not a valid label key", help);
}

#[test]
fn protocols_and_ranges_of_v1alpha1_are_not_checked() {
    let error = Severity::Error;
    let text = admin_port("{portNumber: {port: 80, protocol: tcp}}");
    takes(&text, error, "tcp", "`tcp` is not a protocol", "write `TCP`");
    let help = "write `TCP`, `UDP` or `SCTP`; without `ports`, a rule is for every protocol";
    takes(&admin_port("{portNumber: {port: 8, protocol: ICMP}}"), error, "ICMP", "`ICMP` is not a protocol", help);
    takes(&admin_port("{portNumber: {port: 8, protocol: ''}}"), error, "''", "`` is not a protocol", help);
    let text = admin_port("{portRange: {start: 90, end: 80}}");
    takes(&text, error, "80", "`end` 80 is below `start` 90", "write `start: 80` and `end: 90`");
}

#[test]
fn bits_behind_the_prefix_are_taken_by_v1alpha1_alone() {
    let help = "write `10.0.32.0/19`, or `10.0.54.0/32` for the one address";
    let message = "`10.0.54.0/19` has address bits after its prefix";
    takes(&admin_to("{networks: [10.0.54.0/19]}"), Severity::Warning, "10.0.54.0/19", message, help);
}
