//! A rule opens a port that no container of its pods declares: a slip, or a port that nobody uses any more.

use super::{Verdict, each_port, judge, listening, names};
use crate::rules::Context;
use crate::words;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    for at in each_port(context) {
        let (Verdict::Nowhere, Some((protocol, first, last))) = (judge(context, &at), at.port.range()) else {
            continue;
        };
        let mut declared: Vec<_> =
            at.pods.iter().flat_map(|(_, pod)| listening::declared(pod)).map(|it| (it.port, it.protocol)).collect();
        declared.sort_unstable();
        declared.dedup();
        let ports = match first == last {
            true => format!("{protocol} port `{first}`"),
            false => format!("a {protocol} port from `{first}` to `{last}`"),
        };
        let message = format!("no container of {} declares {ports}", words::list(names(&at.pods)));
        let declared = words::list(declared.into_iter().map(|(port, protocol)| format!("{port}/{protocol}")));
        context
            .report(at.origin().key("port").value(), at.subject(context), message)
            .help(format!("the containers declare {declared}: write one of these, or add this one to `ports` there"));
    }
}
