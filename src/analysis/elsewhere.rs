//! Namespaces that other clusters of the input hold.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Analysis;
use crate::objects::{NAME_LABEL, NamespaceId, Operator, Selector};
use crate::source::{FileId, Origin};

/// The namespaces of all clusters by name, each with the first file that shows it.
pub(super) type Namespaces = BTreeMap<String, FileId>;

/// Tells each of several clusters which namespaces all of them hold together.
pub(super) fn share(models: &mut [Analysis]) {
    let mut all = Namespaces::new();
    for analysis in models.iter() {
        for (name, origin) in analysis.shown_namespaces() {
            all.entry(name.to_owned()).or_insert_with(|| analysis.sources.written(origin).file);
        }
    }
    let all = Arc::new(all);
    models.iter_mut().for_each(|analysis| analysis.namespaces_of_all = Arc::clone(&all));
}

impl Analysis {
    /// The namespaces that a manifest or a workload shows.
    fn shown_namespaces(&self) -> impl Iterator<Item = (&str, &Origin)> {
        let declared = self.cluster.namespaces.iter();
        let declared = declared.filter_map(|it| Some((it.name.as_str(), it.manifest.as_ref()?)));
        let of_workloads = self.cluster.workloads.iter().map(|it| &it.object);
        declared.chain(of_workloads.map(|it| (self.cluster.namespace_name(it.namespace), &it.origin)))
    }

    /// The file of another cluster that shows a namespace which this selector names and this cluster does not hold.
    pub(crate) fn elsewhere(&self, selector: &Selector) -> Option<&str> {
        let names = selector.requirements().iter().filter(|it| it.key == NAME_LABEL);
        let names = names.filter_map(|it| match &it.operator {
            Operator::In(names) => Some(names),
            _ => None,
        });
        let is_own = |id: &NamespaceId| self.is_in_input(*id);
        let file = names.flatten().find_map(|name| {
            let own = self.cluster.namespace_named(name).filter(is_own);
            self.namespaces_of_all.get(name.as_str()).filter(|_| own.is_none())
        });
        file.map(|&file| self.sources.name(file))
    }
}
