//! Fixes are tried on a copy of the manifests, and kept where the engine finds that they do what they promise.
//!
//! The fixes of a run that do not meet are tried together, in rounds, since one may make room for another. Each is
//! kept only if its finding is gone, no new one comes of it, and the connections that it opens and closes are those
//! that it may. Nothing is written here.

mod attempt;
mod changes;
mod files;

use std::collections::BTreeSet;

use crate::edit::{ChangedFile, Safety};
use crate::file_tree::SharedTree;
use crate::findings::Run;
use attempt::Attempt;
pub use changes::{Change, Changes};
use files::Files;

/// How often fixes may make room for others.
const MOST_ROUNDS: usize = 10;

/// How a tree is read and judged.
pub type Judge<'j> = &'j dyn Fn(SharedTree) -> Run;

/// A fix that was kept.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The rule of its finding.
    pub rule: &'static str,
    /// The finding's message.
    pub message: String,
    /// The file that the finding points into, as reports print it, and the line there before the fix.
    pub place: (String, usize),
    /// What the fix does, as an instruction.
    pub title: String,
    /// What it may do.
    pub safety: Safety,
    /// What it does to connections; `None` where there are too many to compare.
    pub changes: Option<Changes>,
    /// The files that it changes, as reports print them.
    pub files: Vec<String>,
    /// The clusters that it changes, where a file of it belongs to several.
    pub clusters: Vec<String>,
}

/// A fix that was not kept.
#[derive(Clone, Debug)]
pub struct Refused {
    /// The rule of its finding.
    pub rule: &'static str,
    /// The file that the finding points into, as reports print it, and the line there.
    pub place: (String, usize),
    /// Why, as a sentence without a full stop.
    pub reason: String,
}

/// What came of the fixes.
#[derive(Debug)]
pub struct Outcome {
    /// What the manifests are with them.
    pub run: Run,
    /// The fixes that were kept, in the order in which they were made.
    pub applied: Vec<Applied>,
    /// The fixes that were not kept.
    pub refused: Vec<Refused>,
    /// How many fixes are left that only somebody who looks at them may apply.
    pub left: usize,
    /// The files that they change, sorted by name.
    pub files: Vec<ChangedFile>,
    /// The rule whose fixes make room for others without end.
    pub endless: Option<&'static str>,
}

/// Tries the fixes of all findings on a copy of `tree`: those that are safe, and the others where `all` are wanted.
#[must_use]
pub fn repair(tree: &SharedTree, judge: Judge<'_>, all: bool) -> Outcome {
    let mut attempt = Attempt::new(Files::over(tree), judge, all);
    let mut round = 0;
    let endless = loop {
        let candidates = attempt.candidates();
        let Some(first) = candidates.first() else { break None };
        if round == MOST_ROUNDS {
            break Some(first.finding.rule);
        }
        round += 1;
        attempt.round(candidates);
    };
    attempt.finish(endless)
}

/// The verdicts on fixes that were tried, by what tells their findings from others.
type Tried = BTreeSet<String>;
