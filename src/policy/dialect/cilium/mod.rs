//! The front end for Cilium's policies: CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy (`cilium.io/v2`), and
//! the kinds that they refer to.
//!
//! An object goes three steps: the schema of its custom resource definition (`fields`), which the API server checks;
//! what Cilium's agent refuses beyond it (`check`); and the typed form ([`CiliumPolicy`]), which says what each entry
//! selects as the agent understands it. Semantics are those of release 1.20.

mod arrangement;
mod check;
pub mod dns;
mod entity;
mod fields;
mod group;
mod icmp;
mod kind;
mod label;
mod lower;
mod peer;
mod places;
mod port;
mod read;
mod redirect;
mod selector;
mod written;

#[cfg(test)]
mod tests;

use crate::schema::field::Field;
use crate::schema::metadata::{self, NameSyntax};
use crate::schema::report::Report;
use crate::schema::{Checked, walk};
use crate::source::Origin;
use crate::yaml::Node;

pub use arrangement::{Enforcement, Options};
pub use entity::{Class, Entity};
pub use group::CidrGroup;
pub use icmp::Family;
pub use kind::Kind;
pub use lower::lower;
pub use port::PortText;
pub(crate) use read::policy;
pub use read::read;
pub use redirect::{Frontend, LocalRedirect};
pub use selector::{Key, LabelSource, Requirement, Scope, Selector};
pub use written::{
    Action, BlockSource, Blocks, CiliumPolicy, Entry, IcmpType, Items, Layer7, Part, Peer, Peers, PortItem,
    PortProtocol, Rule, Service, Subject, ToPorts, Traffic,
};

/// Checks an object of one of Cilium's kinds; `None` for all others.
pub(crate) fn check(node: Node<'_>, kind: &str, version: &str, origin: &Origin) -> Option<Checked> {
    let schema = match (version, kind) {
        ("cilium.io/v2", "CiliumNetworkPolicy" | "CiliumClusterwideNetworkPolicy") => &fields::POLICY,
        ("cilium.io/v2" | "cilium.io/v2alpha1", "CiliumCIDRGroup") => &fields::CIDR_GROUP,
        ("cilium.io/v2", "CiliumLocalRedirectPolicy") => &fields::LOCAL_REDIRECT_POLICY,
        _ => return None,
    };
    let mut report = Report::of_custom(node, kind, origin);
    let object = Field::root(node, schema);
    walk::mapping(&object, schema, &mut report);
    metadata::name(&object, kind, NameSyntax::Subdomain, &mut report);
    // What the API server refuses never reaches the agent.
    if let Some(kind) = Kind::of(kind).filter(|_| !report.is_rejected()) {
        check::policy(&object, kind, &mut report);
    }
    Some(report.finish())
}
