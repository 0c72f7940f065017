//! The front end for Cilium's policies.

use std::path::Path;

use netlint::manifest;
use netlint::net::Direction;
use netlint::policy::dialect::cilium::dns::{Coverage, Pattern, Steps, coverage};
use netlint::policy::dialect::cilium::{self, Entry, Kind, Layer7, Peer, Peers, Selector, Subject, Traffic};
use netlint::source::{FileId, Origin};
use netlint::yaml::{FieldPath, Node, decode, parse, split};

/// Every field of a policy.
pub(crate) const SEED: &[u8] = include_bytes!("cilium.yaml");

/// Says whether there is a policy that is taken.
pub(crate) fn read(bytes: &[u8], _: &Path) -> Result<bool, String> {
    let Ok(text) = decode(bytes.to_vec()) else { return Ok(false) };
    let refused = manifest::read(FileId(0), &text).problems;
    let is_taken = !refused.iter().any(|it| ["invalid-yaml", "invalid-field", "rejected-policy"].contains(&it.rule));
    let mut found = false;
    for chunk in split(&text) {
        let Ok(document) = parse(&text, chunk) else { continue };
        let Some(root) = document.root() else { continue };
        let Some(kind) = root.get("kind").and_then(|it| it.as_str()).and_then(Kind::of) else { continue };
        let policy = cilium::read(root, &origin(), kind);
        let lowered = cilium::lower(&policy, &cilium::Options::default());
        for direction in Direction::BOTH {
            if lowered.rules(direction).len() != policy.parts(direction).len() {
                return Err(format!("rules for {direction} that come from nowhere"));
            }
        }
        let rules = usize::from(root.get("spec").is_some_and(|it| !it.is_null())) + count(root, "specs");
        if policy.rules.len() != rules {
            return Err(format!("{} rules of {rules}", policy.rules.len()));
        }
        for rule in &policy.rules {
            found |= is_taken && !rule.entries.is_empty();
            let Subject::Pods(subject) = &rule.subject else { continue };
            let isolates = Direction::BOTH.map(|direction| rule.isolates(direction));
            if rule.entries.is_empty() && isolates != [false; 2] {
                return Err("a rule without entries isolates".to_owned());
            }
            for entry in &rule.entries {
                ask(entry, kind, subject, is_taken)?;
            }
        }
    }
    Ok(found)
}

/// Asks everything of an entry.
fn ask(entry: &Entry, kind: Kind, subject: &Selector, is_taken: bool) -> Result<(), String> {
    let peers = match &entry.peers {
        Peers::Of(_, peers) => peers.as_slice(),
        Peers::Unwritten | Peers::Nothing(_) => &[],
    };
    if is_taken && matches!(&entry.peers, Peers::Of(_, peers) if peers.is_empty()) {
        return Err("peers are lost".to_owned());
    }
    let mut names: Vec<&Pattern> = Vec::new();
    for peer in peers {
        match peer {
            Peer::Pods(selector) => drop(selector.as_peer(kind, subject, "a", "default").matches(&[])),
            Peer::Name(pattern) => names.push(pattern),
            _ => {}
        }
    }
    if let Traffic::Of { ports, .. } = &entry.traffic {
        let items = ports.iter().flat_map(|item| &item.ports);
        if items.filter_map(|item| item.range()).any(|(first, last)| first > last) {
            return Err("a range ends before it starts".to_owned());
        }
        let queried = ports.iter().filter_map(|item| match &item.layer7 {
            Layer7::Dns(patterns) => Some(patterns),
            _ => None,
        });
        let mut steps = Steps::new(usize::MAX);
        for patterns in queried {
            for name in &names {
                let covered = patterns.iter().any(|pattern| pattern.covers(name, &mut steps) == Some(true));
                if covered != (coverage(name, patterns, &mut steps) == Coverage::Whole) && (covered || name.is_name()) {
                    return Err(format!("{name} is covered by one, and not by all"));
                }
            }
            if let Some(pattern) = patterns.iter().find(|pattern| pattern.covers(pattern, &mut steps) != Some(true)) {
                return Err(format!("{pattern} does not cover itself"));
            }
        }
    }
    let is_empty =
        matches!((&entry.peers, &entry.traffic), (Peers::Nothing(_), _) | (Peers::Unwritten, Traffic::Unwritten));
    if is_empty && !entry.matches_nothing() { Err("an empty entry matches something".to_owned()) } else { Ok(()) }
}

fn count(node: Node<'_>, key: &str) -> usize {
    node.get(key).map_or(0, |list| list.items().count())
}

fn origin() -> Origin {
    Origin { file: FileId(0), document: 0, path: FieldPath::root() }
}
