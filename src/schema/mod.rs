//! Objects held against tables of the API's types: what the API server would reject or drop without a word.
//!
//! A type is a table ([`table::Schema`]). `walk` goes through an object beside its table and reports values of a wrong
//! type (`mismatch`), fields that do not exist (`unknown`), fields that are missing or too many (`constraint`) and values
//! that break a syntax (`syntax`, `cidr`). The tables of each kind are with the kind: those of policies in
//! `policy::dialect`, the others in `manifest`.

pub(crate) mod cidr;
pub(crate) mod constraint;
mod flaw;
pub(crate) mod metadata;
mod mismatch;
pub(crate) mod selector;
pub(crate) mod syntax;
pub(crate) mod table;
mod unknown;
pub(crate) mod walk;

use crate::diagnostic::Draft;
pub(crate) use table::{field, report};

/// What came of a check.
pub(crate) struct Checked {
    /// Findings of the rules `invalid-field`, `unknown-field` and `unchecked-value`.
    pub(crate) problems: Vec<Draft>,
    /// Whether the API server would refuse the object.
    pub(crate) rejected: bool,
}
