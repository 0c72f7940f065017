//! Services as peers.

use smol_str::SmolStr;

use super::Selector;
use crate::objects::{self, NAME_LABEL, Operator, Requirement};
use crate::policy::dialect::cilium::written::Service;
use crate::policy::{NamespaceSet, Peer, Services, WhichServices};

/// The pods behind a Service. Where the input has no such Service, the cluster may have one, with any pods and addresses
/// behind it; where it has none either, an entry without other peers opens its ports to everyone.
pub(super) fn peer(service: &Service) -> Peer {
    let (which, namespace) = match service {
        Service::Named { name, namespace } => (WhichServices::Named(name.clone()), namespace),
        Service::Selected { selector, namespace } => (WhichServices::Matching(labels(selector)), namespace),
    };
    let namespaces = match namespace {
        Some(name) => NamespaceSet::Matching(objects::Selector::new(vec![is(NAME_LABEL, vec![name.clone()])])),
        None => NamespaceSet::every(),
    };
    let missing = Box::new(Peer::Perhaps(Box::new(Peer::Everyone)));
    Peer::Services(Box::new(Services { namespaces, which, missing }))
}

/// Whether it selects by labels that no Service can have.
pub(super) fn is_never(service: &Service) -> bool {
    matches!(service, Service::Selected { selector, .. } if !labels(selector).is_satisfiable())
}

/// What a selector asks of the labels of Services, which are all of Kubernetes.
fn labels(selector: &Selector) -> objects::Selector {
    let requirements = selector.requirements.iter().filter_map(|it| match it.key.may_be_of_kubernetes() {
        true => Some(Requirement { key: it.key.name.clone(), operator: it.operator.clone() }),
        // No Service has it.
        false => (!it.operator.holds(None)).then(|| is("", Vec::new())),
    });
    objects::Selector::new(requirements.collect())
}

fn is(key: &str, values: Vec<SmolStr>) -> Requirement {
    Requirement { key: key.into(), operator: Operator::In(values) }
}
