//! CiliumLocalRedirectPolicy: traffic to an address or a Service goes to a pod of the own node instead. A node-local DNS
//! cache is reached so, past the DNS proxy.

use std::net::IpAddr;

use smol_str::SmolStr;

use super::selector::{LabelSource, Selector};
use crate::net::Protocol;
use crate::objects::Object;
use crate::objects::metadata::text_of;
use crate::yaml::Node;

/// A CiliumLocalRedirectPolicy.
#[derive(Clone, Debug)]
pub struct LocalRedirect {
    /// Its name and place.
    pub object: Object,
    /// What is redirected.
    pub frontend: Frontend,
    /// The ports of the frontend; empty where all of a Service are meant.
    pub ports: Vec<(Protocol, u16)>,
    /// The pods that take the traffic, of the policy's namespace.
    pub backend: Selector,
}

/// What a CiliumLocalRedirectPolicy redirects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frontend {
    /// An address.
    Address(IpAddr),
    /// A Service.
    Service {
        /// Its namespace, which is that of the policy.
        namespace: SmolStr,
        /// Its name.
        name: SmolStr,
    },
}

impl LocalRedirect {
    /// Reads a policy; `None` where it redirects nothing.
    #[must_use]
    pub fn read(node: Node<'_>, object: Object) -> Option<Self> {
        let [frontend, backend] = node.get("spec")?.get_all(["redirectFrontend", "redirectBackend"]);
        let [address, service] = frontend?.get_all(["addressMatcher", "serviceMatcher"]);
        let ports = address.or(service)?.get("toPorts").into_iter().flat_map(|it| it.items()).filter_map(port);
        let frontend = match (address, service) {
            (Some(address), _) => Frontend::Address(address.get("ip")?.as_str()?.trim().parse().ok()?),
            (None, Some(service)) => {
                Frontend::Service { namespace: text_of(service, "namespace")?, name: text_of(service, "serviceName")? }
            }
            (None, None) => return None,
        };
        let backend = Selector::read(backend?.get("localEndpointSelector")?, &LabelSource::Any);
        Some(Self { object, frontend, ports: ports.collect(), backend })
    }

    /// Whether it redirects DNS.
    #[must_use]
    pub fn redirects_dns(&self) -> bool {
        self.ports.is_empty() || self.ports.iter().any(|(_, port)| *port == 53)
    }
}

fn port(node: Node<'_>) -> Option<(Protocol, u16)> {
    let [port, protocol] = node.get_all(["port", "protocol"]);
    Some((Protocol::parse(protocol?.as_str()?)?, port?.as_str()?.parse().ok()?))
}
