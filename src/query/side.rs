//! Why one side of a connection lets it pass or not, in words and with the lines that cause it.

use super::words::{StageVerdict, Words};
use super::{Pair, endpoint, endpoints};
use crate::analysis::Analysis;
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::objects::PolicyId;
use crate::policy::RuleRef;
use crate::reach::Admission;
use crate::source::{Location, Place};

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
    let mut sides = endpoints(remote).take(EXPLAINED).map(|remote| {
        let subject = endpoint(subject);
        match direction {
            Direction::Egress => analysis.reach().explain_ports(subject, remote, &pair.asked).egress,
            Direction::Ingress => analysis.reach().explain_ports(remote, subject, &pair.asked).ingress,
        }
    });
    let Some(mut side) = sides.next() else { return unexplained(direction, pair.asked.clone()) };
    for other in sides {
        merge(&mut side.admitting, other.admitting);
        merge(&mut side.denying, other.denying);
        merge(&mut side.passing, other.passing);
        merge(&mut side.other_ports, other.other_ports);
    }
    let words = Words { analysis, pair, subject, remote, subject_name, remote_name, side: &side };
    if pair.is_itself {
        let reason = format!("{subject_name} is the same pod, and a pod may always connect to itself");
        return Side { reason, ..unexplained(direction, pair.asked.clone()) };
    }
    let isolating = side.isolating.iter().filter_map(|&id| Some((id, words.isolation_place(id)?)));
    let admitting = side.admitting.iter().filter_map(|&rule| Some((rule, words.rule_place(rule)?)));
    Side {
        direction,
        admission: side.admission,
        ports: side.ports.clone(),
        reason: words.reason(),
        isolating: isolating.collect(),
        admitting: admitting.collect(),
        stages: words.stages(),
        shown: words.shown(),
    }
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
