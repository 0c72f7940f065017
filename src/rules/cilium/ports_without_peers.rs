//! Peers in one item and their ports in the next: the second item is for everyone.

use super::rules;
use crate::diagnostic::Severity;
use crate::net::Direction;
use crate::policy::dialect::cilium::{Action, Entry, Peers, Traffic};
use crate::rules::{Cause, Context};

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    for subject in rules(context) {
        for (place, pair) in subject.rule.entries.windows(2).enumerate() {
            let [peers, ports] = pair else { continue };
            if !is_split(peers, ports) {
                continue;
            }
            let (direction, object) = (ports.direction, &subject.object.object);
            let Some(rule) = subject.rule_of(direction, place + 1) else { continue };
            let everyone = match direction {
                Direction::Ingress => "every source",
                Direction::Egress => "every destination",
            };
            let message =
                format!("this item of `{}` admits {everyone}: its peers are in the item before it", object.name);
            let about = context.cluster().subject(object);
            let draft =
                context.report_because(Cause::Rule(rule), subject.rule.origin_of(ports).entry(), about, message);
            draft.because(subject.rule.origin_of(peers).entry(), "this item admits its peers on every port");
            draft.help("remove the dash before `toPorts`, so that peers and ports are one item");
            // To ask a resolver wherever it is does little harm.
            if direction == Direction::Egress && is_dns(ports) {
                draft.severity(Severity::Warning);
            }
        }
    }
}

fn is_split(peers: &Entry, ports: &Entry) -> bool {
    peers.action == Action::Allow
        && (peers.action, peers.direction) == (ports.action, ports.direction)
        && matches!(peers.peers, Peers::Of(..))
        && peers.traffic == Traffic::Unwritten
        && ports.peers == Peers::Unwritten
        && !ports.matches_nothing()
        && matches!(&ports.traffic, Traffic::Of { ports, .. } if !ports.is_empty())
}

fn is_dns(entry: &Entry) -> bool {
    let Traffic::Of { ports, .. } = &entry.traffic else { return false };
    ports.iter().flat_map(|item| &item.ports).all(|port| port.range() == Some((53, 53)))
}
