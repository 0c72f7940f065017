//! Which kinds netlint reads, and how.

use super::{FileContent, Item, Resource, fields, intent, near_miss, network, served, workload};
use crate::objects::metadata::{Metadata, added_labels};
use crate::policy::dialect::calico::objects::Lowered;
use crate::policy::dialect::network_policy::read;
use crate::policy::dialect::{admin, calico, cilium, unread};
use crate::source::Origin;
use crate::yaml::Node;

/// The group of Cilium's kinds.
const CILIUM: &str = "cilium.io";

/// Reads one object, if netlint knows its kind.
pub(super) fn read(content: &mut FileContent, node: Node<'_>, kind: &str, version: &str, origin: &Origin) {
    let group = version.rsplit_once('/').map_or("", |(group, _)| group);
    let metadata = Metadata::of(node);
    let object = || metadata.object(kind, origin);
    let checked = fields::check(node, kind, version, origin);
    content.problems.extend(checked.problems);
    let not_served = served::check(node, kind, group, version, origin);
    let rejected = checked.rejected || not_served.is_some();
    content.problems.extend(not_served);
    content.problems.extend(near_miss::misspelt_kind(node, kind, (group, served::once_of(group)), origin));
    if let Some(policy) = unread::read(node, group, object(), metadata.namespace().as_deref()) {
        let item = Item::Policy(Box::new(policy));
        content.resources.push(Resource { namespace: metadata.namespace(), owner: None, item });
        return;
    }
    if let Some(kind) = cilium::Kind::of(kind).filter(|_| group == CILIUM) {
        let item = Item::Policy(Box::new(cilium::policy(node, object(), kind, rejected)));
        content.resources.push(Resource { namespace: metadata.namespace(), owner: None, item });
        return;
    }
    if let Some(objects) = calico::objects::read(node, group, &object(), rejected) {
        let resource = |item| Resource { namespace: metadata.namespace(), owner: None, item };
        content.resources.extend(objects.into_iter().map(of_calico).map(resource));
        return;
    }
    let admin_policy = admin::AdminKind::of(kind).filter(|_| served::is_built_in(group));
    let item = match (kind, group) {
        ("Namespace", "") => Item::Namespace(Box::new(object())),
        ("Service", "") => Item::Service(Box::new(network::service(node, object()))),
        ("NetworkPolicy", group) if served::is_built_in(group) => {
            Item::Policy(Box::new(read::read(node, object(), rejected)))
        }
        ("CiliumCIDRGroup", CILIUM) if rejected => return,
        ("CiliumCIDRGroup", CILIUM) => Item::AddressGroup(Box::new(cilium::CidrGroup::read(node, object()).into())),
        ("Ingress", "networking.k8s.io" | "extensions") => Item::Backends(network::ingress(node, &object())),
        ("Route", "route.openshift.io") => Item::Backends(network::openshift_route(node, &object())),
        ("HTTPRoute" | "GRPCRoute" | "TLSRoute" | "TCPRoute" | "UDPRoute", "gateway.networking.k8s.io") => {
            Item::Backends(network::gateway_route(node, &object()))
        }
        ("Kustomization" | "Component", "kustomize.config.k8s.io") => Item::Kustomization {
            labels: added_labels(node),
            namespace: node.get("namespace").is_some_and(|it| !it.is_null()),
        },
        _ => match (admin_policy, intent::read(node, object, kind, group), workload::read(node, object())) {
            (Some(kind), ..) => Item::Policy(Box::new(admin::read::read(node, kind, object(), rejected))),
            (None, Some(intent), _) => Item::Intent(Box::new(intent)),
            (None, None, Some(workload)) => Item::Workload(Box::new(workload)),
            (None, None, None) if is_custom(group) => Item::CustomResource(Box::new(object())),
            (None, None, None) => return,
        },
    };
    let is_policy = matches!(item, Item::Policy(_));
    if metadata.has_name() || is_policy || matches!(item, Item::Kustomization { .. }) {
        content.resources.push(Resource { namespace: metadata.namespace(), owner: metadata.owner(), item });
    }
}

fn of_calico(object: Lowered) -> Item {
    match object {
        Lowered::Policy(policy) => Item::Policy(policy),
        Lowered::Stage(stage) => Item::Stage(stage),
        Lowered::AddressGroup(group) => Item::AddressGroup(group),
        Lowered::Idle(object) => Item::Idle(object),
    }
}

/// Whether an API group is none of Kubernetes' own, which are `apps` and the like, or end in `k8s.io`.
fn is_custom(group: &str) -> bool {
    group.contains('.') && !group.ends_with(".k8s.io")
}
