//! What fixes did: the list of them, and the diff.

mod diff;
mod text;

use crate::edit::ChangedFile;
use crate::repair::{Applied, Refused};
pub use diff::diff;
pub use text::{effects, list};

/// What came of the fixes of a run.
#[derive(Clone, Debug, Default)]
pub struct Repairs {
    /// Those that were made, in order.
    pub applied: Vec<Applied>,
    /// Those that were not.
    pub refused: Vec<Refused>,
    /// How many are left for somebody who looks at them.
    pub left: usize,
    /// The files that they change.
    pub files: Vec<ChangedFile>,
}
