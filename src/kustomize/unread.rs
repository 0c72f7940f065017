//! What a kustomization leads to and netlint cannot read, and what it could touch.

use super::error::Refusal;
use super::files::Unreadable;
use crate::source::{Origin, Scope, Unread};

/// Why a path that a kustomization names makes kustomize refuse it.
pub(super) fn refusal(origin: &Origin, path: &str, why: Unreadable) -> Box<Refusal> {
    match why {
        Unreadable::Directory => Refusal::at(origin, format!("`{path}` is a directory, not a file")).help("name a file in it"),
        Unreadable::Outside => Refusal::at(origin, format!("`{path}` is outside the directory of the kustomization"))
            .help("move the file into the directory, or list the directory that holds it, with a kustomization of its own"),
        _ => Refusal::at(origin, format!("`{path}` does not exist")).help("correct the path, or remove the entry"),
    }
}

/// Notes what is not read.
pub(super) fn note(origin: &Origin, what: impl Into<String>, scope: Scope) -> Unread {
    Unread { what: what.into(), origin: Some(origin.clone()), scope }
}
