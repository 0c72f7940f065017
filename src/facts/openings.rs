//! Ingress rules that are open to many: for which workloads that is worth telling, and how much.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::metrics::Metrics;
use super::port_names::names_metrics;
use crate::analysis::Analysis;
use crate::cluster::Tier;
use crate::diagnostic::Severity;
use crate::objects::{PolicyId, Workload, WorkloadId};
use crate::policy::{Policy, PortMatch, Ports, Rule};

/// Words of port names that tell of webhooks, which the API server calls from wherever it runs.
const WEBHOOKS: [&str; 3] = ["webhook", "webhooks", "admission"];

/// Who may be opened to many.
pub(crate) struct Openings {
    /// Workloads that the API server calls, with the ports of the pods.
    callbacks: BTreeSet<(WorkloadId, u16)>,
    metrics: Arc<Metrics>,
}

/// What it means to open a port of a workload to many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Use {
    /// It is meant for everyone.
    Meant,
    /// It is for scrapers, which are in one namespace as a rule.
    Metrics,
    /// The API server calls it, which is no pod.
    Webhook,
    /// The whole cluster uses it: logins, collectors.
    Shared,
    /// Somebody in particular uses it.
    Other,
}

impl Openings {
    /// Those of the input.
    pub(super) fn new(analysis: &Analysis, metrics: Arc<Metrics>) -> Self {
        let mut callbacks = BTreeSet::new();
        for callback in &analysis.cluster().intents.callbacks {
            let Some(service) = analysis.cluster().service_of(callback) else { continue };
            for (id, workload) in analysis.selected_by(service) {
                let ports = service.ports_meant(callback.port.as_ref()).filter_map(|port| port.target_on(workload));
                callbacks.extend(ports.map(|port| (id, port)));
            }
        }
        Self { callbacks, metrics }
    }

    /// The workloads of which it is worth telling that an ingress rule opens them, each with how bad it is, by the use
    /// of it. `None` where there is nothing to tell; none of them where the pods are not in the input.
    pub(crate) fn of_rule(
        &self,
        analysis: &Analysis,
        (id, policy): (PolicyId, &Policy),
        rule: &Rule,
        severity: impl Fn(Use) -> Option<Severity>,
    ) -> Option<Vec<(WorkloadId, Severity)>> {
        // To answer names to everyone does little harm.
        if rule.ports.are_of_dns() {
            return None;
        }
        let mut told = Vec::new();
        let mut is_known = policy.namespace().is_some_and(|namespace| analysis.has_workloads(namespace));
        for workload in analysis.at_least().selected(id) {
            is_known = true;
            let severity =
                analysis.workload(workload).and_then(|it| severity(self.use_of(analysis, workload, it, rule)));
            told.extend(severity.map(|severity| (workload, severity)));
        }
        told.sort_unstable();
        (!told.is_empty() || !is_known).then_some(told)
    }

    fn use_of(&self, analysis: &Analysis, id: WorkloadId, workload: &Workload, rule: &Rule) -> Use {
        let tier = analysis.tier(id).map(|tier| tier.tier);
        if analysis.is_public(id) {
            return Use::Meant;
        }
        let metrics = &self.metrics;
        let is_called = |port| self.callbacks.contains(&(id, port)) || is_named_for_webhooks(workload, port);
        let Ports::Of(ports) = &rule.ports else {
            // The API server must be let in, and there is nothing else to let anyone in for.
            let mut declared = workload.containers.iter().flat_map(|container| &container.ports);
            let is_callback = declared.clone().any(|it| is_called(it.port))
                && declared.all(|it| is_called(it.port) || metrics.serve(id, workload, it.port));
            return if is_callback { Use::Webhook } else { Use::Other };
        };
        let each = |is: &dyn Fn(u16, &str) -> bool| {
            ports.iter().all(|port| match port {
                PortMatch::Range { first, last, .. } => first == last && is(*first, ""),
                PortMatch::Named { protocol: Some(protocol), name } => {
                    is(workload.named_port(name, *protocol).unwrap_or_default(), name)
                }
                PortMatch::Invalid => true,
                _ => false,
            })
        };
        if each(&|port, _| is_called(port)) {
            return Use::Webhook;
        }
        if each(&|port, name| names_metrics(name) || metrics.serve(id, workload, port)) {
            return Use::Metrics;
        }
        let is_shared = matches!(tier, Some(Tier::Monitoring | Tier::Identity)) || rule.ports.are_of_dns();
        if is_shared { Use::Shared } else { Use::Other }
    }
}

fn is_named_for_webhooks(workload: &Workload, port: u16) -> bool {
    let mut declared = workload.containers.iter().flat_map(|container| &container.ports);
    declared.any(|it| {
        let words = it.name.iter().flat_map(|name| name.split('-'));
        it.port == port && words.into_iter().any(|word| WEBHOOKS.contains(&word))
    })
}
