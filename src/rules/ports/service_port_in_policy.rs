//! A policy names the port of a Service, but policies see the pod behind it, which listens on another one.

use crate::diagnostic::Severity;
use crate::edit::{Change, Fix, Safety};
use crate::facts::ports::{Verdict, pod_names};
use crate::rules::{Cause, Context};
use crate::text::phrase;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    for at in context.facts().wrong_ports.iter() {
        let Verdict::ServicePort { pods, port, service, target } = &at.verdict else { continue };
        let pods = pod_names(pods);
        let number = port.port;
        let verb = if pods.len() == 1 { "listens" } else { "listen" };
        let message =
            format!("port `{number}` is that of Service `{service}`; {} {verb} on `{target}`", phrase::list(pods));
        let (cause, place) = (Cause::Port(at.rule.at, at.index), at.origin().key("port").value());
        let draft = context.report_because(cause, place, context.subject(&at.rule), message);
        draft
            .because(port.origin.clone().entry(), format!("`{number}` of the Service leads to `{target}` of the pods"));
        let safety = if at.open { Safety::Unsafe } else { Safety::Reference };
        let write = Change::Set((*target).into());
        draft.fix(Fix::new(safety, format!("write `port: {target}`"), at.origin().key("port"), write));
        let key = if at.rule.object.is_unordered() { "port: " } else { "" };
        draft.help(format!("write `{key}{target}`: policies see the port of the pod, not that of the Service"));
        // A pod that the input does not show may listen on it.
        if at.open {
            draft.severity(Severity::Note);
        }
    }
}
