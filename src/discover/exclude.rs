//! Paths that the caller leaves out.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use thiserror::Error;

/// Globs of paths that directories do not give.
#[derive(Clone, Debug, Default)]
pub struct Excludes(GlobSet);

/// A glob that cannot be read.
#[derive(Debug, Error)]
#[error("cannot read the glob `{glob}`: {reason}")]
pub struct ExcludeError {
    glob: String,
    reason: String,
}

impl ExcludeError {
    /// What to write instead.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        "write a pattern such as `vendor`, `charts/*/templates` or `**/*.generated.yaml`"
    }
}

impl Excludes {
    /// Reads globs. A glob is compared with printed paths; `*` stops at a slash, `**` does not, and a glob without
    /// a slash is met at any depth. What lies below an excluded directory is excluded.
    ///
    /// # Errors
    /// Where a glob is malformed.
    pub fn new(globs: &[String]) -> Result<Self, ExcludeError> {
        let error = |glob: &str, reason: &globset::Error| ExcludeError {
            glob: glob.to_owned(),
            reason: reason.kind().to_string(),
        };
        let mut set = GlobSetBuilder::new();
        for glob in globs {
            let path = glob.strip_prefix("./").unwrap_or(glob).trim_end_matches('/');
            let path = if path.contains('/') { path.to_owned() } else { format!("**/{path}") };
            set.add(GlobBuilder::new(&path).literal_separator(true).build().map_err(|reason| error(glob, &reason))?);
        }
        set.build().map(Self).map_err(|reason| error(&globs.join(" "), &reason))
    }

    /// Whether the printed path is left out.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        self.0.is_match(name)
    }
}
