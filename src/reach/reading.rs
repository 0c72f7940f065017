//! The readings of what the input does not show.

/// How selectors are read that ask for labels which the input does not show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reading {
    /// Labels that are not shown are absent, and what else may match does not: the reading of `connections` and
    /// `query`.
    Shown,
    /// Only what is permitted for certain.
    Least,
    /// All that may be permitted.
    Most,
}
