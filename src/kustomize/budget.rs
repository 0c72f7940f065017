//! How much one kustomization may produce.

use super::error::{Refusal, Result};
use crate::source::Origin;

/// What every kustomization may produce, in values: far more than people write by hand.
const BASE: usize = 400_000;

/// How much more it may produce for each value that is written in its files: what is large may become larger.
const PER_VALUE: usize = 8;

/// One counter for everything that is produced: copies of values, fields that are changed, names that are remembered,
/// kustomizations and files that are read again.
#[derive(Debug)]
pub(super) struct Budget {
    left: usize,
}

impl Budget {
    pub(super) fn new() -> Self {
        Self { left: BASE }
    }

    /// Allows more because of so many values that a file holds, which is read for the first time.
    pub(super) fn allow(&mut self, values: usize) {
        self.left = self.left.saturating_add(values.saturating_mul(PER_VALUE));
    }

    /// Counts what is produced because of this field.
    pub(super) fn spend(&mut self, amount: usize, origin: &Origin) -> Result<()> {
        match self.left.checked_sub(amount) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(Refusal::at(origin, "the kustomization produces more than netlint is willing to build")
                .help("check that nothing multiplies here: bases that are listed many times, or patches that copy")),
        }
    }
}
