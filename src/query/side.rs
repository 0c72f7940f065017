//! Why one side of a connection lets it pass or not, in words and with the lines that cause it.

use super::words::{StageVerdict, Words};
use super::{Pair, endpoint, endpoints};
use crate::analysis::Analysis;
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::objects::PolicyId;
use crate::policy::RuleRef;
use crate::reach::{Admission, Reachability, SideExplanation};
use crate::source::{Location, Place};

/// What enforces policies, and the reason under it.
type Reason = (Option<&'static str>, String);

/// How many blocks of a part are asked one by one.
const EXPLAINED: usize = 64;

/// One side of a connection: the egress of its source, or the ingress of its destination.
#[derive(Clone, Debug)]
pub struct Side {
    /// Which side.
    pub direction: Direction,
    /// How it decides.
    pub admission: Admission,
    /// Those of the asked ports that it lets pass.
    pub ports: PortSet,
    /// Why, in one line.
    pub reason: String,
    /// The policies that isolate the pod in this direction, and where they say so.
    pub isolating: Vec<(PolicyId, Place)>,
    /// The rules that admit the connection, and the peer of each that does.
    pub admitting: Vec<(RuleRef, Place)>,
    /// What each stage makes of it, as far as stages are asked.
    pub stages: Vec<StageVerdict>,
    /// The places worth showing, most telling first, with what to say there.
    pub(crate) shown: Vec<(Location, String)>,
}

impl Side {
    /// Whether it lets any of the asked ports pass.
    #[must_use]
    pub fn allows(&self) -> bool {
        !self.ports.is_empty()
    }
}

/// Explains a side; the names are those of the source and of the destination.
pub(super) fn explain(analysis: &Analysis, names: &[String; 2], pair: &Pair, direction: Direction) -> Side {
    let [source, destination] = names;
    let (subject, remote, subject_name, remote_name) = match direction {
        Direction::Egress => (&pair.from, &pair.to, source, destination),
        Direction::Ingress => (&pair.to, &pair.from, destination, source),
    };
    if pair.is_itself {
        let reason = format!("{subject_name} is the same pod, and a pod may always connect to itself");
        return Side { reason, ..unexplained(direction, pair.asked.clone()) };
    }
    let explained = |reach: &Reachability| explained(reach, pair, direction);
    let Some(side) = explained(analysis.reach()) else { return unexplained(direction, pair.asked.clone()) };
    let alternatives: Vec<_> =
        analysis.reach().alternatives().filter_map(|reach| Some((reach.plugin(), explained(&reach)?))).collect();
    let words = |side| Words { analysis, pair, subject, remote, subject_name, remote_name, side };
    let (mut reasons, mut stages, mut shown) = (Vec::new(), Vec::new(), Vec::new());
    for ((plugin, side), least) in alternatives.iter().zip(analysis.at_least().alternatives()) {
        let (words, plugin) = (words(side), plugin.filter(|_| alternatives.len() > 1));
        reasons.push((plugin, words.reason()));
        stages.extend(words.stages(&least).into_iter().map(|stage| StageVerdict { plugin, ..stage }));
        for place in words.shown() {
            if !shown.contains(&place) {
                shown.push(place);
            }
        }
    }
    let words = words(&side);
    let isolating = side.isolating.iter().filter_map(|&id| Some((id, words.isolation_place(id)?)));
    let admitting = side.admitting.iter().filter_map(|&rule| Some((rule, words.rule_place(rule)?)));
    Side {
        direction,
        admission: side.admission,
        ports: side.ports.clone(),
        reason: reason(&reasons),
        isolating: isolating.collect(),
        admitting: admitting.collect(),
        stages,
        shown,
    }
}

/// Why a side decides as it does, for all blocks of a part together.
fn explained(reach: &Reachability, pair: &Pair, direction: Direction) -> Option<SideExplanation> {
    let (subject, remote) = match direction {
        Direction::Egress => (&pair.from, &pair.to),
        Direction::Ingress => (&pair.to, &pair.from),
    };
    let mut sides = endpoints(remote).take(EXPLAINED).map(|remote| match direction {
        Direction::Egress => reach.explain_ports(endpoint(subject), remote, &pair.asked).egress,
        Direction::Ingress => reach.explain_ports(remote, endpoint(subject), &pair.asked).ingress,
    });
    let mut side = sides.next()?;
    for other in sides {
        merge(&mut side.admitting, other.admitting);
        merge(&mut side.denying, other.denying);
        merge(&mut side.passing, other.passing);
        merge(&mut side.other_ports, other.other_ports);
    }
    Some(side)
}

/// One reason, where it is the same whatever enforces the policies; else each with its plugin.
fn reason(reasons: &[Reason]) -> String {
    let Some((_, first)) = reasons.first() else { return String::new() };
    if reasons.iter().all(|(_, reason)| reason == first) {
        return first.clone();
    }
    let each = reasons.iter().map(|(plugin, reason)| format!("with {}, {reason}", plugin.unwrap_or("another plugin")));
    each.collect::<Vec<_>>().join("; ")
}

/// Adds the rules that are not there yet, in order.
fn merge(rules: &mut Vec<RuleRef>, others: Vec<RuleRef>) {
    rules.extend(others);
    rules.sort_unstable();
    rules.dedup();
}

/// A side on which no policy has a say.
fn unexplained(direction: Direction, ports: PortSet) -> Side {
    Side {
        direction,
        admission: Admission::NotSubject,
        ports,
        reason: String::new(),
        isolating: Vec::new(),
        admitting: Vec::new(),
        stages: Vec::new(),
        shown: Vec::new(),
    }
}
