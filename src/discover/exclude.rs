//! Paths that are named by globs.

use std::path::Path;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use thiserror::Error;

use crate::source::paths::Base;

/// Globs of paths: `*` stops at a slash, `**` does not, and a glob without a slash is met at any depth.
#[derive(Clone, Debug, Default)]
pub struct PathGlobs(GlobSet);

/// A glob that cannot be read.
#[derive(Debug, Error)]
#[error("cannot read the glob `{glob}`: {reason}")]
pub struct GlobError {
    glob: String,
    reason: String,
}

impl GlobError {
    /// What to write instead.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        "write a pattern such as `vendor`, `charts/*/templates` or `**/*.generated.yaml`"
    }
}

impl PathGlobs {
    /// Reads globs.
    ///
    /// # Errors
    /// The first that is malformed.
    pub fn new(globs: &[String]) -> Result<Self, GlobError> {
        let error = |glob: &str, reason: &globset::Error| GlobError {
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

    /// Whether a glob matches the path.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        self.0.is_match(path)
    }

    /// Whether a glob matches the path or a directory above it.
    #[must_use]
    pub fn cover(&self, path: &str) -> bool {
        Path::new(path).ancestors().any(|path| self.0.is_match(path))
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Paths that directories do not give. What lies below an excluded directory is excluded.
#[derive(Clone, Debug, Default)]
pub struct Excludes {
    typed: PathGlobs,
    configured: PathGlobs,
    /// Where the configuration is.
    base: Base,
}

impl Excludes {
    /// Reads globs of printed paths.
    ///
    /// # Errors
    /// Where a glob is malformed.
    pub fn new(globs: &[String]) -> Result<Self, GlobError> {
        Ok(Self { typed: PathGlobs::new(globs)?, ..Self::default() })
    }

    /// Leaves out other paths as well, which are relative to a directory.
    pub(crate) fn and(self, configured: PathGlobs, base: Base) -> Self {
        Self { configured, base, ..self }
    }

    /// Whether the printed path is left out.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        self.typed.matches(name) || self.is_left_out_by_configuration(name)
    }

    /// Whether the configuration leaves the printed path out.
    #[must_use]
    pub fn is_left_out_by_configuration(&self, name: &str) -> bool {
        !self.configured.is_empty() && self.configured.matches(&self.base.name(name))
    }

    /// Whether the printed path is left out, or a directory above it.
    #[must_use]
    pub fn cover(&self, name: &str) -> bool {
        self.typed.cover(name) || !self.configured.is_empty() && self.configured.cover(&self.base.name(name))
    }
}
