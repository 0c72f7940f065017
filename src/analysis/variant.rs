//! A cluster as it would be with other policies.

use std::sync::Arc;

use super::parts::Contents;
use super::{Analysis, Options};
use crate::config::Config;
use crate::manifest::Item;

/// What a cluster would have in place of its policies.
pub(crate) struct Variant<'t> {
    /// Texts of manifests that are added, each with its name.
    pub(crate) texts: &'t [(String, String)],
    /// Whether its own NetworkPolicies are left out.
    pub(crate) replaces: bool,
    /// How it is to be judged.
    pub(crate) config: Arc<Config>,
}

impl Analysis {
    /// The same cluster with other policies, read and analysed anew. What is wrong with its own documents is not said
    /// again. The added texts are the last of its sources, in order.
    pub(crate) fn variant(&self, variant: Variant<'_>) -> Self {
        let mut sources = (*self.sources).clone();
        let mut contents = Contents::read(&sources, self.files.clone());
        contents.all.problems.clear();
        contents.unrendered.clear();
        if variant.replaces {
            let is_replaced = |item: &Item| matches!(item, Item::Policy(policy) if policy.network_policy().is_some());
            contents.all.resources.retain(|resource| !is_replaced(&resource.item));
        }
        let added = variant.texts.iter().map(|(name, text)| sources.add(name.as_str(), text.as_str())).collect();
        contents.add_all(Contents::read(&sources, added));
        let home = self.cluster.unset_namespace.or(self.cluster.default_namespace);
        let options = Options {
            namespace: home.map(|namespace| self.cluster.namespace_name(namespace).to_owned()),
            pod_blocks: self.pod_blocks.clone(),
            config: variant.config,
            partial: self.partial,
            ..Options::default()
        };
        let mut other = Self::assemble(self.name.clone(), Arc::new(sources), contents, &options);
        other.cluster.set_unread(self.cluster.unread.clone());
        other.made_of.clone_from(&self.made_of);
        other.roots.clone_from(&self.roots);
        other
    }
}
