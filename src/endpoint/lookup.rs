//! Names and labels looked up in a cluster, with suggestions where nothing is found.

use super::pattern::Name;
use super::{EndpointError, Names};
use crate::cluster::{Cluster, PresumedAs};
use crate::objects::kinds::workload_kind;
use crate::objects::{
    Backend, Labels, Match, NamespaceId, Numbered, Object, Service, Workload, WorkloadId, number_behind,
};
use crate::text::phrase;
use crate::text::suggest::nearest;

/// The short names of `kubectl` for kinds that lead to pods; workloads have [their own](crate::objects::kinds).
const SHORT_NAMES: [(&str, &str); 2] = [("svc", "Service"), ("ing", "Ingress")];

/// Words that stand for ends which are no objects.
const WORDS: [&str; 3] = ["internet", "ingress-controller", "any-pod"];

/// How many suggestions a person reads.
const SUGGESTIONS: usize = 3;

/// What a name or labels stand for.
#[derive(Debug)]
pub(super) enum Found<'c> {
    /// One workload by name, or several by labels or `*`.
    Workloads(Vec<WorkloadId>),
    /// One pod of a workload, which no policy distinguishes from the others.
    Replica(WorkloadId),
    /// A pod that is presumed to exist.
    Presumed(usize),
    /// A Service.
    Service(&'c Service),
    /// An Ingress or a route, with its backends.
    Route(&'c Object, Vec<&'c Backend>),
}

/// Looks up a name: a workload, else a Service, else an Ingress or a route, else a pod presumed to exist.
pub(super) fn by_name<'c>(
    cluster: &'c Cluster,
    names: &Names<'_>,
    name: &Name,
    text: &str,
) -> Result<Found<'c>, EndpointError> {
    let means = |object: &Object| {
        let is_it = name.name() == "*" || name.name() == object.name;
        is_it && in_scope(cluster, name, object)
    };
    // The name of a workload stands for its replicas too.
    let is_replica = |it: &Workload| {
        it.replica.as_ref().is_some_and(|replica| replica.of == name.name()) && in_scope(cluster, name, &it.object)
    };
    let is_meant = |it: &Workload| means(&it.object) || is_replica(it);
    let workloads: Vec<(WorkloadId, &Workload)> = all_workloads(cluster).filter(|(_, it)| is_meant(it)).collect();
    if (name.name() == "*" && !workloads.is_empty()) || are_replicas(&workloads) {
        return Ok(Found::Workloads(workloads.into_iter().map(|(id, _)| id).collect()));
    }
    let objects: Vec<&Object> = workloads.iter().map(|(_, workload)| &workload.object).collect();
    if let Some((id, _)) = one(&workloads, &objects, names, text)? {
        return Ok(Found::Workloads(vec![*id]));
    }
    let services = cluster.services.iter().map(AsRef::as_ref);
    let services: Vec<&Service> = services.filter(|service: &&Service| means(&service.object)).collect();
    let objects: Vec<&Object> = services.iter().map(|service| &service.object).collect();
    if let Some(service) = one(&services, &objects, names, text)? {
        return Ok(Found::Service(service));
    }
    let backends: Vec<&Backend> = cluster.backends.iter().filter(|backend| means(&backend.object)).collect();
    let mut routes: Vec<&Object> = backends.iter().map(|backend| &backend.object).collect();
    routes.sort_by_key(|object| (object.namespace, &object.kind, &object.name));
    routes.dedup_by_key(|object| (object.namespace, &object.kind, &object.name));
    if let Some(route) = one(&routes, &routes, names, text)? {
        return Ok(Found::Route(route, backends));
    }
    let presumed = cluster.presumed.iter().position(|pod| {
        let namespace = cluster.namespace_name(pod.namespace);
        let is_in = match name {
            Name::Plain(_) => true,
            Name::Scoped(scope, _) => is(scope, namespace) || is_kind(scope, "Pod"),
            Name::Full { namespace: asked, kind, .. } => is(asked, namespace) && is_kind(kind, "Pod"),
        };
        is_in
            && match &pod.presumed_as {
                PresumedAs::Replica { name: own, .. } => own == name.name(),
                PresumedAs::Dns { .. } => pod.labels.values().any(|value| value == name.name()),
            }
    });
    let numbered = || all_workloads(cluster).find(|(_, it)| has_pod(cluster, it, name)).map(|(id, _)| id);
    let found = presumed.map(Found::Presumed).or_else(|| numbered().map(Found::Replica));
    found.ok_or_else(|| unknown_name(cluster, names, name, text))
}

/// Whether they are the replicas of one workload, with the rest of it.
fn are_replicas(workloads: &[(WorkloadId, &Workload)]) -> bool {
    let key =
        |(_, it): &(WorkloadId, &Workload)| (it.object.namespace, it.object.kind.clone(), it.owner_name().clone());
    let first = workloads.first().map(key);
    workloads.len() > 1 && workloads.iter().all(|it| Some(key(it)) == first)
}

/// Whether a name is that of a numbered pod of a workload.
fn has_pod(cluster: &Cluster, workload: &Workload, name: &Name) -> bool {
    let is_of = |numbered: &Numbered| {
        let number = number_behind(name.name(), &format!("{}-", workload.object.name));
        number.is_some_and(|number| numbered.exists(number) != Match::No)
    };
    workload.numbered.as_deref().is_some_and(is_of) && in_scope(cluster, name, &workload.object)
}

/// Looks up the workloads whose pods have these labels, else a pod presumed to exist that has them.
pub(super) fn by_labels<'c>(
    cluster: &'c Cluster,
    namespace: Option<&str>,
    labels: &Labels,
    text: &str,
) -> Result<Found<'c>, EndpointError> {
    let is_in = |id| namespace.is_none_or(|namespace| namespace == cluster.namespace_name(id));
    let has = |own: &Labels| labels.iter().all(|(key, value)| own.get(key) == Some(value));
    let have = |workload: &Workload| labels.iter().all(|(key, value)| workload.has_label(key, value));
    let found: Vec<WorkloadId> = all_workloads(cluster)
        .filter(|(_, workload)| is_in(workload.object.namespace) && have(workload))
        .map(|(id, _)| id)
        .collect();
    if !found.is_empty() {
        return Ok(Found::Workloads(found));
    }
    let presumed = cluster.presumed.iter().position(|pod| is_in(pod.namespace) && has(&pod.labels));
    presumed.map(Found::Presumed).ok_or_else(|| unknown_labels(cluster, namespace, labels, text))
}

fn all_workloads(cluster: &Cluster) -> impl Iterator<Item = (WorkloadId, &Workload)> {
    cluster.workloads.iter().zip(0..).map(|(workload, index)| (WorkloadId(index), &**workload))
}

/// The only one, or none; more are an error that lists them.
fn one<'o, T>(
    found: &'o [T],
    objects: &[&Object],
    names: &Names<'_>,
    text: &str,
) -> Result<Option<&'o T>, EndpointError> {
    match found {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        _ => {
            let candidates = objects.iter().map(|object| names.full(object));
            Err(EndpointError::new(
                format!("`{text}` names {} objects", objects.len()),
                format!("write {}", phrase::list(candidates)),
            ))
        }
    }
}

fn in_scope(cluster: &Cluster, name: &Name, object: &Object) -> bool {
    let namespace = cluster.namespace_name(object.namespace);
    match name {
        Name::Plain(_) => true,
        Name::Scoped(scope, _) => is(scope, namespace) || is_kind(scope, &object.kind),
        Name::Full { namespace: asked, kind, .. } => is(asked, namespace) && is_kind(kind, &object.kind),
    }
}

fn is(asked: &str, name: &str) -> bool {
    asked == "*" || asked == name
}

/// Whether a kind is meant: as written, in any case, plural, or as `kubectl` abbreviates it.
fn is_kind(asked: &str, kind: &str) -> bool {
    let of_workload = || workload_kind(kind).and_then(|it| it.short_name);
    let of_others = || SHORT_NAMES.iter().find(|(_, long)| *long == kind).map(|(short, _)| *short);
    let short = || of_workload().or_else(of_others).is_some_and(|short| asked.eq_ignore_ascii_case(short));
    let plural = || {
        let ending = asked.get(kind.len()..).filter(|ending| matches!(*ending, "s" | "es"));
        ending.is_some() && asked.get(..kind.len()).is_some_and(|stem| stem.eq_ignore_ascii_case(kind))
    };
    asked == "*" || asked.eq_ignore_ascii_case(kind) || short() || plural()
}

fn unknown_name(cluster: &Cluster, names: &Names<'_>, name: &Name, text: &str) -> EndpointError {
    let message = format!("no workload, Service or Ingress of the input is `{text}`");
    let workloads = all_workloads(cluster).map(|(id, workload)| (&workload.object, Some(id)));
    let services = cluster.services.iter().map(|service| (&service.object, None));
    let routes = cluster.backends.iter().map(|backend| (&backend.object, None));
    let scored = workloads.chain(services).chain(routes).filter_map(|(object, id)| {
        let score = distance(cluster, name, object)?;
        Some((score, id.map_or_else(|| names.full(object), |id| names.workload(id))))
    });
    let words = WORDS.iter().filter_map(|word| Some((edits(text, word)?, (*word).to_owned())));
    let mut scored: Vec<(usize, String)> = scored.chain(words).collect();
    // Stable: objects that are equally near keep their order.
    scored.sort_by_key(|(score, _)| *score);
    let mut near: Vec<String> = Vec::new();
    for (_, candidate) in scored {
        if near.len() < SUGGESTIONS && !near.contains(&candidate) {
            near.push(candidate);
        }
    }
    let help = match near.as_slice() {
        [] if cluster.workloads.is_empty() => {
            "the input has no workloads; name the directory that holds them".to_owned()
        }
        [] if asks_for_service(name) => match cluster.services.as_slice() {
            [] => "the input has no Services; name the workload behind it".to_owned(),
            services => format!("Services are {}", phrase::list(services.iter().map(|it| names.full(&it.object)))),
        },
        [] => format!("workloads are {}", phrase::list(all_workloads(cluster).map(|(id, _)| names.workload(id)))),
        [one] => format!("did you mean `{one}`?"),
        several => format!("did you mean one of {}?", phrase::list(several)),
    };
    EndpointError::new(message, help)
}

/// Whether a name says that it is a Service's.
fn asks_for_service(name: &Name) -> bool {
    match name {
        Name::Plain(_) => false,
        Name::Scoped(kind, _) | Name::Full { kind, .. } => kind != "*" && is_kind(kind, "Service"),
    }
}

/// How many slips lead from one word to the other; `None` where nobody would mistake them.
fn edits(typed: &str, known: &str) -> Option<usize> {
    let limit = typed.chars().count().div_ceil(3);
    if typed.chars().count().abs_diff(known.chars().count()) > limit {
        return None;
    }
    let distance = strsim::damerau_levenshtein(&typed.to_lowercase(), &known.to_lowercase());
    Some(distance).filter(|distance| *distance <= limit)
}

/// How far an object's name is from the one that was typed; `None` where nobody would mistake them.
fn distance(cluster: &Cluster, name: &Name, object: &Object) -> Option<usize> {
    let namespace = cluster.namespace_name(object.namespace);
    let typed = name.name();
    let of_name = edits(typed, &object.name).or_else(|| {
        let within = object.name.contains(typed) || typed.contains(object.name.as_str());
        (within && typed.len().min(object.name.len()) > 2).then_some(typed.len())
    })?;
    let of_scope = match name {
        Name::Plain(_) => 0,
        _ if in_scope(cluster, name, object) => 0,
        Name::Scoped(scope, _) | Name::Full { namespace: scope, .. } => {
            edits(scope, namespace).unwrap_or(scope.len()).max(1)
        }
    };
    Some(of_name + of_scope)
}

/// Looks up a namespace.
pub(super) fn namespace(cluster: &Cluster, asked: &str, text: &str) -> Result<NamespaceId, EndpointError> {
    let mut namespaces = cluster.namespaces.iter().zip(0..);
    if let Some((_, index)) = namespaces.find(|(namespace, _)| namespace.name == asked) {
        return Ok(NamespaceId(index));
    }
    let used = cluster.workloads.iter().map(|workload| cluster.namespace_name(workload.object.namespace));
    let mut used: Vec<&str> = used.collect();
    used.dedup();
    let help = match nearest(asked, used.iter().copied()) {
        Some(near) => format!("did you mean `{}`?", text.replacen(asked, near, 1)),
        None => format!("namespaces with workloads are {}", phrase::list(used)),
    };
    Err(EndpointError::new(format!("the input has no namespace `{asked}`"), help))
}

fn unknown_labels(cluster: &Cluster, asked: Option<&str>, labels: &Labels, text: &str) -> EndpointError {
    if let Some(Err(error)) = asked.map(|asked| namespace(cluster, asked, text)) {
        return error;
    }
    let known = cluster.workloads.iter().flat_map(|workload| &workload.pod_labels);
    let mut known: Vec<String> = known.map(|(key, value)| format!("{key}={value}")).collect();
    known.sort();
    known.dedup();
    let wanted = || labels.iter().map(|(key, value)| format!("{key}={value}"));
    let unknown: Vec<String> = wanted().filter(|label| known.binary_search(label).is_err()).collect();
    let near = unknown.first().and_then(|label| nearest(label, known.iter().map(String::as_str)));
    let help = match (unknown.first(), near) {
        (_, Some(near)) => format!("did you mean `{near}`?"),
        (Some(label), None) => format!("no pod template has `{label}`"),
        (None, None) => "each of the labels is in use, but not together".to_owned(),
    };
    let place = asked.map(|namespace| format!(" of `{namespace}`")).unwrap_or_default();
    EndpointError::new(format!("no workload{place} has the labels {}", phrase::list(wanted())), help)
}
