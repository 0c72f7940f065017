//! The other side of an entry.

use super::{Context, Entry, blocks, pods, services};
use crate::objects;
use crate::policy::dialect::cilium::selector::{Key, LabelSource, Scope};
use crate::policy::dialect::cilium::written::{self, Traffic};
use crate::policy::dialect::cilium::{Entity, Selector};
use crate::policy::{Nodes, Peer, Peers, PodSet, WhichNodes};

/// The peers of an entry. Neither peers nor traffic match nothing; traffic without peers is for everyone.
pub(super) fn peers(entry: &Entry, context: Context<'_>) -> Peers {
    match &entry.peers {
        written::Peers::Unwritten if entry.traffic == Traffic::Unwritten => Peers::Of(Vec::new()),
        written::Peers::Unwritten => Peers::Everyone,
        // Before 1.16 the list was as good as absent.
        written::Peers::Nothing(list) if list.ends_with("Endpoints") && context.options.minor_version < 16 => {
            if entry.traffic == Traffic::Unwritten { Peers::Of(Vec::new()) } else { Peers::Everyone }
        }
        written::Peers::Nothing(_) => Peers::Of(Vec::new()),
        written::Peers::Of(_, several) if several.contains(&written::Peer::Entity(Entity::All)) => Peers::Everyone,
        // Where no Service matches there are no peers: the ports are for everyone.
        written::Peers::Of(_, several)
            if entry.traffic != Traffic::Unwritten && several.iter().all(matches_no_service) =>
        {
            Peers::Everyone
        }
        written::Peers::Of(_, several) => Peers::Of(several.iter().map(|peer| lowered(peer, context)).collect()),
    }
}

fn matches_no_service(peer: &written::Peer) -> bool {
    matches!(peer, written::Peer::Service(service) if services::is_never(service))
}

fn lowered(peer: &written::Peer, context: Context<'_>) -> Peer {
    match peer {
        written::Peer::Pods(selector) => endpoints(selector, context),
        // Only nodes in the cluster have labels, and the input shows none of them.
        written::Peer::Nodes(selector) if selector.requirements.is_empty() => nodes(WhichNodes::Other),
        written::Peer::Nodes(_) => Peer::Perhaps(Box::new(nodes(WhichNodes::Other))),
        written::Peer::Entity(entity) => of_entity(*entity),
        written::Peer::Blocks(written) => blocks::peer(written),
        written::Peer::CloudGroup => Peer::Perhaps(Box::new(blocks::everywhere())),
        written::Peer::Service(service) if services::is_never(service) => Peer::Any(Vec::new()),
        written::Peer::Service(service) => services::peer(service),
        written::Peer::Name(pattern) => {
            let name = pattern.to_string().to_ascii_lowercase();
            Peer::Domains(vec![name.strip_suffix('.').unwrap_or(&name).into()])
        }
    }
}

fn nodes(which: WhichNodes) -> Peer {
    Peer::Nodes(Nodes { which, labels: objects::Selector::default() })
}

/// What Cilium runs itself, and pods that it does not manage, are no ends of connections that netlint knows.
fn of_entity(entity: Entity) -> Peer {
    match entity {
        Entity::All => Peer::Everyone,
        Entity::World => Peer::World,
        Entity::Cluster | Entity::ClusterMesh => {
            let pods = Peer::Pods(PodSet::new(crate::policy::NamespaceSet::every(), objects::Selector::default()));
            Peer::Any(vec![pods, Peer::any_node(), Peer::ApiServer])
        }
        Entity::Host => nodes(WhichNodes::Own),
        Entity::RemoteNode => nodes(WhichNodes::Other),
        Entity::Ingress => Peer::IngressController,
        Entity::KubeApiServer => Peer::ApiServer,
        Entity::Init | Entity::Unmanaged | Entity::Health | Entity::None => Peer::Any(Vec::new()),
    }
}

/// What a selector matches: pods, and whatever else has labels where neither a namespace nor the cluster is asked for.
fn endpoints(selector: &Selector, context: Context<'_>) -> Peer {
    let scope = context.scope(selector);
    let set = pods::of_peer(selector, scope, context);
    let others = match scope {
        Scope::OwnNamespace | Scope::AllPods => Vec::new(),
        Scope::Written if context.adds_cluster(selector) => Vec::new(),
        Scope::Written | Scope::Everything => without_pods(selector),
    };
    if others.is_empty() {
        return Peer::Pods(set);
    }
    let pods = (!pods::is_never(&set)).then_some(Peer::Pods(set));
    let mut all: Vec<Peer> = pods.into_iter().chain(others).collect();
    match all.pop() {
        Some(only) if all.is_empty() => only,
        last => {
            all.extend(last);
            Peer::Any(all)
        }
    }
}

/// What a selector matches that is no pod.
fn without_pods(selector: &Selector) -> Vec<Peer> {
    let matches = |names: &[&str]| {
        let label = |name: &&str| (Key { source: LabelSource::Reserved, name: (*name).into() }, "".into());
        selector.matches(&names.iter().map(label).collect::<Vec<_>>())
    };
    let ends = [
        ("host", nodes(WhichNodes::Own)),
        ("remote-node", nodes(WhichNodes::Other)),
        ("world", Peer::World),
        ("ingress", Peer::IngressController),
    ];
    let mut matched: Vec<Peer> = ends.into_iter().filter(|(name, _)| matches(&[name])).map(|(_, end)| end).collect();
    // The API server is on a node or outside, and carries that label too.
    let places = ["host", "remote-node", "world"].map(|place| matches(&[place, "kube-apiserver"]));
    match places.iter().filter(|matches| **matches).count() {
        3 => matched.push(Peer::ApiServer),
        0 if matched.is_empty() => {}
        0 => matched = vec![Peer::All(vec![Peer::Any(matched), Peer::Not(Box::new(Peer::ApiServer))])],
        _ => matched.push(Peer::Perhaps(Box::new(Peer::ApiServer))),
    }
    matched
}

impl Context<'_> {
    /// Which pods a selector of peers looks among.
    fn scope(self, selector: &Selector) -> Scope {
        match selector.scope(self.kind, self.subject) {
            // Labels of namespaces did not stand for a namespace before 1.16.
            Scope::Written if self.options.minor_version < 16 && !selector.names_namespace() => match self.kind {
                super::Kind::Namespaced => Scope::OwnNamespace,
                super::Kind::Clusterwide => Scope::Written,
            },
            scope => scope,
        }
    }

    /// Whether the agent adds the own cluster to what the selector asks for (`policy-default-local-cluster`, which is on
    /// from 1.19).
    fn adds_cluster(self, selector: &Selector) -> bool {
        self.options.minor_version >= 19 && !selector.names_cluster()
    }
}
