//! What Calico's objects are in a cluster.

use super::lower::{Setting, lower};
use super::written::{Api, CalicoObject, CalicoPolicy};
use crate::objects::{AddressGroup, NamespaceId, Object};
use crate::policy::{DefinedStage, Dialect, Order, PolicyObject, Silence, StageName};
use crate::yaml::Node;

/// The groups of Calico's kinds.
const GROUPS: [&str; 2] = ["projectcalico.org", STORAGE_GROUP];

/// The group that Calico stores its objects in.
const STORAGE_GROUP: &str = "crd.projectcalico.org";

/// What an object of Calico's is in a cluster.
#[derive(Clone, Debug)]
pub(crate) enum Lowered {
    /// A policy.
    Policy(Box<PolicyObject>),
    /// A tier, which is a stage.
    Stage(Box<DefinedStage>),
    /// Addresses with labels, which selectors of rules find: a network set, or a host endpoint with its own addresses.
    AddressGroup(Box<AddressGroup>),
    /// What changes nothing about connections of pods.
    Idle(Box<Object>),
}

/// Reads an object of a Calico kind; `None` of one that netlint does not know. It is several things, or none where
/// Calico refuses it and nothing would be said of it.
pub(crate) fn read(node: Node<'_>, group: &str, object: &Object, rejected: bool) -> Option<Vec<Lowered>> {
    if !GROUPS.contains(&group) {
        return None;
    }
    let object = match object.kind.as_str() {
        kind if kind.contains("Global") || matches!(kind, "Tier" | "HostEndpoint") => {
            Object { namespace: NamespaceId::CLUSTER, ..object.clone() }
        }
        _ => object.clone(),
    };
    Some(match super::read(node, object.clone(), rejected)? {
        CalicoObject::Policy(policy) if policy.staged => vec![Lowered::Idle(Box::new(object))],
        CalicoObject::Policy(policy) => {
            let written = CalicoPolicy { is_stored: group == STORAGE_GROUP, ..*policy };
            vec![Lowered::Policy(Box::new(policy_object(written, object, rejected)))]
        }
        CalicoObject::StagedKubernetesPolicy(object) => vec![Lowered::Idle(object)],
        // A policy whose tier is refused is in a tier that does not exist.
        CalicoObject::Tier(tier) if tier.rejected => Vec::new(),
        CalicoObject::Tier(tier) => vec![Lowered::Stage(Box::new(DefinedStage {
            name: StageName::Tier(tier.object.name.clone()),
            order: Order::at(tier.order),
            on_silence: if tier.passes { Silence::Next } else { Silence::Deny },
            object: tier.object,
        }))],
        CalicoObject::NetworkSet(set) if set.rejected => Vec::new(),
        CalicoObject::NetworkSet(set) => {
            vec![Lowered::AddressGroup(Box::new(AddressGroup { object: set.object, blocks: set.nets }))]
        }
        CalicoObject::HostEndpoint(host) => {
            let group = AddressGroup { object: host.object.clone(), blocks: host.addresses };
            vec![Lowered::Idle(Box::new(host.object)), Lowered::AddressGroup(Box::new(group))]
        }
    })
}

fn policy_object(written: CalicoPolicy, object: Object, rejected: bool) -> PolicyObject {
    let (policy, is_dropped) = match lower(&written, Setting::default()) {
        Ok(policy) => (policy, false),
        Err((policy, _)) => (*policy, true),
    };
    PolicyObject { object, dialect: Dialect::Calico(Box::new(written)), policy, rejected: rejected || is_dropped }
}

/// Lowers a policy of Calico's anew, in another setting; it stays in its namespace. Other policies stay as they are.
pub(crate) fn lower_again(object: &mut PolicyObject, setting: Setting) {
    let Dialect::Calico(written) = &object.dialect else { return };
    object.policy = lower(written, setting).unwrap_or_else(|(policy, _)| *policy);
    object.put_into(object.object.namespace);
}

impl CalicoPolicy {
    /// How the policy got into the cluster, where objects of `projectcalico.org/v3` do so by this API. What is written
    /// to Calico's storage meets neither validation nor defaults; what `calicoctl` writes there meets both.
    pub(super) fn api(&self, of_objects: Api) -> Api {
        match (self.is_stored, of_objects) {
            (true, _) => Api::V1Crd,
            (false, Api::V3Crd) => Api::V3Crd,
            (false, Api::Server | Api::V1Crd) => Api::Server,
        }
    }
}
