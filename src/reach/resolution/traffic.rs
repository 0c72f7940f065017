//! The traffic that a rule is about, as far as it can be told without the destination.

use std::borrow::Cow;
use std::sync::Arc;

use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::resolver::Resolver;
use crate::net::Protocol;
use crate::net::ports::{PortRange, PortSet};
use crate::net::traffic::Traffic;
use crate::objects::{Match, Service, ServicePort};
use crate::policy::{Peer, PortMatch, Ports, Services};
use crate::reach::bounds::Bounds;
use crate::reach::classes::{ClassSet, Classes, PortName};

/// The traffic of a rule: numbers and names where that is all, which it nearly always is.
#[derive(Debug)]
pub(in crate::reach) struct RuleTraffic {
    /// Whether it is everything.
    pub(in crate::reach) is_all: bool,
    /// Ports by number.
    pub(in crate::reach) ports: PortSet,
    /// Ports by name, resolved on the destination; sorted.
    pub(in crate::reach) named: Vec<PortName>,
    /// What else there is, if any.
    beyond: Option<Box<Expression>>,
}

/// A boolean expression over traffic.
#[derive(Debug)]
enum Expression {
    /// Whatever the destination is.
    Known(Bounds<Traffic>),
    /// The ports that the destination has under a name.
    Named(PortName),
    /// The ports from that one to another.
    NamedRange(PortName, u16),
    /// Something on pods only.
    On(Bounds<Arc<ClassSet>>, Box<Self>),
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Perhaps(Box<Self>),
}

impl RuleTraffic {
    /// Everything.
    pub(in crate::reach) fn all() -> Self {
        Self { is_all: true, ports: PortSet::all(), named: Vec::new(), beyond: None }
    }

    /// Whether it is ports by number and name, or everything.
    pub(in crate::reach) fn is_plain(&self) -> bool {
        self.beyond.is_none()
    }

    /// Whether it is the same whatever the destination is.
    pub(in crate::reach) fn is_the_same_everywhere(&self) -> bool {
        self.named.is_empty() && self.beyond.as_ref().is_none_or(|beyond| beyond.is_the_same_everywhere())
    }

    /// Whether it has ports by name, which depend on the destination.
    pub(in crate::reach) fn has_names(&self) -> bool {
        !self.named.is_empty()
    }

    /// Whether it lists a name.
    pub(in crate::reach) fn names(&self, name: PortName) -> bool {
        self.named.binary_search(&name).is_ok()
    }

    /// The ports on a destination of this class, by number and name; an external destination has no named ports.
    pub(in crate::reach) fn ports_on(&self, destination: Option<u32>, classes: &Classes) -> Cow<'_, PortSet> {
        let Some(class) = destination.filter(|_| !self.named.is_empty()) else { return Cow::Borrowed(&self.ports) };
        let named = ranges(classes.ports_named_by(class, &self.named), 0);
        if named.is_empty() { Cow::Borrowed(&self.ports) } else { Cow::Owned(self.ports.union(&named)) }
    }

    /// All of it on a destination of this class.
    pub(in crate::reach) fn on(&self, destination: Option<u32>, classes: &Classes) -> Bounds<Traffic> {
        if self.is_all {
            return Bounds::exact(Traffic::all());
        }
        let plain = Bounds::exact(Traffic::of_ports(self.ports_on(destination, classes).into_owned()));
        match &self.beyond {
            None => plain,
            Some(beyond) => plain.with(&beyond.on(destination, classes), Traffic::union),
        }
    }
}

/// From each of these ports to the last one.
fn ranges(ports: impl IntoIterator<Item = (Protocol, u16)>, last: u16) -> PortSet {
    let range = |(protocol, port)| PortRange { protocol, first: port, last: last.max(port) };
    PortSet::from_ranges(ports.into_iter().map(range))
}

impl Expression {
    fn is_the_same_everywhere(&self) -> bool {
        match self {
            Self::Known(_) => true,
            Self::Named(..) | Self::NamedRange(..) | Self::On(..) => false,
            Self::All(several) | Self::Any(several) => several.iter().all(Self::is_the_same_everywhere),
            Self::Not(one) | Self::Perhaps(one) => one.is_the_same_everywhere(),
        }
    }

    fn on(&self, destination: Option<u32>, classes: &Classes) -> Bounds<Traffic> {
        match self {
            Self::Known(known) => known.clone(),
            Self::Named(name) => {
                let ports = destination.map(|class| ranges(classes.named_ports(class, *name), 0));
                Bounds::exact(Traffic::of_ports(ports.unwrap_or_default()))
            }
            Self::NamedRange(name, last) => {
                let ports = destination.map(|class| ranges(classes.named_ports(class, *name), *last));
                Bounds::exact(Traffic::of_ports(ports.unwrap_or_default()))
            }
            Self::On(pods, one) => {
                let is_among = destination.map_or_else(Bounds::default, |class| pods.has(class));
                let traffic = if is_among.most { one.on(destination, classes) } else { Bounds::default() };
                if is_among.least { traffic } else { Bounds::perhaps(traffic.most) }
            }
            Self::All(several) => {
                let each = several.iter().map(|one| one.on(destination, classes));
                each.fold(Bounds::exact(Traffic::all()), |sum, one| sum.with(&one, Traffic::intersection))
            }
            Self::Any(several) => {
                let each = several.iter().map(|one| one.on(destination, classes));
                each.fold(Bounds::default(), |sum, one| sum.with(&one, Traffic::union))
            }
            Self::Not(one) => one.on(destination, classes).negated(Traffic::complement),
            Self::Perhaps(one) => Bounds::perhaps(one.on(destination, classes).most),
        }
    }
}

impl Resolver<'_> {
    pub(in crate::reach) fn traffic(&mut self, ports: &Ports) -> RuleTraffic {
        let Ports::Of(ports) = ports else { return RuleTraffic::all() };
        let mut traffic = RuleTraffic { is_all: false, ports: PortSet::default(), named: Vec::new(), beyond: None };
        let (mut ranges, mut beyond) = (Vec::new(), Vec::new());
        for port in ports {
            match (port.range(), port) {
                (Some((protocol, first, last)), _) => ranges.push(PortRange { protocol, first, last }),
                (None, PortMatch::Named { protocol, name }) => traffic.named.extend(self.port_name(name, *protocol)),
                (None, PortMatch::Invalid) => {}
                (None, PortMatch::Everything) => traffic.is_all = true,
                (None, other) => beyond.push(self.expression(other)),
            }
        }
        traffic.named.sort_unstable();
        traffic.named.dedup();
        traffic.ports = if traffic.is_all { PortSet::all() } else { PortSet::from_ranges(ranges) };
        traffic.beyond = (!beyond.is_empty()).then(|| Box::new(Expression::Any(beyond)));
        traffic
    }

    fn expression(&mut self, port: &PortMatch) -> Expression {
        let known = |traffic: Traffic| Expression::Known(Bounds::exact(traffic));
        let mut each = |several: &[PortMatch]| several.iter().map(|one| self.expression(one)).collect();
        match port {
            PortMatch::Protocol(_) | PortMatch::Range { .. } | PortMatch::Invalid => {
                let range = port.range().map(|(protocol, first, last)| PortSet::range(protocol, first, last));
                known(Traffic::of_ports(range.unwrap_or_default()))
            }
            PortMatch::Named { protocol, name } => self.named(name, *protocol),
            PortMatch::NamedRange { protocol, name, last } => match self.port_name(name, *protocol) {
                Some(name) => Expression::NamedRange(name, *last),
                None => known(Traffic::default()),
            },
            PortMatch::Everything => known(Traffic::all()),
            PortMatch::Icmp(messages) => known(Traffic::of_icmp(*messages)),
            PortMatch::Portless(number) => known(Traffic::of_protocol(*number)),
            PortMatch::AnyPortless => known(Traffic::any_portless()),
            PortMatch::TargetPorts(services) => self.target_ports(services),
            PortMatch::Perhaps(one) => Expression::Perhaps(Box::new(self.expression(one))),
            PortMatch::All(several) => Expression::All(each(several)),
            PortMatch::Any(several) => Expression::Any(each(several)),
            PortMatch::Not(one) => Expression::Not(Box::new(self.expression(one))),
        }
    }

    fn port_name(&self, name: &str, protocol: Option<Protocol>) -> Option<PortName> {
        Some((self.universe.classes.vocabulary.port_name(name)?, protocol))
    }

    fn named(&self, name: &str, protocol: Option<Protocol>) -> Expression {
        match self.port_name(name, protocol) {
            Some(name) => Expression::Named(name),
            None => Expression::Known(Bounds::exact(Traffic::default())),
        }
    }

    /// Each port on the pods behind its Service. Behind one that selects none is somebody, on ports that nobody knows.
    fn target_ports(&mut self, services: &Services) -> Expression {
        let mut each = Vec::new();
        let meant = self.meant(services);
        if meant.is_empty() && *services.missing != Peer::Invalid {
            return Expression::Known(Bounds::perhaps(Traffic::of_ports(PortSet::all())));
        }
        for (service, pods, is_meant) in meant {
            let of_service = match service.selector {
                Some(_) => Expression::On(self.pods(pods), Box::new(Expression::Any(self.targets(service)))),
                None => Expression::Known(Bounds::perhaps(Traffic::of_ports(PortSet::all()))),
            };
            each.push(match is_meant {
                Match::Yes => of_service,
                Match::Unknown | Match::No => Expression::Perhaps(Box::new(of_service)),
            });
        }
        Expression::Any(each)
    }

    fn targets(&self, service: &Service) -> Vec<Expression> {
        let target = |port: &ServicePort| match &port.target_port {
            IntOrString::Int(number) => {
                let number = u16::try_from(*number).ok().filter(|&number| number > 0);
                let ports = number.map(|number| PortSet::single(port.protocol, number)).unwrap_or_default();
                Expression::Known(Bounds::exact(Traffic::of_ports(ports)))
            }
            IntOrString::String(name) => self.named(name, Some(port.protocol)),
        };
        service.ports.iter().map(target).collect()
    }
}
