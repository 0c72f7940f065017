//! What the input leads to and does not hold.

use super::Origin;

/// Something that the input names and netlint does not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// What it is, in a few words.
    pub what: String,
    /// Where the input names it.
    pub origin: Option<Origin>,
    /// What it could touch.
    pub scope: Scope,
}

/// Which objects something that is not read could touch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Any object.
    Anything,
    /// Objects of one namespace, and those that are in none.
    Namespace(String),
    /// Only the data of ConfigMaps and Secrets, which permit and deny nothing.
    Data,
}

impl Scope {
    /// Whether it could touch the pods and policies of a namespace.
    #[must_use]
    pub fn touches(&self, namespace: Option<&str>) -> bool {
        match self {
            Self::Anything => true,
            Self::Namespace(own) => namespace.is_none_or(|namespace| namespace == own),
            Self::Data => false,
        }
    }
}
