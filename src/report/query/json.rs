//! For programs: one JSON object whose shape is frozen by its `schemaVersion`.
//!
//! `verdict` is `allowed`, `denied` or, where pairs differ, `mixed`. `asked` and `ports` are null for every port, and a
//! list like that of `connections` otherwise; an empty one means that nothing is permitted. A side's `admission` is
//! `notSubject`, `hostNetwork`, `notIsolated`, `admitted` or `denied`. `stages` lists those that are asked: the last one
//! decides, or its silence allows. Where nothing tells which of two network plugins the cluster has, there are those of each,
//! with `plugin`. Locations have the shape of those of findings.

use std::io::{self, Write};

use serde::Serialize;

use crate::cluster::Cluster;
use crate::diagnostic;
use crate::objects::PolicyId;
use crate::query::{Answer, Side, Verdict};
use crate::reach::{Admission, Outcome};
use crate::report::endpoint::{JsonEnd, JsonPorts, ports};
use crate::report::findings::json::{JsonLabel, JsonSubject};
use crate::source::{Location, Place, Sources};
use crate::text::json;

pub(super) fn write(answer: &Answer<'_>, out: &mut dyn Write) -> io::Result<()> {
    let [from, to] = &answer.asked;
    let verdict = match answer.verdict() {
        Verdict::Allowed => "allowed",
        Verdict::Denied => "denied",
        Verdict::Mixed => "mixed",
    };
    let head = JsonQuery { from, to };
    write!(out, "{{\"schemaVersion\":1,\"netlint\":\"{}\",\"query\":", env!("CARGO_PKG_VERSION"))?;
    json::write_value(&head, out)?;
    write!(out, ",\"verdict\":\"{verdict}\",\n\"pairs\":[")?;
    write_pairs(answer, out)?;
    write!(out, "],\n\"notes\":")?;
    json::write_value(&answer.notes, out)?;
    writeln!(out, "}}")
}

/// The pairs, without the brackets around them.
pub(crate) fn write_pairs(answer: &Answer<'_>, out: &mut dyn Write) -> io::Result<()> {
    let (cluster, sources) = (answer.analysis.cluster(), answer.analysis.sources());
    let mut separator = "\n";
    for pair in &answer.pairs {
        let [egress, ingress] = answer.explain(pair);
        let places = |side: &Side| {
            let isolating = side.isolating.iter().map(|(_, place)| place);
            let all = isolating.chain(side.admitting.iter().map(|(_, place)| place));
            let all = all.chain(side.stages.iter().filter_map(|stage| stage.rule.as_ref()).map(|(_, place)| place));
            diagnostic::labels(
                all.map(|place: &Place| (Location::from(place.clone()), String::new())).collect(),
                sources,
            )
        };
        let (egress_labels, ingress_labels) = (places(&egress), places(&ingress));
        let (Some(from), Some(to)) = (JsonEnd::new(&pair.from, cluster), JsonEnd::new(&pair.to, cluster)) else {
            continue;
        };
        let item = JsonPair {
            from,
            to,
            verdict: word(pair.is_allowed()),
            asked: ports(&pair.asked),
            ports: ports(&pair.ports),
            same_pod: pair.is_itself,
            egress: JsonSide::new(&egress, &egress_labels, cluster, sources),
            ingress: JsonSide::new(&ingress, &ingress_labels, cluster, sources),
        };
        write!(out, "{separator}")?;
        separator = ",\n";
        json::write_value(&item, out)?;
    }
    Ok(())
}

fn word(allowed: bool) -> &'static str {
    if allowed { "allowed" } else { "denied" }
}

#[derive(Serialize)]
struct JsonQuery<'a> {
    from: &'a str,
    to: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonPair<'a> {
    from: JsonEnd<'a>,
    to: JsonEnd<'a>,
    verdict: &'static str,
    asked: Option<Vec<JsonPorts>>,
    ports: Option<Vec<JsonPorts>>,
    same_pod: bool,
    egress: JsonSide<'a>,
    ingress: JsonSide<'a>,
}

#[derive(Serialize)]
struct JsonSide<'a> {
    verdict: &'static str,
    admission: &'static str,
    ports: Option<Vec<JsonPorts>>,
    reason: &'a str,
    isolating: Vec<JsonIsolation<'a>>,
    admitting: Vec<JsonAdmission<'a>>,
    stages: Vec<JsonStage<'a>>,
}

#[derive(Serialize)]
struct JsonStage<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    plugin: Option<&'static str>,
    name: &'a str,
    outcome: &'static str,
    rule: Option<JsonLabel<'a>>,
}

#[derive(Serialize)]
struct JsonIsolation<'a> {
    policy: JsonSubject<'a>,
    location: JsonLabel<'a>,
}

#[derive(Serialize)]
struct JsonAdmission<'a> {
    policy: JsonSubject<'a>,
    rule: usize,
    location: JsonLabel<'a>,
}

impl<'a> JsonSide<'a> {
    /// `labels` are those of the isolating policies, then those of the admitting rules, then those of the stages.
    fn new(side: &'a Side, labels: &'a [crate::diagnostic::Label], cluster: &'a Cluster, sources: &'a Sources) -> Self {
        let (isolating, labels) = labels.split_at_checked(side.isolating.len()).unwrap_or_default();
        let (admitting, labels) = labels.split_at_checked(side.admitting.len()).unwrap_or_default();
        let mut of_stages = labels.iter();
        let stages = side.stages.iter().map(|stage| JsonStage {
            plugin: stage.plugin,
            name: &stage.name,
            outcome: word_for(stage.outcome),
            rule: stage.rule.as_ref().and_then(|_| of_stages.next()).map(|label| JsonLabel::new(label, sources)),
        });
        let policy = |id: PolicyId| {
            let object = &cluster.policies.get(id.0 as usize)?.object;
            let namespace = Some(cluster.namespace_name(object.namespace));
            Some(JsonSubject { kind: &object.kind, namespace, name: &object.name })
        };
        let isolating = side.isolating.iter().zip(isolating).filter_map(|((id, _), label)| {
            Some(JsonIsolation { policy: policy(*id)?, location: JsonLabel::new(label, sources) })
        });
        let admitting = side.admitting.iter().zip(admitting).filter_map(|((rule, _), label)| {
            let location = JsonLabel::new(label, sources);
            Some(JsonAdmission { policy: policy(rule.policy)?, rule: rule.index, location })
        });
        Self {
            verdict: word(side.allows()),
            admission: match side.admission {
                Admission::NotSubject => "notSubject",
                Admission::HostNetwork => "hostNetwork",
                Admission::NotIsolated => "notIsolated",
                Admission::Admitted => "admitted",
                Admission::Denied => "denied",
            },
            ports: ports(&side.ports),
            reason: &side.reason,
            isolating: isolating.collect(),
            admitting: admitting.collect(),
            stages: stages.collect(),
        }
    }
}

fn word_for(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Allow => "allow",
        Outcome::Deny => "deny",
        Outcome::Pass => "pass",
        Outcome::Silent => "silent",
        Outcome::NotEngaged => "notEngaged",
        Outcome::Maybe => "maybe",
    }
}
