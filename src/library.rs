//! What programs use of netlint: reading manifests, findings, connections and questions, in types that stay as they are.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::analysis::{Analysis, Options};
use crate::config::{Base, Config};
use crate::connections::Connections;
use crate::diagnostic::{self, Label};
use crate::discover::{Excludes, discover};
use crate::endpoint::Names;
use crate::file_tree::{Boundary, FileTree as _, SharedTree, WorkTree};
use crate::findings::{Run, analyze, judge};
use crate::net::ports::PortSet;
use crate::source::Sources;
use crate::{analysis, query};

pub use crate::diagnostic::{Confidence, Severity};

/// What netlint is told about the clusters: the keys of `netlint.yaml`.
#[derive(Clone, Debug, Default)]
pub struct Configuration {
    config: Arc<Config>,
}

impl Configuration {
    /// Reads a configuration from its text. Its paths are relative to `directory`.
    ///
    /// # Errors
    /// Where the text is not a valid configuration: what is wrong with it, a line for each mistake.
    pub fn parse(text: &str, directory: &Path) -> Result<Self, Error> {
        let tree = WorkTree::of_process();
        let config =
            Config::parse("netlint.yaml", text, Base::new(&tree.absolute(directory), tree.working_directory()))
                .map_err(|rejected| {
                    let lines = rejected.findings.iter().map(|finding| {
                        let place = rejected.sources.position(finding.primary.file, finding.primary.span.start);
                        format!("netlint.yaml:{}:{}: {}", place.line, place.column, finding.message)
                    });
                    Error(lines.collect::<Vec<_>>().join("\n"))
                })?;
        Ok(Self { config: Arc::new(config) })
    }

    fn options(&self) -> Options {
        Options { config: Arc::clone(&self.config), ..Options::default() }
    }
}

/// Manifests that were read, with what is wrong in them. The input may describe several clusters, each of which is
/// analysed by itself.
#[derive(Debug)]
pub struct Manifests {
    run: Run,
}

impl Manifests {
    /// Reads the files at and below these paths, as `netlint PATH…` does.
    #[must_use]
    pub fn read(paths: &[PathBuf], configuration: &Configuration) -> Self {
        let tree: SharedTree = Arc::new(WorkTree::of_process());
        let inputs = discover(&tree, paths, &Excludes::default(), &Boundary::unbounded());
        Self { run: analyze(inputs, &configuration.options()) }
    }

    /// Takes texts that are at hand, each with the name that findings give to it.
    #[must_use]
    pub fn from_texts(texts: &[(&str, &str)], configuration: &Configuration) -> Self {
        let models = vec![Analysis::from_texts(texts, &configuration.options())];
        let report = judge(&models, false);
        Self { run: Run { models, report, errors: Vec::new() } }
    }

    /// What is wrong, in the order of files and lines.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let sources = self.run.sources();
        self.run.report.findings.iter().map(|finding| Finding::new(finding, sources)).collect()
    }

    /// What must be known to judge findings and verdicts: assumptions, and what could not be read. A line each.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let unread = self.run.errors.iter().map(ToString::to_string);
        analysis::notes(&self.run.models).into_iter().chain(unread).collect()
    }

    /// The names of the clusters; none where the input describes one cluster without a name.
    #[must_use]
    pub fn clusters(&self) -> Vec<&str> {
        self.run.models.iter().filter(|model| model.has_objects()).filter_map(Analysis::name).collect()
    }

    /// Every permitted connection of a cluster, or of the only one.
    ///
    /// # Errors
    /// Where there is no such cluster, or more than one and none is named.
    pub fn connections(&self, cluster: Option<&str>) -> Result<Vec<Connection>, Error> {
        let connections = Connections::new(self.cluster(cluster)?, None, None).map_err(|error| error.into_library())?;
        let names = connections.names();
        Ok(connections.iter().map(|connection| Connection::new(&connection, names)).collect())
    }

    /// Whether `from` may connect to `to`, both as `netlint query` takes them: `shop/web`, `shop/db:5432`,
    /// `10.0.0.1`, `*`.
    ///
    /// # Errors
    /// Where there is no such cluster or end.
    pub fn query(&self, cluster: Option<&str>, from: &str, to: &str) -> Result<Verdict, Error> {
        let answer = query::ask(self.cluster(cluster)?, from, to).map_err(|error| error.into_library())?;
        Ok(match answer.verdict() {
            query::Verdict::Allowed => Verdict::Allowed,
            query::Verdict::Denied => Verdict::Denied,
            query::Verdict::Mixed => Verdict::Mixed,
        })
    }

    fn cluster(&self, name: Option<&str>) -> Result<&Analysis, Error> {
        let mut known = self.run.models.iter().filter(|model| model.has_objects());
        let found = match name {
            Some(name) => known.find(|model| model.name() == Some(name)),
            None if self.run.models.iter().filter(|model| model.has_objects()).count() > 1 => {
                let names = self.clusters().join(", ");
                return Err(Error(format!("the input describes several clusters; name one of {names}")));
            }
            None => known.next().or(self.run.models.first()),
        };
        found.ok_or_else(|| Error(format!("no cluster is named `{}`", name.unwrap_or_default())))
    }
}

/// Something wrong in the manifests, pointing at the YAML that causes it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The rule, for example `one-sided-allow`.
    pub rule: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// What is wrong, in one line.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// The object it is about: `NetworkPolicy shop/deny-all`.
    pub subject: String,
    /// Where a person would edit.
    pub primary: Place,
    /// Why.
    pub related: Vec<Place>,
    /// What distinguishes it from other findings over the life of the manifests: 32 hexadecimal digits.
    pub fingerprint: String,
}

impl Finding {
    fn new(finding: &diagnostic::Finding, sources: &Sources) -> Self {
        let subject = &finding.subject;
        let namespace = subject.namespace.as_ref().map(|namespace| format!("{namespace}/")).unwrap_or_default();
        Self {
            rule: finding.rule,
            severity: finding.severity,
            confidence: finding.confidence,
            message: finding.message.clone(),
            help: finding.help.clone(),
            subject: format!("{} {namespace}{}", subject.kind, subject.name).trim().to_owned(),
            primary: Place::new(&finding.primary, sources),
            related: finding.related.iter().map(|label| Place::new(label, sources)).collect(),
            fingerprint: finding.fingerprint(sources),
        }
    }
}

/// A piece of a file with what is to be said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The file, as reports print it.
    pub path: String,
    /// The field, for example `spec.ingress[0].from[1]`; empty for a whole document.
    pub field: String,
    /// A few words; may be empty.
    pub message: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in Unicode scalar values.
    pub column: usize,
    /// The bytes of the file.
    pub bytes: std::ops::Range<usize>,
}

impl Place {
    fn new(label: &Label, sources: &Sources) -> Self {
        let start = sources.position(label.file, label.span.start);
        Self {
            path: sources.name(label.file).to_owned(),
            field: label.field.clone(),
            message: label.message.clone(),
            line: start.line,
            column: start.column,
            bytes: label.span.start..label.span.end,
        }
    }
}

/// A permitted connection.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Connection {
    /// Who may connect, as `netlint connections` prints it.
    pub from: String,
    /// The destination.
    pub to: String,
    /// On which ports: for example `TCP 80, 443`, or `all ports`.
    pub ports: String,
    /// Whether every port of every protocol is permitted.
    pub all_ports: bool,
}

impl Connection {
    fn new(connection: &crate::connections::Connection, names: &Names<'_>) -> Self {
        let ports: &PortSet = &connection.ports;
        Self {
            from: names.end(&connection.from),
            to: names.end(&connection.to),
            ports: ports.to_string(),
            all_ports: ports.is_all(),
        }
    }
}

/// Whether connections are permitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// All that were asked about are.
    Allowed,
    /// None is.
    Denied,
    /// Some are, and some are not.
    Mixed,
}

/// Why something cannot be answered, in words for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(String);

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

impl crate::endpoint::EndpointError {
    fn into_library(self) -> Error {
        Error(format!("{}; {}", self.message, self.help))
    }
}
