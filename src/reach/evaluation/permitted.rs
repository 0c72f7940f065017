//! What is permitted between two ends.

use crate::net::traffic::Traffic;

/// What is permitted between two ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permitted {
    /// All that is permitted.
    pub traffic: Traffic,
    /// Of that, what carries only some requests (HTTP, DNS).
    pub layer7: Traffic,
}

impl Permitted {
    /// Everything, without restrictions.
    pub(in crate::reach) fn all() -> Self {
        Self { traffic: Traffic::all(), layer7: Traffic::default() }
    }
}
