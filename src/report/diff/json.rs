//! For programs: one JSON object whose shape is frozen by its `schemaVersion`.
//!
//! Ends and ports are those of `netlint connections`. `change` is `opened`, `closed` or `changed`; `workload` is there
//! where an end is `added` or `removed`, `cluster` where the input holds several. `certain` is false where the change
//! depends on what the input does not show. Causes are places of findings with the state that they are in.

use std::io::{self, Write};

use serde::Serialize;

use crate::diff::{
    Change, ClusterDifference, End, ExposureChange, IsolationChange, Located, ObjectName, Presence, Review, Silenced,
    State, WorkloadName,
};
use crate::report::diff::words;
use crate::report::endpoint::{JsonEnd, JsonPorts, JsonWorkload, ports};
use crate::report::exposure::JsonOther;
use crate::report::findings::Options;
use crate::report::findings::json::{JsonFinding, JsonLabel};
use crate::text::json;

pub(super) fn write(review: &Review<'_>, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let states = &review.states;
    write!(out, "{{\"schemaVersion\":1,\n\"base\":")?;
    json::write_value(&JsonState::new(&states.base), out)?;
    write!(out, ",\"head\":")?;
    json::write_value(&JsonState::new(&states.head), out)?;
    let each = || review.clusters.iter();
    let changes = each().flat_map(|cluster| cluster.difference.changes.iter().map(move |it| (cluster, it)));
    list(out, ",\n\"changes\":[", changes.map(|(cluster, change)| JsonChange::new(change, cluster, review)))?;
    let workloads =
        |missing: fn(&ClusterDifference) -> &Vec<WorkloadName>| each().flat_map(missing).map(JsonWorkload::named);
    list(out, ",\n\"workloads\":{\"added\":[", workloads(|it| &it.difference.workloads.head))?;
    list(out, ",\"removed\":[", workloads(|it| &it.difference.workloads.base))?;
    let policies = |missing: fn(&ClusterDifference) -> &Vec<ObjectName>| each().flat_map(missing).map(JsonObject::new);
    list(out, "},\n\"policies\":{\"added\":[", policies(|it| &it.difference.policies.head))?;
    list(out, ",\"removed\":[", policies(|it| &it.difference.policies.base))?;
    let isolation = each().flat_map(|cluster| cluster.difference.isolation.iter().map(move |it| (cluster, it)));
    list(out, "},\n\"isolation\":[", isolation.filter_map(|(cluster, it)| JsonIsolation::new(it, cluster, review)))?;
    let exposure = each().flat_map(|cluster| cluster.difference.exposure.iter().map(move |it| (cluster, it)));
    list(out, ",\n\"exposure\":[", exposure.filter_map(|(cluster, it)| JsonExposure::new(it, cluster, review)))?;
    let sources = review.sources;
    list(out, ",\n\"findings\":{\"new\":[", review.new.iter().map(|it| JsonFinding::new(it, sources.head, options)))?;
    list(out, ",\"gone\":[", review.gone.iter().map(|it| JsonFinding::new(it, sources.base, options)))?;
    list(out, "},\n\"silenced\":[", review.silenced.iter().map(|it| JsonSilenced::new(it, review)))?;
    let unseen = each().flat_map(ClusterDifference::unseen).map(|cause| words::with_place(cause, review));
    list(out, ",\n\"notes\":[", unseen.chain(review.notes.iter().cloned()))?;
    writeln!(out, "}}")
}

/// Writes what comes before a list, and the list with a line for each item.
fn list<T: Serialize>(out: &mut dyn Write, before: &str, items: impl Iterator<Item = T>) -> io::Result<()> {
    write!(out, "{before}")?;
    let mut separator = "\n";
    for item in items {
        write!(out, "{separator}")?;
        separator = ",\n";
        json::write_value(&item, out)?;
    }
    write!(out, "]")
}

#[derive(Serialize)]
struct JsonState<'a> {
    r#ref: Option<&'a str>,
    workloads: usize,
    policies: usize,
}

impl<'a> JsonState<'a> {
    fn new(state: &'a State) -> Self {
        let State { reference, workloads, policies } = state;
        Self { r#ref: reference.as_deref(), workloads: *workloads, policies: *policies }
    }
}

#[derive(Serialize)]
struct JsonChange<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster: Option<&'a str>,
    change: &'static str,
    from: JsonEnd<'a>,
    to: JsonEnd<'a>,
    base: Option<Vec<JsonPorts>>,
    head: Option<Vec<JsonPorts>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    workload: Option<&'static str>,
    certain: bool,
    causes: Vec<JsonCause<'a>>,
}

impl<'a> JsonChange<'a> {
    fn new(change: &'a Change, cluster: &'a ClusterDifference, review: &'a Review<'_>) -> Self {
        Self {
            cluster: cluster.name.as_deref(),
            change: words::kind(change.kind()),
            from: JsonEnd::of_change(&change.from),
            to: JsonEnd::of_change(&change.to),
            base: ports(&change.base),
            head: ports(&change.head),
            workload: change.presence.map(|presence| match presence {
                Presence::Added => "added",
                Presence::Removed => "removed",
            }),
            certain: change.is_certain,
            causes: cluster.causes_of(change).map(|cause| JsonCause::new(cause, review)).collect(),
        }
    }
}

#[derive(Serialize)]
struct JsonCause<'a> {
    side: &'static str,
    #[serde(flatten)]
    label: JsonLabel<'a>,
}

impl<'a> JsonCause<'a> {
    fn new(cause: &'a Located, review: &'a Review<'_>) -> Self {
        Self { side: cause.side.name(), label: JsonLabel::new(&cause.label, review.sources.of(cause.side)) }
    }
}

#[derive(Serialize)]
struct JsonObject<'a> {
    namespace: Option<&'a str>,
    kind: &'a str,
    name: &'a str,
}

impl<'a> JsonObject<'a> {
    fn new(name: &'a ObjectName) -> Self {
        Self { namespace: name.namespace.as_deref(), kind: &name.kind, name: &name.name }
    }
}

#[derive(Serialize)]
struct JsonIsolation<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster: Option<&'a str>,
    workload: JsonWorkload<'a>,
    direction: &'static str,
    change: &'static str,
    causes: Vec<JsonCause<'a>>,
}

impl<'a> JsonIsolation<'a> {
    fn new(change: &'a IsolationChange, cluster: &'a ClusterDifference, review: &'a Review<'_>) -> Option<Self> {
        let End::Workload(name) = &*change.workload else { return None };
        let causes = change.causes.iter().filter_map(|id| cluster.causes.get(id.0));
        Some(Self {
            cluster: cluster.name.as_deref(),
            workload: JsonWorkload::named(name),
            direction: change.direction.field(),
            change: if change.is_gained { "gained" } else { "lost" },
            causes: causes.map(|cause| JsonCause::new(cause, review)).collect(),
        })
    }
}

/// `direction` is `ingress` where the end, which is that of `netlint connections --exposure`, connects to the workload.
#[derive(Serialize)]
struct JsonExposure<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster: Option<&'a str>,
    workload: JsonWorkload<'a>,
    direction: &'static str,
    change: &'static str,
    end: JsonOther,
    base: Option<Vec<JsonPorts>>,
    head: Option<Vec<JsonPorts>>,
    certain: bool,
    causes: Vec<JsonCause<'a>>,
}

impl<'a> JsonExposure<'a> {
    fn new(change: &'a ExposureChange, cluster: &'a ClusterDifference, review: &'a Review<'_>) -> Option<Self> {
        let End::Workload(name) = &*change.workload else { return None };
        let causes = change.causes.iter().filter_map(|id| cluster.causes.get(id.0));
        Some(Self {
            cluster: cluster.name.as_deref(),
            workload: JsonWorkload::named(name),
            direction: change.direction.field(),
            change: words::kind(change.kind()),
            end: JsonOther::new(&change.other),
            base: ports(&change.base),
            head: ports(&change.head),
            certain: change.is_certain,
            causes: causes.map(|cause| JsonCause::new(cause, review)).collect(),
        })
    }
}

#[derive(Serialize)]
struct JsonSilenced<'a> {
    by: &'static str,
    message: &'a str,
    location: Option<JsonLabel<'a>>,
}

impl<'a> JsonSilenced<'a> {
    fn new(silenced: &'a Silenced, review: &'a Review<'_>) -> Self {
        let location = silenced.label.as_ref().map(|label| JsonLabel::new(label, review.sources.head));
        Self { by: silenced.by.name(), message: &silenced.message, location }
    }
}
