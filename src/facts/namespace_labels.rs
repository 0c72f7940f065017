//! Namespaces selected by a label that only looks like the one that every namespace has, its name.

use smol_str::SmolStr;

use crate::analysis::Analysis;
use crate::objects::{NAME_LABEL, Namespace, Operator, Requirement, Selector};
use crate::text::slip::slip;

/// Keys that people take for the label of a namespace's name.
const MISTAKEN: [&str; 8] = [
    "name",
    "namespace",
    "ns",
    "metadata.name",
    "namespace-name",
    "kubernetes.io/name",
    "kubernetes.io/namespace",
    "metadata.kubernetes.io/name",
];

/// A requirement that asks for names of namespaces under the wrong label.
pub(crate) struct Mistake<'m> {
    /// The requirement.
    pub(crate) requirement: &'m Requirement,
    /// The names that it asks for.
    pub(crate) names: &'m [SmolStr],
    /// The manifest of the namespace that was meant, which does not have the label.
    pub(crate) declared: Option<&'m Namespace>,
}

/// The requirement of a selector of namespaces that asks for a name under the wrong label.
pub(crate) fn mistake<'m>(analysis: &'m Analysis, selector: &'m Selector) -> Option<Mistake<'m>> {
    let namespaces = &analysis.cluster().namespaces;
    selector.requirements().iter().find_map(|requirement| {
        let Operator::In(names) = &requirement.operator else { return None };
        let key = requirement.key.as_str();
        let mut manifests = namespaces.iter().filter(|namespace| namespace.manifest.is_some());
        if key == NAME_LABEL || manifests.clone().any(|it| requirement.holds(it.labels.get(key))) {
            return None;
        }
        let mistaken = MISTAKEN.contains(&key) || slip(key, NAME_LABEL).is_some_and(|distance| distance < 5);
        let in_use = manifests.clone().any(|it| it.labels.contains_key(key));
        let declared = manifests.find(|namespace| names.iter().any(|name| *name == namespace.name));
        (mistaken || declared.is_some() && !in_use).then_some(Mistake { requirement, names, declared })
    })
}
