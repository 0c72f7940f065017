//! The end of a build: what kustomize does to objects before it prints them.

use super::context::Context;
use super::error::{Refusal, Result};
use super::field_spec::FieldSpec;
use super::file::Kustomization;
use super::labels::Pairs;
use super::object::{Gvk, Object, remembered};
use super::order;
use super::resources::Resources;

/// Annotations that kustomize only keeps where it is asked to, and that permit and deny nothing.
const PROVENANCE: [&str; 2] = ["config.kubernetes.io/origin", "alpha.config.kubernetes.io/transformations"];

/// What kustomize v5.5 calls itself in the label that it adds.
const MANAGED_BY: (&str, &str) = ("app.kubernetes.io/managed-by", "kustomize-v5.5.0");

/// Takes out what is not for the cluster, and sorts the rest.
pub(super) fn finish(
    root: &Kustomization,
    mut resources: Resources,
    context: &mut Context<'_, '_>,
) -> Result<Vec<Object>> {
    for object in resources.as_slice() {
        if object.kind().is_empty() || object.name().is_empty() && !object.kind().ends_with("List") {
            return Err(Refusal::at(&object.place, "patches leave an object here without a kind or a name"));
        }
    }
    resources.refuse_clashes(&root.fields.origin)?;
    let is_local =
        |object: &Object| object.annotation("config.kubernetes.io/local-config").is_some_and(|value| value != "false");
    resources.as_mut().retain(|object| !is_local(object));
    sort(root, resources.as_mut())?;
    if root.fields.list("buildMetadata").iter().any(|option| option.as_text() == "managedByLabel") {
        let place = root.place("buildMetadata");
        let field = FieldSpec { gvk: Gvk::default(), path: "metadata/labels".to_owned(), create: true };
        let (key, text) = MANAGED_BY;
        Pairs::new(vec![(key, text, &place)], vec![field], place.clone()).transform(&mut resources, context)?;
    }
    let mut objects = resources.into_objects();
    objects.iter_mut().for_each(forget);
    Ok(objects)
}

/// Takes out what kustomize remembered while it built. What is left of the annotations becomes strings.
fn forget(object: &mut Object) {
    let mut annotations = object.string_map("annotations");
    let is_kept = |name: &str| !remembered::ALL.contains(&name) && !PROVENANCE.contains(&name);
    annotations.retain(|(name, ..)| is_kept(name));
    object.set_string_map("annotations", annotations);
}

/// Sorts objects as kustomize prints them.
fn sort(root: &Kustomization, objects: &mut [Object]) -> Result<()> {
    let options = root.fields.get("sortOptions");
    let legacy = options.and_then(|options| options.get("legacySortOptions"));
    match (options.map(|options| options.text("order")), options) {
        (Some("fifo"), Some(options)) => {
            return match legacy {
                None => Ok(()),
                Some(_) => Err(Refusal::at(&options.origin, "`legacySortOptions` is only for `order: legacy`")),
            };
        }
        (None | Some("legacy"), _) => {}
        (Some(order), Some(options)) => {
            return Err(Refusal::at(&options.origin, format!("`{order}` is not a sort order"))
                .help("write `order: legacy` or `order: fifo`"));
        }
        (Some(_), None) => {}
    }
    let list = |key: &str, default: &[&str]| -> Vec<String> {
        match legacy {
            Some(legacy) => legacy.list(key).iter().map(|kind| kind.as_text().to_owned()).collect(),
            None => default.iter().map(|kind| (*kind).to_owned()).collect(),
        }
    };
    let (first, last) = (list("orderFirst", order::FIRST), list("orderLast", order::LAST));
    objects.sort_by_cached_key(|object| {
        let gvk = object.gvk();
        let or = |text: &str, other: &str| if text.is_empty() { other.to_owned() } else { text.to_owned() };
        let (_, text) = order::order(&gvk);
        let id = format!("{}|{}", or(object.namespace(), "~X"), or(object.name(), "~N"));
        (order::rank(&gvk.kind, &first, &last), text, id)
    });
    Ok(())
}
