//! A port without `protocol` is TCP, and nothing listens there: the pods speak UDP or SCTP.

use super::{Verdict, wrong_ports};
use crate::diagnostic::Severity;
use crate::rules::Context;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    for at in wrong_ports(context) {
        let Verdict::OtherProtocol { pod, port } = at.verdict else { continue };
        let (number, protocol, name) = (port.port, port.protocol, &pod.object.name);
        let message = format!("port `{number}` means TCP here, and `{name}` listens on it with {protocol}");
        let draft = context.report(at.origin().key("port").entry(), at.subject(context), message);
        draft.because(port.origin.clone().value(), format!("declared for {protocol}"));
        draft.help(format!("add `protocol: {protocol}`"));
        // A pod that the input does not show may listen on it.
        if at.open {
            draft.severity(Severity::Note);
        }
    }
}
