//! What shows that a connection is meant.

use std::fmt;

use smol_str::SmolStr;

/// What says, at some place of the input, that a connection is meant. Its text is the subject of a sentence: `DB_HOST`
/// names a Service, ServiceMonitor `api` has a port scraped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Evidence {
    /// An environment variable.
    Variable(SmolStr),
    /// The command line of a container.
    Command(SmolStr),
    /// An entry of a ConfigMap.
    ConfigMap {
        /// The ConfigMap.
        name: SmolStr,
        /// The entry.
        key: SmolStr,
    },
    /// Annotations of a pod or a Service.
    Annotation,
    /// A ServiceMonitor or PodMonitor.
    Monitor {
        /// Its kind.
        kind: SmolStr,
        /// Its name.
        name: SmolStr,
    },
}

impl fmt::Display for Evidence {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => write!(out, "`{name}`"),
            Self::Command(container) => write!(out, "the command of `{container}`"),
            Self::ConfigMap { name, key } => write!(out, "`{key}` of ConfigMap `{name}`"),
            Self::Annotation => out.write_str("an annotation"),
            Self::Monitor { kind, name } => write!(out, "{kind} `{name}`"),
        }
    }
}
