//! What those are called who are not in the input.

use std::borrow::Cow;

use crate::connections::exposure::{Exposed, Namespaces, Other};
use crate::net::address::AddressSet;
use crate::net::ports::PortSet;
use crate::objects::NAME_LABEL;
use crate::text::phrase;

/// Others with their name in a report.
#[derive(Debug)]
pub(crate) struct Named<'e> {
    pub(crate) name: Cow<'static, str>,
    pub(crate) who: Who,
    pub(crate) ports: &'e PortSet,
    pub(crate) is_certain: bool,
}

/// What kind of others they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    Anyone,
    Pods,
    Outside,
    /// Nodes and the API server.
    Cluster,
}

impl Who {
    fn of(other: &Other) -> Self {
        match other {
            Other::Pods { .. } => Self::Pods,
            Other::External(_) | Other::IngressController | Other::Domain(_) => Self::Outside,
            Other::Nodes | Other::ApiServer => Self::Cluster,
        }
    }

    /// Its name for programs.
    pub(crate) fn keyword(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::Pods => "pods",
            Self::Outside => "outside",
            Self::Cluster => "cluster",
        }
    }
}

impl Named<'_> {
    /// The ports, and whether they are certain.
    pub(crate) fn ports(&self) -> String {
        let perhaps = if self.is_certain { "" } else { " (not certain)" };
        format!("{}{perhaps}", self.ports)
    }
}

/// Names them. Where everyone may do the same, that is one entry.
pub(crate) fn named(exposed: &[Exposed]) -> Vec<Named<'_>> {
    let open = exposed.iter().find(|it| is_any_pod(&it.other)).map(|any_pod| &any_pod.ports);
    let open = open.filter(|ports| {
        let is_open = |is_it: fn(&Other) -> bool| exposed.iter().any(|it| is_it(&it.other) && it.ports == **ports);
        is_open(is_whole_outside) && is_open(|it| *it == Other::Nodes) && is_open(|it| *it == Other::ApiServer)
    });
    let is_implied = |it: &&Exposed| open.is_some_and(|open| open.is_superset(&it.ports));
    let anyone = open.map(|ports| {
        let is_certain = exposed.iter().filter(is_implied).all(|it| it.is_certain);
        Named { name: Cow::Borrowed("anyone"), who: Who::Anyone, ports, is_certain }
    });
    let rest = exposed.iter().filter(|it| !is_implied(it));
    let rest = rest.map(|it| Named {
        name: name(&it.other),
        who: Who::of(&it.other),
        ports: &it.ports,
        is_certain: it.is_certain,
    });
    anyone.into_iter().chain(rest).collect()
}

pub(crate) fn is_any_pod(other: &Other) -> bool {
    matches!(other, Other::Pods { namespaces: Namespaces::Every, labels } if labels.is_empty())
}

pub(crate) fn is_whole_outside(other: &Other) -> bool {
    matches!(other, Other::External(blocks) if AddressSet::from_blocks(blocks) == AddressSet::all())
}

/// What others are called.
pub(crate) fn name(other: &Other) -> Cow<'static, str> {
    match other {
        Other::Pods { namespaces, labels } => {
            let pods = match labels.as_slice() {
                [] => "any pod".to_owned(),
                labels => format!("pods labelled {}", labels.join(", ")),
            };
            format!("{pods}{}", of_namespaces(namespaces)).into()
        }
        Other::External(_) if is_whole_outside(other) => "any address outside the cluster".into(),
        Other::External(blocks) => blocks.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ").into(),
        Other::IngressController => "the ingress controller".into(),
        Other::Nodes => "nodes and pods on their network".into(),
        Other::ApiServer => "the API server".into(),
        Other::Domain(name) => name.to_string().into(),
    }
}

fn of_namespaces(namespaces: &Namespaces) -> String {
    match namespaces {
        Namespaces::Every => String::new(),
        Namespaces::Known(names) => format!(" of {}", phrase::enumerate(names.iter().map(ToString::to_string))),
        Namespaces::Unknown => " of namespaces not in the input".to_owned(),
        Namespaces::Labelled(labels) => match labels.as_slice() {
            [label] if let Some(name) = label.strip_prefix(NAME_LABEL).and_then(|it| it.strip_prefix('=')) => {
                format!(" of {name} (not in the input)")
            }
            labels => format!(" of namespaces not in the input labelled {}", labels.join(", ")),
        },
    }
}
