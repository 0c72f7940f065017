//! Calico's selector language, in which policies name endpoints and sets by their labels:
//! `app == 'web' && !has(debug) || tier in {'front', 'edge'}`.
//!
//! Semantics are those of `libcalico-go/lib/selector`. Conditions that deny something (`!=`, `not in`, `!`) hold where
//! the label is absent; all others need it.

mod parse;
#[cfg(test)]
mod tests;
mod token;
mod write;

use std::ops::Range;

use smol_str::SmolStr;

use crate::objects::Match;

/// A selector as a boolean expression over labels.
///
/// The nodes are in an order in which operands come before what joins them, so that one pass over them evaluates the
/// expression, however deep it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Expression {
    nodes: Vec<Node>,
}

/// A part of an expression. Operands are places in [`Expression::nodes`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Node {
    /// `all()`: holds for everything.
    All,
    /// `global()`: holds for everything, too; whoever uses the selector gives it a meaning.
    Global,
    /// A condition on one label.
    Label(SmolStr, Test),
    /// The operand does not hold.
    Not(usize),
    /// All operands hold.
    And(Vec<usize>),
    /// At least one operand holds.
    Or(Vec<usize>),
}

/// What is asked of a label.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Test {
    /// It is there.
    Has,
    /// It has this value.
    Equals(SmolStr),
    /// It is absent, or has another value.
    NotEquals(SmolStr),
    /// It has one of these values, which are sorted.
    In(Vec<SmolStr>),
    /// It is absent, or has none of these values, which are sorted.
    NotIn(Vec<SmolStr>),
    /// Its value contains this text.
    Contains(SmolStr),
    /// Its value starts with this text.
    StartsWith(SmolStr),
    /// Its value ends with this text.
    EndsWith(SmolStr),
}

/// Why a selector is refused, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The bytes of the selector that are wrong; empty at its end where something is missing there.
    pub range: Range<usize>,
    /// What is wrong with them.
    pub reason: String,
    /// What to write instead.
    pub help: String,
}

impl SyntaxError {
    fn new(range: Range<usize>, reason: impl Into<String>, help: impl Into<String>) -> Self {
        Self { range, reason: reason.into(), help: help.into() }
    }
}

impl Test {
    /// Whether it holds for a label of this value, or for an absent one.
    #[must_use]
    pub fn holds(&self, value: Option<&str>) -> bool {
        let is = |test: &dyn Fn(&str) -> bool| value.is_some_and(test);
        let is_one_of = |values: &[SmolStr]| is(&|value| values.iter().any(|one| one == value));
        match self {
            Self::Has => value.is_some(),
            Self::Equals(wanted) => is(&|value| value == wanted),
            Self::NotEquals(unwanted) => !is(&|value| value == unwanted),
            Self::In(values) => is_one_of(values),
            Self::NotIn(values) => !is_one_of(values),
            Self::Contains(part) => is(&|value| value.contains(part.as_str())),
            Self::StartsWith(start) => is(&|value| value.starts_with(start.as_str())),
            Self::EndsWith(end) => is(&|value| value.ends_with(end.as_str())),
        }
    }
}

impl Expression {
    /// The selector that holds for everything.
    #[must_use]
    pub fn all() -> Self {
        Self { nodes: vec![Node::All] }
    }

    /// Reads a selector. One that is empty, or has only spaces and tabs, is `all()`. The time it takes grows with the
    /// length of the text and nothing else.
    ///
    /// # Errors
    /// Where and why Calico refuses it.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        parse::parse(text)
    }

    /// Its parts, operands before what joins them; the last one is the whole.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Whether an object matches whose labels are known: `label` gives the value of each.
    pub fn matches<'l>(&self, label: impl Fn(&str) -> Option<&'l str>) -> bool {
        self.matches_partly(|key, test| if test.holds(label(key)) { Match::Yes } else { Match::No }) == Match::Yes
    }

    /// Whether an object matches of which some labels may be unknown: `judge` says of each condition whether it holds.
    ///
    /// Conditions are taken one by one: `a == 'b' || a != 'b'` is unknown where `a` is.
    pub fn matches_partly(&self, judge: impl Fn(&str, &Test) -> Match) -> Match {
        let mut verdicts: Vec<Match> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let of = |operand: &usize| verdicts.get(*operand).copied().unwrap_or(Match::Unknown);
            let verdict = match node {
                Node::All | Node::Global => Match::Yes,
                Node::Label(key, test) => judge(key, test),
                Node::Not(operand) => negate(of(operand)),
                Node::And(operands) => least(operands.iter().map(of)),
                Node::Or(operands) => negate(least(operands.iter().map(of).map(negate))),
            };
            verdicts.push(verdict);
        }
        verdicts.last().copied().unwrap_or(Match::Yes)
    }

    /// The same expression with other keys of labels.
    #[must_use]
    pub fn with_keys(&self, rename: impl Fn(&str) -> SmolStr) -> Self {
        let renamed = |node: &Node| match node {
            Node::Label(key, test) => Node::Label(rename(key), test.clone()),
            other => other.clone(),
        };
        Self { nodes: self.nodes.iter().map(renamed).collect() }
    }
}

fn negate(verdict: Match) -> Match {
    match verdict {
        Match::Yes => Match::No,
        Match::No => Match::Yes,
        Match::Unknown => Match::Unknown,
    }
}

/// Whether all of them hold.
fn least(verdicts: impl Iterator<Item = Match>) -> Match {
    let mut all = Match::Yes;
    for verdict in verdicts {
        match verdict {
            Match::No => return Match::No,
            Match::Unknown => all = Match::Unknown,
            Match::Yes => {}
        }
    }
    all
}
