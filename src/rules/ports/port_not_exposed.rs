//! A rule opens a port that no container of its pods declares: a slip, or a port that nobody uses any more.

use crate::rules::{Cause, Context};
use crate::text::phrase;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    for at in context.facts().wrong_ports.iter() {
        let Some((protocol, first, last)) = at.port.range().filter(|_| at.is_nowhere) else { continue };
        let ports = match first == last {
            true => format!("{protocol} port `{first}`"),
            false => format!("a {protocol} port from `{first}` to `{last}`"),
        };
        let message = format!("no container of {} declares {ports}", phrase::list(&at.pods.names));
        let declared = at.pods.declared.iter().map(|(port, protocol)| format!("{port}/{protocol}"));
        let declared = phrase::list_of(declared, at.pods.declared.len());
        let (cause, place) = (Cause::Port(at.rule.at, at.index), at.origin().key("port").value());
        context
            .report_because(cause, place, context.subject(&at.rule), message)
            .help(format!("the containers declare {declared}: write one of these, or add this one to `ports` there"));
    }
}
