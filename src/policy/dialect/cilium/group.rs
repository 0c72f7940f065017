//! CiliumCIDRGroup: named lists of addresses.

use ipnet::IpNet;
use smol_str::SmolStr;

use super::selector::{Key, LabelSource, Selector};
use crate::objects::{AddressGroup, NamespaceId, Object};
use crate::yaml::Node;

/// The kind of groups.
pub(super) const KIND: &str = "CiliumCIDRGroup";

/// The source of the labels of groups.
pub(super) const SOURCE: &str = "cidrgroup";

/// A CiliumCIDRGroup.
#[derive(Clone, Debug)]
pub struct CidrGroup {
    /// Its name, its labels and place.
    pub object: Object,
    /// `spec.externalCIDRs`; those that are not valid are left out.
    pub blocks: Vec<IpNet>,
}

impl CidrGroup {
    /// Reads a group.
    #[must_use]
    pub fn read(node: Node<'_>, object: Object) -> Self {
        let blocks = node.get("spec").and_then(|spec| spec.get("externalCIDRs")).into_iter().flat_map(|it| it.items());
        let blocks = blocks.filter_map(|block| block.as_str()?.parse().ok().map(|block: IpNet| block.trunc()));
        Self { blocks: blocks.collect(), object }
    }

    /// Whether a `cidrGroupSelector` matches it.
    #[must_use]
    pub fn is_selected_by(&self, selector: &Selector) -> bool {
        let source = || LabelSource::Other(SOURCE.into());
        let labels = self.object.labels.iter();
        let labels: Vec<(Key, SmolStr)> =
            labels.map(|(name, value)| (Key { source: source(), name: name.clone() }, value.clone())).collect();
        selector.matches(&labels)
    }
}

impl From<CidrGroup> for AddressGroup {
    fn from(group: CidrGroup) -> Self {
        Self { object: Object { namespace: NamespaceId::CLUSTER, ..group.object }, blocks: group.blocks }
    }
}

impl Selector {
    /// Whether it matches addresses that no group lists: it only excludes, or asks nothing.
    #[must_use]
    pub fn matches_without_labels(&self) -> bool {
        self.matches(&[])
    }
}
