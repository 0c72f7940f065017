//! A workload that works through the Kubernetes API, and may not connect to it.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use super::{SHOWN, restriction, sides};
use crate::facts::admission::{admits_addresses, responsible_policy};
use crate::net::ports::PortSet;
use crate::net::{Direction, Protocol};
use crate::objects::{Binding, PolicyId, WorkloadId};
use crate::policy::{PolicyObject, RuleRef};
use crate::reach::Endpoint;
use crate::rules::Context;
use crate::rules::repairs::{self, Allow, Far};
use crate::text::phrase;

/// An address that stands for that of the API server (RFC 5737).
const EXAMPLE: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);

/// Where API servers listen: providers, kubeadm and OpenShift, and small distributions.
const PORTS: [u16; 4] = [443, 6443, 8443, 16443];

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let mut denied: BTreeMap<RuleRef, Vec<(WorkloadId, &Binding)>> = BTreeMap::new();
    let mut cut: BTreeMap<PolicyId, Vec<(WorkloadId, &Binding)>> = BTreeMap::new();
    for (id, binding) in context.facts().evidence.api_clients() {
        let is_open = |port| admits_addresses(context.analysis(), id, Direction::Egress, Protocol::Tcp, port);
        if PORTS.into_iter().any(is_open) {
            continue;
        }
        if let Some(rule) = denier(context, id) {
            denied.entry(rule).or_default().push((id, binding));
        } else if let Some((policy, _)) = responsible_policy(context.analysis(), id, Direction::Egress) {
            cut.entry(policy).or_default().push((id, binding));
        }
    }
    for (rule, workloads) in denied {
        report_denied(context, rule, &workloads);
    }
    for (policy, workloads) in cut {
        let causes = sides(context, workloads.iter().map(|(id, _)| *id), Direction::Egress);
        context.claim(causes, move |context, _| report(context, policy, &workloads));
    }
}

/// The rule of an Admin or Baseline policy that denies a workload the API server, if one does.
fn denier(context: &Context<'_>, workload: WorkloadId) -> Option<RuleRef> {
    let ports = PORTS.into_iter().map(|port| PortSet::single(Protocol::Tcp, port));
    let ports = ports.fold(PortSet::default(), |sum, port| sum.union(&port));
    let subject = Endpoint::Workload(workload);
    let denier = context.facts().admin.tiers.denier(Direction::Egress, subject, Endpoint::ApiServer, &ports);
    denier.map(|rule| rule.at)
}

fn report_denied(context: &mut Context<'_>, at: RuleRef, workloads: &[(WorkloadId, &Binding)]) {
    let rules = context.facts().admin.tiers.rules(Direction::Egress);
    let Some(rule) = rules.iter().find(|rule| rule.at == at) else { return };
    let who = phrase::list(context.names(workloads.iter().map(|(id, _)| id)));
    let message = format!("{who} may use the Kubernetes API, which {} denies", rule.title());
    let about = context.cluster().subject(&rule.object.object);
    context.report(rule.action_place(), about, message).help(
        "before it, accept the API server's addresses by `networks` or `nodes` on TCP 6443: it is on the network of \
         its node, so that `namespaces` and `pods` never match it",
    );
}

fn report(context: &mut Context<'_>, policy: PolicyId, workloads: &[(WorkloadId, &Binding)]) {
    let Some(written) = context.policy(policy) else { return };
    let who = phrase::list(context.names(workloads.iter().map(|(id, _)| id)));
    let message = format!("{who} may use the Kubernetes API, but no egress rule leads to it");
    let shown: Vec<_> = workloads.iter().filter_map(|(id, binding)| Some((context.workload(*id)?, *binding))).collect();
    let about = context.cluster().subject(&written.object);
    let (place, words) = restriction(written, Direction::Egress);
    let help = help(context, written, workloads);
    let draft = context.report(place, about, message);
    draft.remark(words);
    for (workload, binding) in shown.into_iter().take(SHOWN) {
        let account = workload.service_account.as_deref().unwrap_or_default();
        draft.because(
            workload.spec_origin.key("serviceAccountName").entry(),
            format!("{} `{}` gives `{account}` rights in the API", binding.object.kind, binding.object.name),
        );
    }
    draft.help(help);
}

/// What to write: a policy for each workload, where they are few.
fn help(context: &Context<'_>, like: &PolicyObject, workloads: &[(WorkloadId, &Binding)]) -> String {
    let ports = [443, 6443].map(|port| PortSet::single(Protocol::Tcp, port));
    let ports = ports.iter().fold(PortSet::default(), |sum, port| sum.union(port));
    let is_known = like.cilium_policy().is_some() || !context.analysis().config().api_server.is_empty();
    let far = if is_known { Far::ApiServer } else { Far::Blocks(vec![IpAddr::V4(EXAMPLE).into()]) };
    let policy = |(id, _): &(WorkloadId, &Binding)| {
        let workload = context.workload(*id)?;
        let allow = Allow {
            namespace: workload.object.namespace,
            name: format!("{}-to-api-server", workload.object.name),
            pods: repairs::lasting(&workload.pod_labels)?,
            rules: vec![(Direction::Egress, far.clone())],
            ports: ports.clone(),
        };
        repairs::policy(context, like, &allow)
    };
    let few = (workloads.len() <= repairs::POLICIES).then_some(workloads);
    match few.and_then(|few| few.iter().map(policy).collect::<Option<Vec<_>>>()) {
        Some(policies) => {
            let addresses = match is_known {
                true => String::new(),
                false => format!(" to the addresses of `kubectl get endpointslices kubernetes`, instead of {EXAMPLE}"),
            };
            let instruction = format!(
                "set `automountServiceAccountToken: false` where the API is not used, otherwise permit it{addresses}"
            );
            repairs::with_policies(&instruction, &policies)
        }
        _ => "permit TCP 443 and 6443 to an `ipBlock` of the API server's addresses, \
              or set `automountServiceAccountToken: false`"
            .to_owned(),
    }
}
