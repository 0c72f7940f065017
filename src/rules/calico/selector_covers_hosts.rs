//! A selector of namespaces that also holds for what is in none: host endpoints.

use super::policies;
use crate::diagnostic::Severity;
use crate::objects::Match;
use crate::policy::dialect::calico::scope;
use crate::policy::dialect::calico::selector::{Expression, Test};
use crate::rules::{Cause, Context};

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let has_hosts = context.cluster().idle.iter().any(|object| object.kind == "HostEndpoint");
    for policy in policies(context) {
        let written = policy.written;
        let is_about_namespaces = written.global && !written.subject.namespaces.is_empty();
        if !is_about_namespaces || !scope::subject(written).is_ok_and(|subject| holds_for_hosts(&subject)) {
            continue;
        }
        let place = policy.object.object.origin.keys(["spec", "namespaceSelector"]);
        let message = format!("`namespaceSelector` of `{}` also selects host endpoints", policy.name());
        let about = context.cluster().subject(&policy.object.object);
        let draft = context.report_because(Cause::Subject(policy.id), place.value(), about, message);
        draft.remark("true of what has no namespace");
        draft.help(format!("write `has(projectcalico.org/name) && ({})`", written.subject.namespaces));
        if !has_hosts {
            draft.severity(Severity::Note);
        }
    }
}

/// Whether a selector may hold for a host endpoint: it has labels of its own, and none of a namespace or an account.
fn holds_for_hosts(subject: &Expression) -> bool {
    let is_absent =
        |key: &str| ["pcns.", "pcsa.", "projectcalico.org/"].iter().any(|beginning| key.starts_with(beginning));
    let judge = |key: &str, test: &Test| match (is_absent(key), test.holds(None)) {
        (true, true) => Match::Yes,
        (true, false) => Match::No,
        (false, _) => Match::Unknown,
    };
    subject.matches_partly(judge) == Match::Yes
}
