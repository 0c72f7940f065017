//! What all parts of a build share.

use super::budget::Budget;
use super::error::Result;
use super::files::Files;
use super::openapi::Schemas;
use super::regexes::Regexes;
use crate::source::Origin;

/// One build.
pub(super) struct Context<'c, 't> {
    pub(super) files: &'c mut Files<'t>,
    pub(super) budget: Budget,
    pub(super) regexes: Regexes,
    pub(super) schemas: Schemas,
}

impl Context<'_, '_> {
    /// Counts what is produced because of this field.
    pub(super) fn spend(&mut self, amount: usize, origin: &Origin) -> Result<()> {
        self.budget.spend(amount, origin)
    }
}
