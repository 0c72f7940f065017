//! For programs: one JSON object whose shape is frozen by its `schemaVersion`, a line for each workload.

use std::io::{self, Write};

use serde::Serialize;

use super::Listed;
use crate::connections::exposure::{Exposed, Namespaces, Other};
use crate::report::endpoint::{JsonPorts, JsonWorkload, ports};
use crate::text::json;

pub(super) fn write(listed: &Listed<'_>, out: &mut dyn Write) -> io::Result<()> {
    let cluster = listed.connections.analysis.cluster();
    let [shows_sources, shows_destinations] = listed.connections.sides();
    write!(out, "{{\"schemaVersion\":1,\n\"workloads\":[")?;
    let mut separator = "\n";
    for exposure in &listed.exposures.workloads {
        let Some(workload) = cluster.workloads.get(exposure.workload.0 as usize) else { continue };
        write!(out, "{separator}")?;
        separator = ",\n";
        let entries = |exposed: &'_ [Exposed]| exposed.iter().map(JsonExposed::new).collect();
        let item = JsonExposure {
            workload: JsonWorkload::of(workload, cluster),
            host_network: workload.host_network,
            sources: shows_sources.then(|| entries(&exposure.sources)),
            destinations: shows_destinations.then(|| entries(&exposure.destinations)),
        };
        json::write_value(&item, out)?;
    }
    write!(out, "],\n\"notes\":")?;
    json::write_value(&listed.notes().collect::<Vec<_>>(), out)?;
    writeln!(out, "}}")
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonExposure<'a> {
    #[serde(flatten)]
    workload: JsonWorkload<'a>,
    host_network: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    sources: Option<Vec<JsonExposed>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    destinations: Option<Vec<JsonExposed>>,
}

#[derive(Serialize)]
struct JsonExposed {
    end: JsonOther,
    ports: Option<Vec<JsonPorts>>,
    certain: bool,
}

/// `{"pods": …}`, `{"external": […]}`, `{"ingressController": true}`, `{"node": "other"}`, `{"apiServer": true}` or
/// `{"domains": […]}`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum JsonOther {
    Pods { namespaces: JsonNamespaces, labels: Vec<String> },
    External(Vec<String>),
    IngressController(bool),
    Node(&'static str),
    ApiServer(bool),
    Domains([String; 1]),
}

/// `{"every": true}`, `{"named": […]}`, `{"unknown": true}` or `{"labelled": […]}`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum JsonNamespaces {
    Every(bool),
    Named(Vec<String>),
    Unknown(bool),
    Labelled(Vec<String>),
}

impl JsonExposed {
    fn new(exposed: &Exposed) -> Self {
        Self { end: JsonOther::new(&exposed.other), ports: ports(&exposed.ports), certain: exposed.is_certain }
    }
}

impl JsonOther {
    pub(crate) fn new(other: &Other) -> Self {
        match other {
            Other::Pods { namespaces, labels } => {
                let namespaces = match namespaces {
                    Namespaces::Every => JsonNamespaces::Every(true),
                    Namespaces::Known(names) => JsonNamespaces::Named(names.iter().map(ToString::to_string).collect()),
                    Namespaces::Unknown => JsonNamespaces::Unknown(true),
                    Namespaces::Labelled(labels) => JsonNamespaces::Labelled(labels.clone()),
                };
                JsonOther::Pods { namespaces, labels: labels.clone() }
            }
            Other::External(blocks) => JsonOther::External(blocks.iter().map(ToString::to_string).collect()),
            Other::IngressController => JsonOther::IngressController(true),
            Other::Nodes => JsonOther::Node("other"),
            Other::ApiServer => JsonOther::ApiServer(true),
            Other::Domain(name) => JsonOther::Domains([name.to_string()]),
        }
    }
}
