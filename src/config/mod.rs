//! netlint.yaml: what is to be checked, what is expected, and what is known and left out.

mod check;
mod choice;
mod cni;
mod file;
mod find;
mod gate;
mod ignore;
mod level;
mod report;
mod schema;
mod tier;
mod weakening;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use ipnet::IpNet;

use crate::catalogue::Profile;
use crate::cluster::PresumedDns;
use crate::diagnostic::{Draft, Finding, Severity, locate};
use crate::discover::{Excludes, PathGlobs};
use crate::source::{FileId, Location, Origin, Sources};
use crate::text::phrase;
use crate::yaml::{self, Span};

pub use crate::source::paths::Base;
pub(crate) use check::is_label;
pub use choice::Choice;
pub use cni::{Cni, Plugin};
pub use file::schema;
pub use find::{ConfigError, find, read, read_found};
pub use gate::Gate;
pub use ignore::{Ignore, Plain};
pub use level::Level;
pub use report::{FailOn, Format};
pub use schema::SCHEMA_URL;
pub use tier::{Tier, TierMatch, TierPlace, Tiers};
pub use weakening::{Weakening, weakenings};

/// A configuration that was read and is valid. Without a file, everything is left to the defaults.
#[derive(Clone, Debug, Default)]
pub struct Config {
    source: Option<Source>,
    base: Base,
    /// What to check where the command line names no path, as the working directory sees it.
    pub paths: Vec<PathBuf>,
    exclude: PathGlobs,
    profile: Profile,
    levels: BTreeMap<String, Level>,
    choice: Choice,
    /// Clusters by name, with their paths as the working directory sees them.
    pub clusters: BTreeMap<String, Vec<PathBuf>>,
    /// The network plugin of clusters that do not say their own.
    cni: Option<Cni>,
    /// The network plugins of clusters, by name.
    cni_of_cluster: BTreeMap<String, Cni>,
    /// The addresses of pods.
    pub pod_blocks: Vec<IpNet>,
    /// The addresses of Services.
    pub service_blocks: Vec<IpNet>,
    /// The addresses of the API server, where they are known.
    pub api_server: Vec<IpNet>,
    /// The DNS servers; empty where they are those of a common distribution.
    pub dns: Vec<PresumedDns>,
    /// The tiers, in the order of the file.
    pub tiers: Tiers,
    /// Connections that must be permitted or denied.
    pub expectations: Vec<Expectation>,
    /// Findings that are not reported.
    pub ignores: Vec<Ignore>,
    /// The file of known findings, as the working directory sees it.
    pub baseline: Option<PathBuf>,
    /// The least severity that makes `netlint check` fail, where the command line does not say.
    pub fail_on: Option<FailOn>,
    /// The format of its report, where the command line does not say.
    pub format: Option<Format>,
    /// Whether the file asks for kustomizations and charts to be rendered, which only the command line can do.
    pub asks_to_render: bool,
    /// The namespace of resources that name none.
    pub namespace: Option<String>,
    /// What makes `netlint diff` fail.
    pub gates: Vec<Gate>,
}

/// The text of the file, and what reports call it.
#[derive(Clone, Debug)]
struct Source {
    name: String,
    text: Arc<str>,
}

/// A statement about connections.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// The destination and its port, as `netlint query` writes it.
    pub to: String,
    /// What is expected.
    pub claim: Claim,
    /// The entry.
    pub origin: Origin,
}

impl Expectation {
    /// ``  `a` may reach `b:80` ``: what is claimed.
    #[must_use]
    pub fn statement(&self) -> String {
        let to = &self.to;
        match &self.claim {
            Claim::Allowed { from, allow: true } => format!("`{from}` may reach `{to}`"),
            Claim::Allowed { from, allow: false } => format!("`{from}` may not reach `{to}`"),
            Claim::Only(sources) if sources.is_empty() => format!("no one may reach `{to}`"),
            Claim::Only(sources) => format!("only {} may reach `{to}`", phrase::list(sources)),
        }
    }

    /// What distinguishes it from others: the ends, and what is claimed of them.
    pub(crate) fn key(&self) -> Vec<String> {
        let (claim, sources) = match &self.claim {
            Claim::Allowed { from, allow } => (if *allow { "allow" } else { "deny" }, vec![from.clone()]),
            Claim::Only(sources) => ("only", sources.clone()),
        };
        [claim.to_owned(), self.to.clone()].into_iter().chain(sources).collect()
    }

    /// `` `a` to reach `b:80` ``: what follows on "expected".
    #[must_use]
    pub(crate) fn expected(&self) -> String {
        let to = &self.to;
        match &self.claim {
            Claim::Allowed { from, allow: true } => format!("`{from}` to reach `{to}`"),
            Claim::Allowed { from, allow: false } => format!("`{from}` not to reach `{to}`"),
            Claim::Only(sources) if sources.is_empty() => format!("no one to reach `{to}`"),
            Claim::Only(sources) => format!("only {} to reach `{to}`", phrase::list(sources)),
        }
    }
}

/// What an [`Expectation`] says of its destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// This source may connect to it, or may not.
    Allowed {
        /// Who connects, as `netlint query` writes it.
        from: String,
        /// Whether it must be permitted.
        allow: bool,
    },
    /// Nobody but these may connect to it.
    Only(Vec<String>),
}

/// An invalid configuration, and why.
#[derive(Debug)]
pub struct Rejected {
    /// Its text.
    pub sources: Sources,
    /// What is wrong, in the order of the file. The rule is named `configuration`.
    pub findings: Vec<Finding>,
}

impl Config {
    /// Reads a configuration. `name` is what reports call it, `base` where its paths are relative to.
    ///
    /// # Errors
    /// Everything that is wrong with it, as far as it can be read.
    pub fn parse(name: &str, text: &str, base: Base) -> Result<Self, Rejected> {
        let read = file_of(text).and_then(|(file, root)| check::check(file, &root, base));
        let source = Source { name: name.to_owned(), text: text.into() };
        read.map(|config| Self { source: Some(source), ..config }).map_err(|problems| {
            let mut sources = Sources::default();
            sources.set_configuration(name, text);
            let findings = locate(problems, &sources, |_| Severity::Error);
            Rejected { sources, findings }
        })
    }

    /// What the reports call the file, if there is one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.source.as_ref().map(|source| source.name.as_str())
    }

    /// The network plugin of a cluster, by its name, where the file says which.
    #[must_use]
    pub fn cni(&self, cluster: Option<&str>) -> Option<&Cni> {
        let own = cluster.and_then(|name| self.cni_of_cluster.get(name));
        own.or(self.cni.as_ref())
    }

    /// Makes the file known, so that reports can point into it.
    pub(crate) fn add_to(&self, sources: &mut Sources) {
        if let Some(source) = &self.source {
            sources.set_configuration(source.name.as_str(), &*source.text);
        }
    }

    /// Leaves out the paths that the configuration excludes as well.
    #[must_use]
    pub fn and_exclude(&self, excludes: Excludes) -> Excludes {
        excludes.and(self.exclude.clone(), self.base.clone())
    }

    /// What an entry of `ignore` or a path of one calls the file with this printed name.
    #[must_use]
    pub fn name_of_file(&self, printed: &str) -> String {
        self.base.name(printed)
    }

    /// Whether these paths lead to everything that the configuration is about: to its own paths, else to those of its
    /// clusters, else to all that lies beside it and below.
    pub(crate) fn is_covered_by(&self, paths: &[PathBuf]) -> bool {
        let everything = [self.base.resolve(".")];
        let of_clusters: Vec<PathBuf> = self.clusters.values().flatten().cloned().collect();
        let wanted = [&self.paths, &of_clusters].into_iter().find(|paths| !paths.is_empty());
        let wanted = wanted.map_or(&everything[..], Vec::as_slice);
        let covers =
            |path: &PathBuf, wanted: &PathBuf| self.base.absolute(wanted).starts_with(self.base.absolute(path));
        wanted.iter().all(|wanted| paths.iter().any(|path| covers(path, wanted)))
    }
}

/// A finding about the configuration itself.
fn problem(place: impl Into<Location>, message: impl Into<String>) -> Draft {
    Draft::new("configuration", place, message)
}

/// What is in the file, and the root of the document.
fn file_of(text: &str) -> Result<(file::File, Origin), Vec<Draft>> {
    let at = |span: Span| Location::Bytes(FileId::CONFIGURATION, span);
    let mut found = None;
    for chunk in yaml::split(text) {
        let document = yaml::parse(text, chunk).map_err(|error| {
            let mut draft = problem(at(error.span), error.message);
            draft.help = error.help;
            vec![draft]
        })?;
        let Some(root) = document.root() else { continue };
        if found.is_some() {
            let mut draft = problem(at(root.span()), "a configuration is one document");
            draft.help("move these keys into the first one");
            return Err(vec![draft]);
        }
        let duplicates: Vec<Draft> = document
            .duplicate_keys()
            .iter()
            .map(|duplicate| {
                let mut draft = problem(at(duplicate.again), format!("the key `{}` is written twice", duplicate.key));
                draft.because(at(duplicate.first), "first written here").help("keep one of the two, or merge them");
                draft
            })
            .collect();
        if !duplicates.is_empty() {
            return Err(duplicates);
        }
        let file = yaml::from_node(root).map_err(|error| {
            let mut draft = problem(at(error.span), error.message);
            draft.help = error.help;
            vec![draft]
        })?;
        found = Some((file, chunk.index));
    }
    let (file, document) = found.unwrap_or_default();
    Ok((file, Origin { file: FileId::CONFIGURATION, document, path: yaml::FieldPath::root() }))
}
