//! What settings name that is no Service of the input: hosts and addresses outside the cluster, and whatever is in
//! Secrets and ConfigMaps that the input does not hold.

use std::net::IpAddr;

use ipnet::IpNet;
use smol_str::SmolStr;

use super::ends::Block;
use super::hosts::{Form, Host, hosts};
use super::mentions::{is_searched, makes_certificates, resolve};
use super::words::{asks_for_hosts, is_comment, is_no_target, key_and_value, words};
use super::{Client, Evidence, Reason, Target};
use crate::analysis::{Analysis, ConfigMaps};
use crate::net::Protocol;
use crate::net::ports::PortSet;
use crate::objects::{Workload, WorkloadId};
use crate::source::Place;

/// The ConfigMap that every namespace has.
const OF_THE_CLUSTER: &str = "kube-root-ca.crt";

/// How many bytes of ConfigMaps are searched, counted for each workload that takes them.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// The first workload whose ConfigMaps are not searched.
pub(super) fn first_beyond(analysis: &Analysis, config_maps: &ConfigMaps) -> WorkloadId {
    config_maps.first_beyond(analysis, MOST_BYTES, |setting| if is_searched(setting) { setting.text.len() } else { 0 })
}

/// Everything of the kind that a workload takes, in order.
pub(super) fn of<'m>(
    analysis: &'m Analysis,
    (config_maps, first_beyond): (&ConfigMaps, WorkloadId),
    client: WorkloadId,
    workload: &'m Workload,
) -> Vec<Evidence<'m>> {
    let is_read = client < first_beyond;
    let mut search = Search { analysis, client, workload, found: Vec::new() };
    for container in &workload.containers {
        for variable in &container.env {
            let Some(value) = &variable.value else { continue };
            let place = || variable.origin.key("value").value();
            search.value(&variable.name, value, place, || Reason::Variable(variable.name.clone()));
        }
        let arguments = if makes_certificates(container) { &[][..] } else { &container.arguments };
        for argument in arguments {
            let place = || argument.origin.clone().value();
            for piece in argument.text.lines().filter(|line| !is_comment(line)).flat_map(str::split_whitespace) {
                let (flag, value) = piece.split_once('=').unwrap_or(("", piece));
                search.value(flag, value, place, || Reason::Command(container.name.clone()));
            }
        }
    }
    for reference in &workload.config_maps {
        let Some(map) = config_maps.get(workload.object.namespace, &reference.name) else {
            let asks = reference.variable.as_ref().is_none_or(|variable| is_for_hosts(variable));
            if asks && reference.name != OF_THE_CLUSTER {
                let (name, variable) = (reference.name.clone(), reference.variable.clone());
                search.unknown("ConfigMap", name, variable, workload.spec_origin.clone().value());
            }
            continue;
        };
        let whole = reference.key.is_none();
        let taken = |key: &SmolStr| reference.key.as_ref().is_none_or(|wanted| wanted == key);
        for setting in map.settings.iter().filter(|it| is_read && taken(&it.key) && is_searched(it)) {
            let place = || setting.origin.clone().key_only();
            let reason = || Reason::ConfigMap { name: map.name.clone(), key: setting.key.clone(), whole };
            if !setting.text.trim_end().contains('\n') {
                search.value(reference.variable.as_ref().unwrap_or(&setting.key), &setting.text, place, reason);
                continue;
            }
            for line in setting.text.lines().filter(|line| !is_comment(line)) {
                if let Some((key, value)) = key_and_value(line.trim()) {
                    search.value(key, value, place, reason);
                }
            }
        }
    }
    for secret in &workload.secrets {
        if secret.variable.as_ref().is_none_or(|variable| is_for_hosts(variable)) {
            search.unknown("Secret", secret.name.clone(), secret.variable.clone(), secret.origin.clone().entry());
        }
    }
    search.found
}

fn is_for_hosts(variable: &str) -> bool {
    let words = words(variable);
    asks_for_hosts(&words) && !is_no_target(&words)
}

struct Search<'m> {
    analysis: &'m Analysis,
    client: WorkloadId,
    workload: &'m Workload,
    found: Vec<Evidence<'m>>,
}

impl<'m> Search<'m> {
    fn value(&mut self, name: &str, value: &str, place: impl Fn() -> Place, reason: impl Fn() -> Reason<'m>) {
        // Hosts have dots, ports or schemes; a bare word is told by the name of its variable alone.
        if !value.contains(['.', ':']) {
            return;
        }
        let words = words(name);
        if is_no_target(&words) {
            return;
        }
        let asked = asks_for_hosts(&words);
        for host in hosts(value) {
            if let Some(server) = self.server(&host, asked) {
                let client = Client::Workload(self.client);
                self.found.push(Evidence { client, server, reason: reason(), place: place() });
            }
        }
    }

    /// What a host is, where it is no Service of the input and someone connects to it.
    fn server(&self, host: &Host<'_>, asked: bool) -> Option<Target<'m>> {
        let port = host.port.or(host.usual_port);
        if let Ok(address) = host.name.parse::<IpAddr>() {
            let is_target = asked || host.form != Form::Bare;
            let is_remote = !address.is_loopback() && !address.is_unspecified() && !address.is_multicast();
            let ports = port.map(|port| PortSet::single(Protocol::Tcp, port));
            return (is_target && is_remote).then(|| Target::Addresses(Block::whole(IpNet::from(address)), ports));
        }
        let last = host.name.rsplit('.').next().unwrap_or_default();
        let is_domain = host.name.contains('.') && last.len() > 1 && last.bytes().all(|it| it.is_ascii_alphabetic());
        let is_meant = match host.form {
            Form::Url => true,
            Form::Qualified => asked,
            Form::Address | Form::Bare => asked && is_domain,
        };
        let is_own = host.name == "localhost" || !host.name.contains(|it: char| it.is_ascii_alphabetic());
        let is_known = || resolve(self.analysis.cluster(), self.workload.object.namespace, host.name).is_some();
        (is_meant && !is_own && !is_known()).then(|| Target::Name(host.name.into(), port))
    }

    fn unknown(&mut self, kind: &'static str, name: SmolStr, variable: Option<SmolStr>, place: Place) {
        let reason = Reason::Unread { kind, name, variable };
        self.found.push(Evidence { client: Client::Workload(self.client), server: Target::Unknown, reason, place });
    }
}
