//! The profiles: which rules run by default.

use schemars::JsonSchema;

/// Which rules run by default. Ordered: each profile has the rules of those before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// The rules that are about what is open, and about policies that are not in force
    SecurityOnly,
    /// The rules that are about what is surely wrong or unsafe
    #[default]
    Default,
    /// Every rule
    Strict,
}

impl Profile {
    /// The word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SecurityOnly => "security-only",
            Self::Default => "default",
            Self::Strict => "strict",
        }
    }
}
