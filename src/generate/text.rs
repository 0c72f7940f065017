//! Policies as YAML: in the order of the API reference, each rule under what asks for it.

use super::comments::Comments;
use super::policy::{Peer, Policy, Rule};
use crate::analysis::Analysis;
use crate::edit::{self, Value};
use crate::objects::Selector;
use crate::policy::dialect::network_policy::manifest;
use crate::text::comment::comment;

/// What begins a comment that somebody has to look at.
const REVIEW: &str = "REVIEW";

/// How far the items of the rules are indented.
const RULES: usize = 4;

/// The lines of a text that somebody has to look at: the first and the last of each run, counted from 1.
pub(super) type Reviewed = Vec<(usize, usize)>;

/// A policy as text.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) text: String,
    /// How many lines it has.
    pub(super) lines: usize,
    /// The lines that somebody has to look at.
    pub(super) reviewed: Reviewed,
}

/// Writes a policy, with what asks for each rule where `comments` say it.
pub(super) fn policy(analysis: &Analysis, policy: &Policy<'_, '_>, comments: Option<&Comments<'_>>) -> Written {
    let mut out = Written::default();
    if let Some(line) = &policy.purpose {
        out.comment(0, line);
    }
    for line in &policy.review {
        out.comment(0, &format!("{REVIEW}: {line}"));
    }
    // What resources that name no namespace are in is for whoever applies them to say.
    let is_named = analysis.cluster().unset_namespace != Some(policy.namespace);
    let namespace = is_named.then(|| analysis.cluster().namespace_name(policy.namespace));
    let pods = selector(&Selector::equalities(policy.labels.iter()));
    let head = manifest::manifest((&policy.name, namespace), pods, &policy.directions, Vec::new());
    out.value(0, &head);
    if let Some(first) = policy.rules.first() {
        out.line(&format!("  {}:", first.direction.field()));
    }
    for rule in &policy.rules {
        out.rule(rule, comments);
    }
    if !policy.review.is_empty() {
        out.reviewed = vec![(1, out.lines)];
    }
    out
}

impl Written {
    fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
        self.lines += 1;
    }

    fn comment(&mut self, indent: usize, text: &str) {
        self.text.push_str(&comment(indent, text));
        self.lines += 1;
    }

    fn value(&mut self, indent: usize, value: &Value) {
        let lines = format!("{:indent$}{}", "", edit::lines(value, indent));
        lines.lines().for_each(|line| self.line(line));
    }

    fn rule(&mut self, rule: &Rule<'_, '_>, comments: Option<&Comments<'_>>) {
        let first = self.lines + 1;
        for line in comments.map(|comments| comments.evidence(rule)).unwrap_or_default() {
            self.comment(RULES, &line);
        }
        for line in &rule.review {
            self.comment(RULES, &format!("{REVIEW}: {line}"));
        }
        let ports = (!rule.ports.is_all()).then(|| manifest::ports(&rule.ports));
        let peers = peer(&rule.peer).into_iter().collect();
        self.value(RULES, &Value::List(vec![manifest::rule(rule.direction, peers, ports)]));
        if !rule.review.is_empty() {
            self.reviewed.push((first, self.lines));
        }
    }
}

/// The peer of a rule; `None` for everyone.
fn peer(peer: &Peer) -> Option<Value> {
    Some(match peer {
        Peer::Anyone => return None,
        Peer::Block { cidr, except } => manifest::block(cidr, except),
        Peer::Pods { namespaces, pods } => {
            let mut parts = Vec::new();
            parts.extend(namespaces.as_ref().map(|namespaces| ("namespaceSelector", selector(namespaces))));
            if pods.is_some() || parts.is_empty() {
                parts.push(("podSelector", pods.as_ref().map_or_else(|| Value::map([]), selector)));
            }
            Value::map(parts)
        }
        Peer::Outside { namespace, pods } => Value::map([
            ("namespaceSelector", selector(namespace)),
            ("podSelector", manifest::expressions(pods).unwrap_or_else(|| Value::map([]))),
        ]),
    })
}

/// A selector. Those of other dialects have no place in a plan: rules that cannot be written are no evidence.
fn selector(selector: &Selector) -> Value {
    manifest::selector(selector).unwrap_or_else(|| Value::map([]))
}
