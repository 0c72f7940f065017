//! What is not known of the connections that are meant: what the input does not hold, and what contradicts itself.

use crate::analysis::Analysis;
use crate::facts::evidence::{Client, Requests, Unopened, Why};
use crate::text::comment::comment;

/// Lines beyond these are counted.
const SHOWN: usize = 20;

/// A line for each thing that is not known, in the order of the evidence.
pub(super) fn lines(analysis: &Analysis, requests: &Requests<'_, '_>) -> Vec<String> {
    requests.unopened.iter().filter_map(|it| line(analysis, it)).collect()
}

fn line(analysis: &Analysis, Unopened { evidence, why }: &Unopened<'_, '_>) -> Option<String> {
    let Client::Workload(client) = evidence.client else { return None };
    let client = &analysis.workload(client)?.object;
    let name = format!("{}/{}", analysis.cluster().namespace_name(client.namespace), client.name);
    let reason = &evidence.reason;
    Some(match why {
        Why::Unread => format!("{name} takes {reason}, which is not in the input"),
        Why::Name(host, _) => format!("{reason} of {name} names `{host}`, which is no Service of the input"),
        Why::Forbidden(_, server, _) => {
            let server = &analysis.workload(*server)?.object.name;
            format!("{reason} of {name} names `{server}`, which its tier does not reach")
        }
        Why::NoPods => format!("{reason} of {name} names a Service that selects no pod of the input"),
        Why::HostNetwork(_) | Why::NoPort(_) | Why::Unlabelled(_) => return None,
    })
}

/// The section of the file.
pub(super) fn section(lines: &[String]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let mut text = String::from("\n# Not known, and therefore not expected above:\n");
    for line in lines.iter().take(SHOWN) {
        text.push_str(&comment(0, &format!("- {line}")));
    }
    if lines.len() > SHOWN {
        text.push_str(&comment(0, &format!("- and {} more", lines.len() - SHOWN)));
    }
    text
}
