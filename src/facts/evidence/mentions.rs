//! Services that a workload names, as what its containers are to connect to.

use smol_str::SmolStr;

use super::hosts::{Form, Host, hosts};
use super::service_names::ServiceNames;
use super::words::{asks_for_hosts, is_comment, is_no_target, key_and_value, words};
use super::{Asked, Client, Evidence, Reason, Target};
use crate::analysis::{Analysis, ConfigMaps};
use crate::cluster::Cluster;
use crate::manifest::Setting;
use crate::objects::{Container, NamespaceId, Service, Workload, WorkloadId};
use crate::source::Place;

/// Programs that make certificates: the hosts they are given are the names that these get.
const CERTIFIERS: [&str; 6] = ["certgen", "certgenerator", "certs", "cfssl", "mkcert", "openssl"];

/// Flags for a host that say so in no word.
const HOST_FLAGS: [&str; 1] = ["-h"];

/// Longer entries of ConfigMaps are data, and are not searched.
const LONGEST_SETTING: usize = 256 * 1024;

/// How often ConfigMaps may name Services, counted for each workload that takes them. What the workloads beyond take is
/// not searched: very many that take one with very many names would cost their product.
const MOST_NAMED: usize = 200_000;

/// Where workloads name Services.
pub(super) struct Mentions<'m, 'c> {
    analysis: &'m Analysis,
    config_maps: &'c ConfigMaps,
    names: ServiceNames,
    /// Whose ConfigMaps are searched: those before this one.
    first_beyond: WorkloadId,
}

impl<'m, 'c> Mentions<'m, 'c> {
    /// Prepares the search.
    pub(super) fn new(analysis: &'m Analysis, config_maps: &'c ConfigMaps) -> Self {
        let services = analysis.cluster().services.iter().filter(|service| is_meant_by_name(service));
        let names = ServiceNames::new(services.map(|service| service.object.name.as_str()));
        let weight = |setting: &Setting| if is_searched(setting) { names.count_in(&setting.text) } else { 0 };
        let first_beyond = config_maps.first_beyond(analysis, MOST_NAMED, weight);
        Self { analysis, config_maps, names, first_beyond }
    }

    /// Everything that a workload names, in the order of its containers; itself left out.
    pub(super) fn of(&self, client: WorkloadId, workload: &'m Workload) -> Vec<Evidence<'m>> {
        let (analysis, names) = (self.analysis, &self.names);
        let mut search = Search { analysis, names, client, namespace: workload.object.namespace, found: Vec::new() };
        for container in &workload.containers {
            for variable in &container.env {
                let Some(value) = &variable.value else { continue };
                let place = || variable.origin.key("value").value();
                search.variable(&variable.name, value, place, || Reason::Variable(variable.name.clone()));
            }
            if !makes_certificates(container) {
                search.arguments(container);
            }
        }
        let searched = if client < self.first_beyond { &*workload.config_maps } else { &[] };
        for reference in searched {
            let Some(map) = self.config_maps.get(search.namespace, &reference.name) else { continue };
            let whole = reference.key.is_none();
            for setting in map.settings.iter().filter(|it| reference.key.as_ref().is_none_or(|key| *key == it.key)) {
                search.setting(setting, reference.variable.as_ref().unwrap_or(&setting.key), &reference.name, whole);
            }
        }
        let is_own = |it: &Evidence<'_>| matches!(it.server, Target::Service(service, _) if service.selects(workload));
        search.found.retain(|mention| !is_own(mention));
        search.found
    }
}

/// The search of one workload.
struct Search<'m, 's> {
    analysis: &'m Analysis,
    names: &'s ServiceNames,
    client: WorkloadId,
    namespace: NamespaceId,
    found: Vec<Evidence<'m>>,
}

impl<'m> Search<'m, '_> {
    /// A variable and its value.
    fn variable(&mut self, name: &str, value: &str, place: impl Fn() -> Place, by: impl Fn() -> Reason<'m>) {
        if !self.names.are_in(value) {
            return;
        }
        let words = words(name);
        if is_no_target(&words) {
            return;
        }
        // A bare word is a host where hosts are asked for, and nothing else is said.
        let is_host = |part: &str| part.trim().chars().all(|it| it.is_ascii_alphanumeric() || ".:-".contains(it));
        let bare = asks_for_hosts(&words) && value.split([',', ';']).all(is_host);
        for host in hosts(value).filter(|host| bare || host.form != Form::Bare) {
            self.add(host, &place, &by);
        }
    }

    /// The command line, scripts in it taken apart at white space.
    fn arguments(&mut self, container: &'m Container) {
        let mut before = "";
        for argument in &container.arguments {
            let place = || argument.origin.clone().value();
            let by = || Reason::Command(container.name.clone());
            let lines = argument.text.lines().filter(|line| !is_comment(line));
            let mut pieces =
                lines.flat_map(str::split_whitespace).map(|it| it.trim_matches(['"', '\'', ';'])).peekable();
            if !self.names.are_in(&argument.text) {
                before = pieces.last().unwrap_or(before);
                continue;
            }
            while let Some(piece) = pieces.next() {
                let port = pieces.peek().and_then(|next| next.parse::<u16>().ok());
                match piece.split_once('=') {
                    Some((flag, value)) => self.variable(flag, value, place, by),
                    None if before.starts_with('-') && is_no_target(&words(before)) => {}
                    None => {
                        let is_asked =
                            before.starts_with('-') && (asks_for_hosts(&words(before)) || HOST_FLAGS.contains(&before));
                        for host in hosts(piece) {
                            match host.form {
                                Form::Bare if host.name != piece => {}
                                Form::Bare if is_asked => self.add(host, place, by),
                                // As in `nc -z postgres 5432`.
                                Form::Bare => {
                                    let form = Form::Address;
                                    if port.is_some() {
                                        self.add(Host { port, form, ..host }, place, by);
                                    }
                                }
                                _ => self.add(host, place, by),
                            }
                        }
                    }
                }
                before = piece;
            }
        }
    }

    /// An entry of a ConfigMap: the value of a variable, or a file of lines such as `key = value`.
    fn setting(&mut self, setting: &Setting, variable: &str, map: &SmolStr, whole: bool) {
        if !is_searched(setting) {
            return;
        }
        let place = || setting.origin.clone().key_only();
        let by = || Reason::ConfigMap { name: map.clone(), key: setting.key.clone(), whole };
        if !setting.text.trim_end().contains('\n') {
            return self.variable(variable, setting.text.trim_end(), place, by);
        }
        for line in self.names.lines_naming(&setting.text).filter(|line| !is_comment(line)) {
            let (key, value) = key_and_value(line.trim()).unwrap_or(("", line));
            self.variable(key, value, place, by);
        }
    }

    fn add(&mut self, host: Host<'_>, place: impl Fn() -> Place, by: impl Fn() -> Reason<'m>) {
        let Some(service) = resolve(self.analysis.cluster(), self.namespace, host.name) else { return };
        let analysis = self.analysis;
        let declares =
            |workload: &Workload, port| workload.containers.iter().any(|it| it.ports.iter().any(|it| it.port == port));
        let is_served = |port: &u16| {
            service.ports.iter().any(|it| it.port == *port)
                || service.is_headless() && analysis.selected_by(service).any(|(_, it)| declares(it, *port))
        };
        if host.port.is_some_and(|port| !is_served(&port)) {
            return;
        }
        let port = host.port.or(host.usual_port.filter(is_served));
        self.found.push(Evidence {
            client: Client::Workload(self.client),
            server: Target::Service(service, Asked::ByClient(port)),
            reason: by(),
            place: place(),
        });
    }
}

/// Whether an entry of a ConfigMap is searched.
pub(super) fn is_searched(setting: &Setting) -> bool {
    setting.text.len() <= LONGEST_SETTING
}

/// The Service that a host name means to pods of a namespace.
pub(super) fn resolve<'m>(cluster: &'m Cluster, own: NamespaceId, name: &str) -> Option<&'m Service> {
    let labels: Vec<&str> = name.split('.').collect();
    let in_namespace = |name, namespace| cluster.service_named(cluster.namespace_named(namespace)?, name);
    let service = match labels.as_slice() {
        [name] => cluster.service_named(own, name),
        // Of a pod of a StatefulSet, or of a namespace.
        [pod, name] => {
            in_namespace(pod, name).or_else(|| cluster.service_named(own, name).filter(|it| it.is_headless()))
        }
        [name, namespace, "svc", ..] | [_, name, namespace, "svc", ..] => in_namespace(name, namespace),
        _ => None,
    };
    service.filter(|service| is_meant_by_name(service))
}

/// Whether the name of a Service means pods.
fn is_meant_by_name(service: &Service) -> bool {
    service.selector.is_some() && service.service_type != "ExternalName"
}

pub(super) fn makes_certificates(container: &Container) -> bool {
    let texts = container.arguments.iter().map(|argument| argument.text.as_str()).chain([container.image.as_str()]);
    texts.flat_map(words).any(|word| CERTIFIERS.contains(&word.as_str()))
}
