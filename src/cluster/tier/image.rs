//! Images taken apart.

/// A container image without its tag and digest.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Image<'a> {
    /// The repository as written: `registry:5000/bitnami/postgresql`.
    repository: &'a str,
    /// Its last part: `postgresql`.
    pub(super) base: &'a str,
}

impl<'a> Image<'a> {
    /// Takes a reference apart: `host:5000/owner/name:tag@sha256:…`. Any text has some base, if an empty one.
    pub(super) fn parse(reference: &'a str) -> Self {
        let untagged = reference.split_once('@').map_or(reference, |(name, _)| name);
        let start = untagged.rfind('/').map_or(0, |slash| slash + 1);
        // A colon before the last slash belongs to the registry's port.
        let end = untagged.get(start..).and_then(|last| last.find(':')).map_or(untagged.len(), |colon| start + colon);
        let repository = untagged.get(..end).unwrap_or(untagged);
        Self { repository, base: repository.get(start..).unwrap_or_default() }
    }

    /// Whether the repository ends in these parts: `mssql/server` is the end of `mcr.microsoft.com/mssql/server`.
    pub(super) fn ends_with(&self, parts: &str) -> bool {
        self.repository.strip_suffix(parts).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
    }
}
