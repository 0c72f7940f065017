//! Policies as YAML: in the order of the API reference, each rule under what asks for it.

use foldhash::HashMap;

use super::policy::{Peer, Policy, Rule};
use super::words::Words;
use crate::analysis::Analysis;
use crate::net::Direction;
use crate::net::ports::{PortRange, PortSet};
use crate::objects::{Operator, Requirement, Selector};
use crate::source::Place;
use crate::text::scalar::{comment, scalar};

/// Pieces of evidence beyond these are counted.
const SHOWN: usize = 3;

/// What begins a comment that somebody has to look at.
const REVIEW: &str = "REVIEW";

/// What comments say of evidence.
#[derive(Default)]
pub(super) struct Comments<'m> {
    pub(super) words: Option<Words<'m>>,
    /// File and line of places.
    pub(super) positions: HashMap<Place, String>,
}

/// A policy as text.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) text: String,
    /// The lines that somebody has to look at: the first and the last of each run, counted from 1.
    pub(super) reviewed: Vec<(usize, usize)>,
}

/// Writes a policy.
pub(super) fn policy(analysis: &Analysis, policy: &Policy<'_, '_>, comments: &Comments<'_>) -> Written {
    let mut out = Writer::default();
    if let Some(line) = &policy.purpose {
        out.comment(0, line);
    }
    for line in &policy.review {
        out.comment(0, &format!("{REVIEW}: {line}"));
    }
    out.line(0, "apiVersion: networking.k8s.io/v1");
    out.line(0, "kind: NetworkPolicy");
    out.line(0, "metadata:");
    out.line(1, &format!("name: {}", scalar(&policy.name)));
    // What resources that name no namespace are in is for whoever applies them to say.
    if analysis.cluster().unset_namespace != Some(policy.namespace) {
        let namespace = analysis.cluster().namespace_name(policy.namespace);
        out.line(1, &format!("namespace: {}", scalar(namespace)));
    }
    out.line(0, "spec:");
    out.selector(1, "podSelector", &Selector::equalities(policy.labels.iter()));
    out.line(1, "policyTypes:");
    for direction in &policy.directions {
        out.line(2, &format!("- {}", direction.policy_type()));
    }
    if let Some(first) = policy.rules.first() {
        out.line(1, &format!("{}:", first.direction.field()));
    }
    for rule in &policy.rules {
        out.rule(rule, comments);
    }
    let mut reviewed = out.reviewed;
    if !policy.review.is_empty() {
        reviewed = vec![(1, out.lines)];
    }
    Written { text: out.text, reviewed }
}

#[derive(Default)]
struct Writer {
    text: String,
    lines: usize,
    reviewed: Vec<(usize, usize)>,
}

impl Writer {
    /// A line with its indentation, in steps of two.
    fn line(&mut self, depth: usize, text: &str) {
        self.text.push_str(&format!("{:width$}{text}\n", "", width = depth * 2));
        self.lines += 1;
    }

    fn comment(&mut self, depth: usize, text: &str) {
        self.text.push_str(&comment(depth * 2, text));
        self.lines += 1;
    }

    fn rule(&mut self, rule: &Rule<'_, '_>, comments: &Comments<'_>) {
        let first = self.lines + 1;
        for line in evidence(rule, comments) {
            self.comment(2, &line);
        }
        for line in &rule.review {
            self.comment(2, &format!("{REVIEW}: {line}"));
        }
        let field = match rule.direction {
            Direction::Ingress => "from",
            Direction::Egress => "to",
        };
        let has_peer = rule.peer != Peer::Anyone;
        if has_peer {
            self.line(2, &format!("- {field}:"));
            self.peer(&rule.peer);
        }
        match (has_peer, rule.ports.is_all()) {
            (true, true) => {}
            (false, true) => self.line(2, "- {}"),
            (true, false) => self.line(3, "ports:"),
            (false, false) => self.line(2, "- ports:"),
        }
        if !rule.ports.is_all() {
            self.ports(&rule.ports);
        }
        if !rule.review.is_empty() {
            self.reviewed.push((first, self.lines));
        }
    }

    fn peer(&mut self, peer: &Peer) {
        match peer {
            Peer::Anyone => {}
            Peer::Pods { namespaces: None, pods } => {
                self.item_selector("podSelector", &pods.clone().unwrap_or_default());
            }
            Peer::Pods { namespaces: Some(namespaces), pods } => {
                self.item_selector("namespaceSelector", namespaces);
                if let Some(pods) = pods {
                    self.selector(5, "podSelector", pods);
                }
            }
            Peer::Block { cidr, except } => {
                self.line(4, "- ipBlock:");
                self.line(6, &format!("cidr: {}", address(&cidr.to_string())));
                if !except.is_empty() {
                    self.line(6, "except:");
                }
                for hole in except {
                    self.line(7, &format!("- {}", address(&hole.to_string())));
                }
            }
        }
    }

    fn ports(&mut self, ports: &PortSet) {
        for PortRange { protocol, first, last } in ports.ranges() {
            self.line(4, &format!("- protocol: {protocol}"));
            if (first, last) == (1, u16::MAX) {
                continue;
            }
            self.line(5, &format!("port: {first}"));
            if first != last {
                self.line(5, &format!("endPort: {last}"));
            }
        }
    }

    /// A selector that begins an item of the list of peers.
    fn item_selector(&mut self, field: &str, selector: &Selector) {
        self.selector_at(4, &format!("- {field}"), 6, selector);
    }

    fn selector(&mut self, depth: usize, field: &str, selector: &Selector) {
        self.selector_at(depth, field, depth + 1, selector);
    }

    fn selector_at(&mut self, depth: usize, field: &str, inner: usize, selector: &Selector) {
        if selector.is_empty() {
            return self.line(depth, &format!("{field}: {{}}"));
        }
        self.line(depth, &format!("{field}:"));
        let (labels, expressions): (Vec<_>, Vec<_>) = selector
            .requirements()
            .iter()
            .partition(|it| matches!(&it.operator, Operator::In(values) if values.len() == 1));
        if !labels.is_empty() {
            self.line(inner, "matchLabels:");
        }
        for Requirement { key, operator } in labels {
            if let Operator::In(values) = operator {
                let value = values.first().map_or("", |value| value);
                self.line(inner + 1, &format!("{}: {}", scalar(key), scalar(value)));
            }
        }
        if !expressions.is_empty() {
            self.line(inner, "matchExpressions:");
        }
        for Requirement { key, operator } in expressions {
            let (word, values) = match operator {
                Operator::In(values) => ("In", values.as_slice()),
                Operator::NotIn(values) => ("NotIn", values.as_slice()),
                Operator::DoesNotExist => ("DoesNotExist", &[][..]),
                // A NetworkPolicy has no others.
                _ => ("Exists", &[][..]),
            };
            self.line(inner + 1, &format!("- key: {}", scalar(key)));
            self.line(inner + 2, &format!("operator: {word}"));
            if !values.is_empty() {
                let values: Vec<String> = values.iter().map(|value| scalar(value)).collect();
                self.line(inner + 2, &format!("values: [{}]", values.join(", ")));
            }
        }
    }
}

/// An address of IPv4 is no other thing in YAML; one of IPv6 may be.
fn address(text: &str) -> String {
    if text.contains(':') { scalar(text) } else { text.to_owned() }
}

/// What asks for a rule, one line each.
fn evidence(rule: &Rule<'_, '_>, comments: &Comments<'_>) -> Vec<String> {
    let Some(words) = &comments.words else { return Vec::new() };
    let mut lines: Vec<String> = Vec::new();
    for evidence in &rule.evidence {
        let position = comments.positions.get(&evidence.place).map(|it| format!(" ({it})")).unwrap_or_default();
        let line = format!("{}{position}", words.evidence(evidence));
        if !lines.contains(&line) && lines.len() <= SHOWN {
            lines.push(line);
        }
    }
    if lines.len() > SHOWN {
        lines.truncate(SHOWN);
        lines.push("and more of the kind".to_owned());
    }
    lines
}
