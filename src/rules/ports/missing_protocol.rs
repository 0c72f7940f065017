//! A port without `protocol` is TCP, and nothing listens there: the pods speak UDP or SCTP.

use crate::diagnostic::Severity;
use crate::edit::{Change, Fix, Safety};
use crate::facts::ports::Verdict;
use crate::rules::{Cause, Context};

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    for at in context.facts().wrong_ports.iter() {
        let Verdict::OtherProtocol { pod, port } = at.verdict else { continue };
        let (number, protocol, name) = (port.port, port.protocol, &pod.object.name);
        let message = format!("port `{number}` means TCP here, and `{name}` listens on it with {protocol}");
        let (cause, place) = (Cause::Port(at.rule.at, at.index), at.origin().key("port").entry());
        let draft = context.report_because(cause, place, context.subject(&at.rule), message);
        draft.because(port.origin.clone().value(), format!("declared for {protocol}"));
        let help = format!("add `protocol: {protocol}`");
        let safety = if at.open { Safety::Unsafe } else { Safety::Reference };
        let value = protocol.to_string().into();
        let add = Change::Insert { key: "protocol".to_owned(), value, after: None };
        draft.fix(Fix::new(safety, help.clone(), at.origin(), add)).help(help);
        // A pod that the input does not show may listen on it.
        if at.open {
            draft.severity(Severity::Note);
        }
    }
}
