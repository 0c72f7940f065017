//! Entities: peers by what they are (`pkg/policy/api/entity.go`).

/// A word of `fromEntities` or `toEntities`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entity {
    /// Everything.
    All,
    /// Addresses outside the cluster.
    World,
    /// Everything of the own cluster: pods, nodes and what Cilium runs.
    Cluster,
    /// The same, of all clusters of the mesh.
    ClusterMesh,
    /// The pod's own node.
    Host,
    /// Pods that are being set up.
    Init,
    /// Cilium's ingress proxy.
    Ingress,
    /// Pods that Cilium does not manage.
    Unmanaged,
    /// Other nodes.
    RemoteNode,
    /// Cilium's health endpoints.
    Health,
    /// Nothing.
    None,
    /// The API server, wherever it runs.
    KubeApiServer,
}

/// What a peer is, as Cilium tells peers apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// A pod of the own cluster.
    Pod,
    /// A pod of another cluster of the mesh.
    MeshPod,
    /// The node of the pod whose policy is asked.
    OwnNode,
    /// Any other node, of meshed clusters too.
    OtherNode,
    /// A pod that is being set up.
    Init,
    /// Cilium's ingress proxy.
    Ingress,
    /// A pod that Cilium does not manage.
    Unmanaged,
    /// A health endpoint.
    Health,
    /// An address outside the cluster.
    World,
}

impl Class {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Pod,
        Self::MeshPod,
        Self::OwnNode,
        Self::OtherNode,
        Self::Init,
        Self::Ingress,
        Self::Unmanaged,
        Self::Health,
        Self::World,
    ];
}

impl Entity {
    /// Reads the schema's word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "all" => Self::All,
            "world" => Self::World,
            "cluster" => Self::Cluster,
            "cluster-mesh" => Self::ClusterMesh,
            "host" => Self::Host,
            "init" => Self::Init,
            "ingress" => Self::Ingress,
            "unmanaged" => Self::Unmanaged,
            "remote-node" => Self::RemoteNode,
            "health" => Self::Health,
            "none" => Self::None,
            "kube-apiserver" => Self::KubeApiServer,
            _ => return None,
        })
    }

    /// Whether it selects a peer of a class. The API server may be on a node or outside, and keeps that class.
    #[must_use]
    pub fn selects(self, class: Class, is_api_server: bool) -> bool {
        match self {
            Self::All => true,
            Self::World => class == Class::World,
            Self::Cluster => is_api_server || !matches!(class, Class::World | Class::MeshPod),
            Self::ClusterMesh => is_api_server || class != Class::World,
            Self::Host => class == Class::OwnNode,
            Self::Init => class == Class::Init,
            Self::Ingress => class == Class::Ingress,
            Self::Unmanaged => class == Class::Unmanaged,
            Self::RemoteNode => class == Class::OtherNode,
            Self::Health => class == Class::Health,
            Self::None => false,
            Self::KubeApiServer => is_api_server,
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{Class, Entity};

    fn selected(word: &str) -> Vec<Class> {
        let entity = Entity::parse(word).unwrap();
        Class::ALL.into_iter().filter(|class| entity.selects(*class, false)).collect()
    }

    #[test]
    fn the_cluster_is_all_but_the_world() {
        let classes = Class::ALL.into_iter().filter(|class| !matches!(class, Class::World | Class::MeshPod));
        assert_eq!(selected("cluster"), classes.collect::<Vec<_>>());
        assert!(Entity::Cluster.selects(Class::World, true), "an API server outside");
        assert_eq!(selected("all").len(), Class::ALL.len());
    }

    #[test]
    fn the_world_has_neither_pods_nor_nodes() {
        assert_eq!(selected("world"), [Class::World]);
        assert_eq!(selected("host"), [Class::OwnNode]);
        assert_eq!(selected("remote-node"), [Class::OtherNode]);
        assert_eq!(selected("none"), []);
        assert_eq!(selected("kube-apiserver"), []);
    }

    #[test]
    fn only_the_schemas_words_are_read() {
        for word in crate::policy::dialect::cilium::fields::ENTITIES {
            assert!(Entity::parse(word).is_some(), "{word}");
        }
        for word in ["world-ipv4", "World", ""] {
            assert_eq!(Entity::parse(word), None, "{word}");
        }
    }
}
