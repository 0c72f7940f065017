//! From texts to the analysed cluster: everything that rules and commands ask.

mod parts;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use ipnet::IpNet;
use rayon::prelude::*;

use crate::cluster::{self, Classification, Cluster, Exposure, NamespaceId, Service, Workload, WorkloadId};
use crate::config::{self, Config};
use crate::endpoint::Resolver;
use crate::finding::Draft;
use crate::manifest::{self, ConfigMap, FileContent};
use crate::policy::{self, Policy};
use crate::reach::{Basis, Reachability, Reading};
use crate::source::{FileId, Sources};
use crate::templates;
use crate::words;

/// How the input is to be understood and judged.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The namespace of resources that do not say theirs; printed as `default` where not given.
    pub namespace: Option<String>,
    /// The addresses of pods: an ipBlock that meets them admits pods as well.
    pub pod_blocks: Vec<IpNet>,
    /// What the configuration says. Where it says the same as another option, that one counts.
    pub config: Arc<Config>,
    /// Whether the input may be a part of what the configuration speaks of, because the command line names paths.
    pub partial: bool,
    /// Whether kustomize and Helm render kustomizations and charts.
    pub render: bool,
    /// Whether findings are reported that comments, annotations and the configuration suppress.
    pub show_suppressed: bool,
}

/// A cluster of the input, analysed by itself.
#[derive(Debug)]
pub struct Model {
    name: Option<String>,
    several: bool,
    sources: Arc<Sources>,
    /// The files that it is read from, in order.
    files: Vec<FileId>,
    /// The files that some of these texts were made of, in order.
    made_of: Vec<FileId>,
    cluster: Cluster,
    policies: Vec<Policy>,
    problems: Vec<Draft>,
    documents: usize,
    pod_blocks: Vec<IpNet>,
    config: Arc<Config>,
    partial: bool,
    basis: OnceLock<Arc<Basis>>,
    shown: OnceLock<Reachability>,
    least: OnceLock<Reachability>,
    exposures: OnceLock<Vec<Option<Exposure>>>,
    tiers: OnceLock<Vec<Option<Classification>>>,
    configured_tiers: OnceLock<Vec<Option<config::TierPlace>>>,
    most: OnceLock<Reachability>,
    selections: OnceLock<Vec<Vec<WorkloadId>>>,
    config_maps: OnceLock<HashMap<(NamespaceId, String), ConfigMap>>,
    /// Services by each label that they ask for, as places in the cluster's list.
    services_by_label: OnceLock<HashMap<(String, String), Vec<usize>>>,
    /// For each workload the Services that select it, as places in the cluster's list.
    services_of_workload: OnceLock<Vec<Vec<usize>>>,
}

impl Model {
    /// Reads the texts, on all cores, and assembles the cluster they describe.
    #[must_use]
    pub fn new(mut sources: Sources, options: &Options) -> Self {
        options.config.add_to(&mut sources);
        let sources = Arc::new(sources);
        let files: Vec<FileId> = sources.ids().collect();
        let contents = parts::read(&sources, files);
        Self::assemble(None, sources, contents, options)
    }

    fn assemble(
        name: Option<String>,
        sources: Arc<Sources>,
        contents: Vec<(FileId, FileContent)>,
        options: &Options,
    ) -> Self {
        let config = Arc::clone(&options.config);
        let mut model = Self {
            name,
            several: false,
            sources,
            files: contents.iter().map(|(file, _)| *file).collect(),
            made_of: Vec::new(),
            cluster: Cluster::default(),
            policies: Vec::new(),
            problems: Vec::new(),
            documents: 0,
            pod_blocks: options.pod_blocks.iter().chain(&config.pod_blocks).copied().collect(),
            config,
            partial: options.partial,
            basis: OnceLock::new(),
            shown: OnceLock::new(),
            least: OnceLock::new(),
            exposures: OnceLock::new(),
            tiers: OnceLock::new(),
            configured_tiers: OnceLock::new(),
            most: OnceLock::new(),
            selections: OnceLock::new(),
            config_maps: OnceLock::new(),
            services_by_label: OnceLock::new(),
            services_of_workload: OnceLock::new(),
        };
        let (mut resources, mut unrendered) = (Vec::new(), Vec::new());
        for (file, content) in contents {
            model.documents += content.documents;
            model.problems.extend(content.problems);
            unrendered.extend(content.template.map(|braces| (file, braces)));
            resources.extend(content.resources);
        }
        model.problems.extend(templates::of_files(&unrendered, &model.sources));
        let namespace = options.namespace.as_ref().or(model.config.namespace.as_ref());
        model.cluster = cluster::assemble(resources, namespace.map(String::as_str), &model.config.dns);
        model.policies = policy::lower(&model.cluster);
        model
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

    /// Adds what is wrong with inputs that are no text.
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

    /// Whether the cluster is read from this file, among others.
    pub(crate) fn holds(&self, file: FileId) -> bool {
        self.files.binary_search(&file).is_ok() || self.made_of.binary_search(&file).is_ok()
    }

    /// Whether the cluster has any object that rules speak of.
    #[must_use]
    pub fn has_objects(&self) -> bool {
        self.cluster.objects().next().is_some() || self.cluster.namespaces.iter().any(|it| it.manifest.is_some())
    }

    /// The texts, of all clusters.
    #[must_use]
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// What the configuration says.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Whether the input may be a part of what the configuration speaks of.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.partial
    }

    /// The cluster they describe.
    #[must_use]
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// Its policies in the tiered form; policy `i` is `PolicyId(i)`.
    #[must_use]
    pub fn policies(&self) -> &[Policy] {
        &self.policies
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
                words::list(host_network)
            ));
        }
        notes
    }

    /// What makes a workload reachable from outside the cluster, if anything does.
    #[must_use]
    pub fn exposure(&self, workload: WorkloadId) -> Option<&Exposure> {
        self.exposures().get(workload.0 as usize)?.as_ref()
    }

    fn exposures(&self) -> &[Option<Exposure>] {
        self.exposures.get_or_init(|| self.cluster.exposures())
    }

    /// What a workload is taken for: as the configuration says, else by its looks; `None` where nothing tells.
    #[must_use]
    pub fn tier(&self, workload: WorkloadId) -> Option<&Classification> {
        let tiers = self.tiers.get_or_init(|| {
            let workloads = self.cluster.workloads.par_iter().zip(self.exposures());
            let by_looks = workloads.map(|(workload, exposure)| cluster::classify(workload, exposure.as_ref()));
            let configured = self.configured_tiers().par_iter();
            by_looks.zip(configured).map(|(looks, configured)| self.config.tiers.believe(looks, *configured)).collect()
        });
        tiers.get(workload.0 as usize)?.as_ref()
    }

    /// The tier that the configuration puts a workload into.
    #[must_use]
    pub fn configured_tier(&self, workload: WorkloadId) -> Option<&config::Tier> {
        let place = (*self.configured_tiers().get(workload.0 as usize)?)?;
        self.config.tiers.get(place)
    }

    /// The tiers of the configuration that match a workload, the one that counts first.
    pub(crate) fn matching_tiers(&self, workload: &Workload) -> impl Iterator<Item = config::TierPlace> {
        self.config.tiers.matching(workload, self.cluster.namespace_name(workload.object.namespace))
    }

    fn configured_tiers(&self) -> &[Option<config::TierPlace>] {
        let first = |workload: &Workload| self.matching_tiers(workload).next();
        self.configured_tiers.get_or_init(|| self.cluster.workloads.par_iter().map(first).collect())
    }

    /// What is permitted, with labels that the input does not show taken as absent.
    #[must_use]
    pub fn reach(&self) -> &Reachability {
        self.shown.get_or_init(|| self.reach_under(Reading::Shown))
    }

    /// What is permitted for certain, whatever the input does not show.
    #[must_use]
    pub fn at_least(&self) -> &Reachability {
        self.least.get_or_init(|| self.reach_under(Reading::Least))
    }

    /// All that may be permitted, depending on what the input does not show.
    #[must_use]
    pub fn at_most(&self) -> &Reachability {
        self.most.get_or_init(|| self.reach_under(Reading::Most))
    }

    /// Reads texts as endpoints of the cluster.
    #[must_use]
    pub fn resolver(&self) -> Resolver<'_> {
        Resolver::new(&self.cluster)
    }

    /// The workloads that a Service of the cluster selects.
    pub(crate) fn selected_by<'s>(&'s self, service: &'s Service) -> impl Iterator<Item = (WorkloadId, &'s Workload)> {
        let selections = self.selections.get_or_init(|| self.cluster.selections());
        let key = |service: &'s Service| (service.object.namespace, service.object.name.as_str());
        let place = self.cluster.services.binary_search_by_key(&key(service), key);
        let selected = place.ok().and_then(|place| selections.get(place)).into_iter().flatten();
        selected.filter_map(|&id| Some((id, self.cluster.workloads.get(id.0 as usize)?)))
    }

    /// A ConfigMap that some workload takes. They are read when one is first asked for: most are large, and few rules
    /// care.
    #[must_use]
    pub fn config_map(&self, namespace: NamespaceId, name: &str) -> Option<&ConfigMap> {
        let config_maps = self.config_maps.get_or_init(|| {
            let workloads = self.cluster.workloads.iter();
            let wanted: HashSet<&str> =
                workloads.flat_map(|it| &it.config_maps).map(|reference| reference.name.as_str()).collect();
            if wanted.is_empty() {
                return HashMap::new();
            }
            let read =
                |&file: &FileId| manifest::config_maps(file, self.sources.text(file), |name| wanted.contains(name));
            let read: Vec<_> = self.files.par_iter().map(read).collect();
            let home = self.cluster.default_namespace;
            let placed = read.into_iter().flatten().filter_map(|map| {
                let namespace = match &map.namespace {
                    Some(name) => self.cluster.namespace_named(name),
                    None => home,
                };
                Some(((namespace?, map.name.clone()), map))
            });
            placed.collect()
        });
        config_maps.get(&(namespace, name.to_owned()))
    }

    /// The Services whose selector asks for a label.
    pub(crate) fn services_with(&self, key: &str, value: &str) -> impl Iterator<Item = &Service> {
        self.places_of_services_with(key, value).iter().filter_map(|&place| self.cluster.services.get(place))
    }

    fn places_of_services_with(&self, key: &str, value: &str) -> &[usize] {
        let index = self.services_by_label.get_or_init(|| {
            let mut index: HashMap<_, Vec<usize>> = HashMap::new();
            for (place, service) in self.cluster.services.iter().enumerate() {
                for (key, value) in service.selector.iter().flatten() {
                    index.entry((key.clone(), value.clone())).or_default().push(place);
                }
            }
            index
        });
        index.get(&(key.to_owned(), value.to_owned())).map_or(&[], Vec::as_slice)
    }

    /// The workloads of these numbers.
    pub(crate) fn with_ids(
        &self,
        ids: impl Iterator<Item = WorkloadId>,
    ) -> impl Iterator<Item = (WorkloadId, &Workload)> {
        ids.filter_map(|id| Some((id, self.cluster.workloads.get(id.0 as usize)?)))
    }

    /// The Services that select a workload's pods.
    pub(crate) fn services_of(&self, workload: WorkloadId) -> impl Iterator<Item = &Service> {
        let of_workload = self.services_of_workload.get_or_init(|| {
            let services = |workload| self.services_selecting(workload).collect();
            self.cluster.workloads.par_iter().map(services).collect()
        });
        let places = of_workload.get(workload.0 as usize).into_iter().flatten();
        places.filter_map(|&place| self.cluster.services.get(place))
    }

    /// The Services that select a workload's pods, as places in the cluster's list.
    fn services_selecting<'m>(&'m self, workload: &'m Workload) -> impl Iterator<Item = usize> {
        let places = workload.pod_labels.iter().flat_map(move |(key, value)| {
            // Each Service once, though it may ask for several labels.
            let first = move |service: &Service| {
                service.selector.iter().flatten().next().is_some_and(|(asked, _)| asked == key)
            };
            let places = self.places_of_services_with(key, value).iter().copied();
            places.filter(move |&place| self.cluster.services.get(place).is_some_and(first))
        });
        places.filter(|&place| self.cluster.services.get(place).is_some_and(|service| service.selects(workload)))
    }

    fn reach_under(&self, reading: Reading) -> Reachability {
        let basis = || Arc::new(Basis::new(&self.cluster, &self.policies, &self.pod_blocks));
        Reachability::on(Arc::clone(self.basis.get_or_init(basis)), &self.policies, reading)
    }
}
