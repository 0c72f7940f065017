//! Services that a workload names, as what its containers are to connect to.

use smol_str::SmolStr;

use super::evidence::Evidence;
use super::hosts::{Form, Host, hosts};
use super::service_names::ServiceNames;
use crate::analysis::{Analysis, ConfigMaps};
use crate::cluster::Cluster;
use crate::manifest::Setting;
use crate::net::Protocol;
use crate::net::ports::PortSet;
use crate::objects::{Container, NamespaceId, Service, Workload, WorkloadId};
use crate::source::Place;

/// Words that make a variable, flag or key one for hosts.
const HOST_WORDS: &str = "addr address addresses addrs bootstrap broker brokers dbhost dsn endpoint endpoints host hosts \
                          hostname hostnames mysqlhost pghost redishost seeds server servers upstream upstreams uri uris \
                          url urls";

/// Words that make it one for hosts that are let in, advertised or certified: nobody connects to them.
const OTHER_WORDS: &str = "advertise advertised allow allowed allowlist audience bind callback cn cors external listen \
                           listener listeners noproxy origin origins own public realm redirect referer referrer san \
                           sans self trusted whitelist";

/// What a URL is of that is written into pages and letters, where nothing else is said of it: `FRONTEND_URL`, `BASE_URL`.
const PAGES: [&str; 9] = ["app", "base", "client", "frontend", "portal", "root", "site", "ui", "web"];

/// Programs that make certificates: the hosts they are given are the names that these get.
const CERTIFIERS: [&str; 6] = ["certgen", "certgenerator", "certs", "cfssl", "mkcert", "openssl"];

/// Flags for a host that say so in no word.
const HOST_FLAGS: [&str; 1] = ["-h"];

/// Longer entries of ConfigMaps are data, and are not searched.
const LONGEST_SETTING: usize = 256 * 1024;

/// That a workload names a Service.
pub(crate) struct Mention<'m> {
    pub(crate) client: WorkloadId,
    pub(crate) service: &'m Service,
    /// The port, where it is named.
    pub(crate) port: Option<u16>,
    pub(crate) place: Place,
    /// What names it there.
    pub(crate) by: Evidence,
    /// The ConfigMap, where the workload takes it whole: others may be meant by it.
    pub(crate) config_map: Option<&'m str>,
}

/// Where workloads name Services.
pub(crate) struct Mentions<'m> {
    analysis: &'m Analysis,
    config_maps: ConfigMaps,
    names: ServiceNames,
}

impl<'m> Mentions<'m> {
    /// Reads what workloads take, and prepares the search.
    pub(crate) fn new(analysis: &'m Analysis) -> Self {
        let services = analysis.cluster().services.iter().filter(|service| is_meant_by_name(service));
        let names = ServiceNames::new(services.map(|service| service.object.name.as_str()));
        Self { analysis, config_maps: ConfigMaps::read(analysis), names }
    }

    /// Everything that a workload names, in the order of its containers; itself left out.
    pub(crate) fn of(&self, client: WorkloadId, workload: &'m Workload) -> Vec<Mention<'m>> {
        let (analysis, names) = (self.analysis, &self.names);
        let mut search = Search { analysis, names, client, namespace: workload.object.namespace, found: Vec::new() };
        for container in &workload.containers {
            for variable in &container.env {
                let Some(value) = &variable.value else { continue };
                let place = || variable.origin.key("value").value();
                search.variable(&variable.name, value, place, || Evidence::Variable(variable.name.clone()), None);
            }
            if !makes_certificates(container) {
                search.arguments(container);
            }
        }
        for reference in &workload.config_maps {
            let Some(map) = self.config_maps.get(search.namespace, &reference.name) else { continue };
            let whole = reference.key.is_none().then_some(reference.name.as_str());
            for setting in map.settings.iter().filter(|it| reference.key.as_ref().is_none_or(|key| *key == it.key)) {
                search.setting(setting, reference.variable.as_ref().unwrap_or(&setting.key), &reference.name, whole);
            }
        }
        let is_own = |mention: &Mention<'_>| mention.service.selects(workload);
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
    found: Vec<Mention<'m>>,
}

impl<'m> Search<'m, '_> {
    /// A variable and its value.
    fn variable(
        &mut self,
        name: &str,
        value: &str,
        place: impl Fn() -> Place,
        by: impl Fn() -> Evidence,
        config_map: Option<&'m str>,
    ) {
        if !self.names.are_in(value) {
            return;
        }
        let words = words(name);
        if is_no_target(&words) {
            return;
        }
        // A bare word is a host where hosts are asked for, and nothing else is said.
        let is_host = |part: &str| part.trim().chars().all(|it| it.is_ascii_alphanumeric() || ".:-".contains(it));
        let bare = is_one_of(&words, HOST_WORDS) && value.split([',', ';']).all(is_host);
        for host in hosts(value).filter(|host| bare || host.form != Form::Bare) {
            self.add(host, &place, &by, config_map);
        }
    }

    /// The command line, scripts in it taken apart at white space.
    fn arguments(&mut self, container: &'m Container) {
        let mut before = "";
        for argument in &container.arguments {
            let place = || argument.origin.clone().value();
            let by = || Evidence::Command(container.name.clone());
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
                    Some((flag, value)) => self.variable(flag, value, place, by, None),
                    None if before.starts_with('-') && is_no_target(&words(before)) => {}
                    None => {
                        let is_asked = before.starts_with('-')
                            && (is_one_of(&words(before), HOST_WORDS) || HOST_FLAGS.contains(&before));
                        for host in hosts(piece) {
                            match host.form {
                                Form::Bare if host.name != piece => {}
                                Form::Bare if is_asked => self.add(host, place, by, None),
                                // As in `nc -z postgres 5432`.
                                Form::Bare => {
                                    let form = Form::Address;
                                    if port.is_some() {
                                        self.add(Host { port, form, ..host }, place, by, None);
                                    }
                                }
                                _ => self.add(host, place, by, None),
                            }
                        }
                    }
                }
                before = piece;
            }
        }
    }

    /// An entry of a ConfigMap: the value of a variable, or a file of lines such as `key = value`.
    fn setting(&mut self, setting: &Setting, variable: &str, map: &SmolStr, config_map: Option<&'m str>) {
        if setting.text.len() > LONGEST_SETTING {
            return;
        }
        let place = || setting.origin.clone().key_only();
        let by = || Evidence::ConfigMap { name: map.clone(), key: setting.key.clone() };
        if !setting.text.trim_end().contains('\n') {
            return self.variable(variable, setting.text.trim_end(), place, by, config_map);
        }
        for line in self.names.lines_naming(&setting.text).filter(|line| !is_comment(line)) {
            let (key, value) = key_and_value(line.trim()).unwrap_or(("", line));
            self.variable(key, value, place, by, config_map);
        }
    }

    fn add(
        &mut self,
        host: Host<'_>,
        place: impl Fn() -> Place,
        by: impl Fn() -> Evidence,
        config_map: Option<&'m str>,
    ) {
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
        let client = self.client;
        self.found.push(Mention { client, service, port, place: place(), by: by(), config_map });
    }
}

impl Mention<'_> {
    /// The ports of a workload behind the Service that the client may mean.
    pub(crate) fn ports_on(&self, workload: &Workload) -> PortSet {
        let meant = self.service.ports.iter().filter(|it| self.port.is_none_or(|port| it.port == port));
        let targets = meant.filter_map(|it| Some(PortSet::single(it.protocol, it.target_on(workload)?)));
        // The name of a headless Service leads to the pods, past the Service's ports.
        let direct = self.port.filter(|_| self.service.is_headless()).map(|port| PortSet::single(Protocol::Tcp, port));
        targets.chain(direct).fold(PortSet::default(), |set, ports| set.union(&ports))
    }
}

/// The Service that a host name means to pods of a namespace.
fn resolve<'m>(cluster: &'m Cluster, own: NamespaceId, name: &str) -> Option<&'m Service> {
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

/// The two sides of a line such as `key: value`, `"key": "value",` or `key = value`.
fn key_and_value(line: &str) -> Option<(&str, &str)> {
    const QUOTES: [char; 2] = ['"', '\''];
    let (key, value) = line.split_at_checked(line.find([':', '='])?)?;
    let is_assignment = value.starts_with('=') || key.ends_with(QUOTES) || value.starts_with(": ");
    let key = key.trim().trim_start_matches("- ").trim_matches(QUOTES);
    let value = value.get(1..)?.trim().trim_end_matches(',').trim_matches(QUOTES);
    (is_assignment && !key.is_empty() && !key.contains(char::is_whitespace)).then_some((key, value))
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with(['#', ';']) || line.trim_start().starts_with("//")
}

fn makes_certificates(container: &Container) -> bool {
    let texts = container.arguments.iter().map(|argument| argument.text.as_str()).chain([container.image.as_str()]);
    texts.flat_map(words).any(|word| CERTIFIERS.contains(&word.as_str()))
}

/// The words of a variable, flag or key, in lower case: `dbHost`, `DB_HOST` and `--db-host` are `db`, `host`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for character in name.chars() {
        let begins = !character.is_ascii_alphanumeric() || character.is_ascii_uppercase() && was_lower;
        if begins && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if let (true, Some(word)) = (character.is_ascii_alphanumeric(), words.last_mut()) {
            word.push(character.to_ascii_lowercase());
        }
        was_lower = character.is_ascii_lowercase() || character.is_ascii_digit();
    }
    words
}

/// Whether hosts of a variable, flag or key are none that anyone connects to.
fn is_no_target(words: &[String]) -> bool {
    let (urls, rest): (Vec<_>, Vec<_>) = words.iter().partition(|word| ["uri", "url"].contains(&word.as_str()));
    let is_of_pages = !rest.is_empty() && rest.iter().all(|word| PAGES.contains(&word.as_str()));
    is_one_of(words, OTHER_WORDS) || !urls.is_empty() && is_of_pages
}

fn is_one_of(words: &[String], list: &str) -> bool {
    let no_proxy = || words.windows(2).any(|pair| pair == ["no", "proxy"]);
    words.iter().any(|word| list.split_whitespace().any(|it| it == word)) || list == OTHER_WORDS && no_proxy()
}
