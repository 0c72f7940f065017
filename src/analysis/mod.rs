//! From texts to the analysed cluster: everything that rules and commands ask.

mod alternatives;
mod answers;
mod config_maps;
mod elsewhere;
mod load;
mod missing;
mod objects;
mod parts;
mod pods;
pub(crate) mod templates;
mod unread;
mod variant;

use std::path::PathBuf;
use std::sync::Arc;

use ipnet::IpNet;

use crate::cluster::{self, Cluster};
use crate::config::{Cni, Config};
use crate::diagnostic::Draft;
use crate::endpoint::Resolver;
use crate::kustomize;
use crate::objects::ReadFrom;
use crate::policy::PolicyObject;
use crate::source::{FileId, Sources};
use crate::text::phrase;
use answers::Answers;
pub(crate) use config_maps::ConfigMaps;
pub use load::{Divided, assumptions, load, notes, unknown};
use parts::Contents;
pub(crate) use pods::LOOKED_AT;
pub(crate) use unread::MayClose;
pub use unread::Unknown;
pub(crate) use variant::Variant;

/// How the input is to be understood and judged.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The namespace of resources that do not say theirs; printed as `default` where not given.
    pub namespace: Option<String>,
    /// The addresses of pods: an ipBlock that meets them admits pods as well.
    pub pod_blocks: Vec<IpNet>,
    /// What the configuration says. Where it says the same as another option, that one counts.
    pub config: Arc<Config>,
    /// Whether the input may be a part of what the configuration is about, because the command line names paths.
    pub partial: bool,
    /// Whether kustomize and Helm render kustomizations and charts.
    pub render: bool,
    /// The directory of the one kustomization to read, whatever else the input holds.
    pub kustomization: Option<PathBuf>,
    /// Whether findings are reported that comments, annotations and the configuration suppress.
    pub show_suppressed: bool,
}

/// A cluster of the input, analysed by itself.
#[derive(Debug)]
pub struct Analysis {
    name: Option<String>,
    several: bool,
    is_rest: bool,
    namespaces_of_all: Arc<elsewhere::Namespaces>,
    sources: Arc<Sources>,
    /// The files that it is read from, in order.
    files: Vec<FileId>,
    /// The files that some of these texts were made of, in order.
    made_of: Vec<FileId>,
    /// The kustomizations that it is built from.
    roots: Vec<FileId>,
    cluster: Cluster,
    problems: Vec<Draft>,
    documents: usize,
    broken: usize,
    pod_blocks: Vec<IpNet>,
    config: Arc<Config>,
    partial: bool,
    answers: Answers,
}

impl Analysis {
    /// Reads the texts, on all cores, and assembles the cluster they describe.
    #[must_use]
    pub fn new(mut sources: Sources, options: &Options) -> Self {
        options.config.add_to(&mut sources);
        let sources = Arc::new(sources);
        let files: Vec<FileId> = sources.ids().collect();
        let contents = Contents::read(&sources, files);
        Self::assemble(None, sources, contents, options)
    }

    fn assemble(name: Option<String>, sources: Arc<Sources>, contents: Contents, options: &Options) -> Self {
        let config = Arc::clone(&options.config);
        let Contents { files, all, unrendered } = contents;
        let namespace = options.namespace.as_ref().or(config.namespace.as_ref());
        let enforcer = config.cni(name.as_deref()).map(Cni::enforcer);
        let cluster = cluster::assemble(all.resources, namespace.map(String::as_str), &config.dns, enforcer.as_ref());
        let pod_blocks = options.pod_blocks.iter().chain(&config.pod_blocks).copied();
        let is_by_address = cluster.arrangements().any(|arrangement| arrangement.pods_by_address);
        let pod_blocks: Vec<IpNet> = pod_blocks.filter(|_| is_by_address).collect();
        let answers = Answers::new(&cluster, &config, &pod_blocks);
        let mut problems = all.problems;
        problems.extend(templates::of_files(&unrendered, &sources));
        let mut analysis = Self {
            name,
            several: false,
            is_rest: true,
            namespaces_of_all: Arc::default(),
            sources,
            files,
            made_of: Vec::new(),
            roots: Vec::new(),
            cluster,
            problems,
            documents: all.documents,
            broken: all.broken,
            pod_blocks,
            config,
            partial: options.partial,
            answers,
        };
        let unread = analysis.unread();
        analysis.cluster.notes.extend(unread.into_iter().map(|unread| unread.message));
        analysis
    }

    /// Reads texts that are at hand, each with its name.
    #[must_use]
    pub fn from_texts(texts: &[(&str, &str)], options: &Options) -> Self {
        let mut sources = Sources::default();
        for (name, text) in texts {
            sources.add(*name, *text);
        }
        Self::new(sources, options)
    }

    /// Adds what is wrong with inputs that are not text.
    pub(crate) fn add_problems(&mut self, problems: Vec<Draft>) {
        self.problems.extend(problems);
    }

    /// Adds something that the reader must know.
    pub(crate) fn add_note(&mut self, note: String) {
        self.cluster.notes.push(note);
    }

    /// What the cluster is called: as the configuration does, or by the directory of its kustomization.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Whether the input holds other clusters as well.
    #[must_use]
    pub fn is_one_of_several(&self) -> bool {
        self.several
    }

    /// Whether it is made of files that neither the configuration nor a kustomization puts into a cluster: one of several
    /// such is an alternative to another one.
    pub(crate) fn is_of_files(&self) -> bool {
        self.is_rest
    }

    /// Whether the cluster is read from this file, among others.
    pub(crate) fn holds(&self, file: FileId) -> bool {
        self.files.binary_search(&file).is_ok() || self.is_made_of(file)
    }

    /// The one kustomization that all workloads of the cluster are built from, if there is one.
    pub(crate) fn kustomization(&self) -> Option<FileId> {
        let [root] = self.roots.as_slice() else { return None };
        let mut files = self.workloads().map(|(_, workload)| self.sources.written(&workload.object.origin).file);
        files.all(|file| self.is_made_of(file)).then_some(*root)
    }

    /// Whether some of the cluster's objects are built from a file.
    pub(crate) fn is_made_of(&self, file: FileId) -> bool {
        self.made_of.binary_search(&file).is_ok()
    }

    /// Whether the cluster has any object that rules are about.
    #[must_use]
    pub fn has_objects(&self) -> bool {
        self.cluster.objects().next().is_some() || self.cluster.namespaces.iter().any(|it| it.manifest.is_some())
    }

    /// The texts, of all clusters.
    #[must_use]
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The network plugin of the cluster, where the configuration says which.
    #[must_use]
    pub fn cni(&self) -> Option<&Cni> {
        self.config.cni(self.name())
    }

    /// What the configuration says.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Whether the input may be a part of what the configuration is about.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.partial
    }

    /// The cluster they describe.
    #[must_use]
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// Its policies; policy `i` is `PolicyId(i)`.
    #[must_use]
    pub fn policies(&self) -> &[Box<PolicyObject>] {
        &self.cluster.policies
    }

    /// The addresses of pods, where the caller told them.
    #[must_use]
    pub fn pod_blocks(&self) -> &[IpNet] {
        &self.pod_blocks
    }

    /// Whether a block meets the addresses of pods, so that it admits pods as well.
    #[must_use]
    pub fn meets_pods(&self, block: &IpNet) -> bool {
        self.pod_blocks.iter().any(|pods| pods.contains(block) || block.contains(pods))
    }

    /// What is wrong with the documents themselves.
    #[must_use]
    pub fn problems(&self) -> &[Draft] {
        &self.problems
    }

    /// Why kustomize refuses to build the cluster, or a part of it: nobody knows what that would permit.
    pub fn refusals(&self) -> impl Iterator<Item = &Draft> {
        self.problems.iter().filter(|problem| problem.rule == kustomize::RULE)
    }

    /// Whether any manifest of the input does not parse, so that objects are missing.
    #[must_use]
    pub fn has_broken_documents(&self) -> bool {
        self.broken > 0
    }

    /// How many documents are Kubernetes objects.
    #[must_use]
    pub fn documents(&self) -> usize {
        self.documents
    }

    /// What the reader must know to judge a verdict: assumptions, and what was passed over. One line each.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let mut notes = self.assumptions();
        notes.extend(self.problems.iter().filter_map(templates::note));
        notes
    }

    /// The notes of a report that holds the findings as well.
    #[must_use]
    pub fn assumptions(&self) -> Vec<String> {
        let mut notes = self.cluster.notes.clone();
        let host_network: Vec<&str> =
            self.cluster.workloads.iter().filter(|it| it.host_network).map(|it| it.object.name.as_str()).collect();
        if !host_network.is_empty() {
            notes.push(format!(
                "no policy applies to pods on the network of their node (`hostNetwork`): {}",
                phrase::list(host_network)
            ));
        }
        notes.extend(self.idle());
        notes.extend(self.missing());
        let inferred = self.cluster.workloads.iter().filter(|it| it.read_from == ReadFrom::Inferred);
        let mut inferred: Vec<String> =
            inferred.map(|it| format!("{} `{}`", it.object.kind, it.owner_name())).collect();
        inferred.dedup();
        if !inferred.is_empty() {
            notes.push(format!(
                "not in the input, and inferred from pods whose ReplicaSets carry its name: {}",
                phrase::enumerate(inferred)
            ));
        }
        notes
    }

    /// Reads texts as endpoints of the cluster.
    #[must_use]
    pub fn resolver(&self) -> Resolver<'_> {
        Resolver::new(&self.cluster)
    }
}
