//! Why a connection is permitted or not.

use crate::net::ports::PortSet;
use crate::net::traffic::Traffic;
use crate::net::{Direction, Protocol};
use crate::objects::PolicyId;
use crate::policy::{Action, Combine, RuleRef};
use crate::reach::classes::Kind;
use crate::reach::end::{Endpoint, Remote, is_itself};
use crate::reach::evaluation::{Asked, Side, Walk};
use crate::reach::reachability::Reachability;

/// Why one connection is permitted or not: both sides of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Whether both sides admit it, on a port in common.
    pub allowed: bool,
    /// The egress of the source.
    pub egress: SideExplanation,
    /// The ingress of the destination.
    pub ingress: SideExplanation,
}

/// What one side says of a connection, and by which policies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SideExplanation {
    /// Which side.
    pub direction: Direction,
    /// How it decides.
    pub admission: Admission,
    /// The policies that isolate the pod in this direction.
    pub isolating: Vec<PolicyId>,
    /// The rules that admit the connection. Where a rule before them decides, they do not.
    pub admitting: Vec<RuleRef>,
    /// The rules that deny it.
    pub denying: Vec<RuleRef>,
    /// The rules that leave it to the next stage.
    pub passing: Vec<RuleRef>,
    /// Those of the ports asked for that rules deny; others are denied because no rule admits them.
    pub denied: PortSet,
    /// The rules that admit the far end, but on none of the ports asked for.
    pub other_ports: Vec<RuleRef>,
    /// Those of the ports asked for that this side lets pass.
    pub ports: PortSet,
}

/// How one side decides about a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// No policy speaks: the end is outside the cluster, or the connection is a pod's to itself.
    NotSubject,
    /// The pod is on the network of its node, where policies do not apply.
    HostNetwork,
    /// No policy isolates the pod, and no rule decides.
    NotIsolated,
    /// A rule admits it.
    Admitted,
    /// A rule denies it, or the pod is isolated and no rule admits it.
    Denied,
}

impl SideExplanation {
    fn not_subject(direction: Direction, asked: &PortSet) -> Self {
        Self {
            direction,
            admission: Admission::NotSubject,
            isolating: Vec::new(),
            admitting: Vec::new(),
            denying: Vec::new(),
            passing: Vec::new(),
            denied: PortSet::default(),
            other_ports: Vec::new(),
            ports: asked.clone(),
        }
    }

    /// Whether this side lets the connection pass.
    #[must_use]
    pub fn allows(&self) -> bool {
        self.admission != Admission::Denied
    }
}

impl Reachability {
    /// Why `from` may or may not connect to this port of `to`.
    #[must_use]
    pub fn explain(&self, from: Endpoint, to: Endpoint, protocol: Protocol, port: u16) -> Explanation {
        let asked = PortSet::single(protocol, port);
        if is_itself(from, to) {
            let side = |direction| SideExplanation::not_subject(direction, &asked);
            return Explanation { allowed: true, egress: side(Direction::Egress), ingress: side(Direction::Ingress) };
        }
        self.explain_ports(from, to, &asked)
    }

    /// Why `from` may or may not connect to any of these ports of `to`. The two are different pods, even if they are
    /// pods of one workload.
    #[must_use]
    pub fn explain_ports(&self, from: Endpoint, to: Endpoint, asked: &PortSet) -> Explanation {
        let own = self.explain_alone(from, to, asked);
        let Some(other) = &self.alternative else { return own };
        let allowed = self.ports_between(from, to).meets(asked);
        self.settle_explanation(allowed, [own, other.explain_alone(from, to, asked)])
    }

    fn explain_alone(&self, from: Endpoint, to: Endpoint, asked: &PortSet) -> Explanation {
        let source = self.subject(from, Direction::Egress);
        let egress = self.explain_side(Direction::Egress, source, self.remote(to), asked);
        let ingress = self.explain_side(Direction::Ingress, self.class(to), self.remote(from), asked);
        Explanation { allowed: egress.ports.meets(&ingress.ports), egress, ingress }
    }

    fn explain_side(
        &self,
        direction: Direction,
        subject: Option<u32>,
        remote: Option<Remote>,
        asked: &PortSet,
    ) -> SideExplanation {
        let mut side = SideExplanation::not_subject(direction, asked);
        let (Some(subject), Some(remote)) = (subject, remote) else { return side };
        match self.classes().kind(subject) {
            Kind::Pod | Kind::IngressController => {}
            Kind::HostNetwork => {
                side.admission = Admission::HostNetwork;
                return side;
            }
            Kind::OwnNode | Kind::OtherNode | Kind::ApiServer | Kind::Domain(_) => return side,
        }
        side.isolating = self.isolating_class(subject, direction).collect();
        let place = Side { direction, subject, remote };
        if self.is_free(place) {
            return side;
        }
        if self.resolved.is_plain {
            self.explain_union(&mut side, place, asked);
        } else {
            self.explain_walk(&mut side, place, asked);
        }
        side.admission = if side.ports.is_empty() {
            Admission::Denied
        } else if side.isolating.is_empty() && side.admitting.is_empty() {
            Admission::NotIsolated
        } else {
            Admission::Admitted
        };
        side
    }

    /// Where all rules are allowed to add up: each of them that admits is a cause.
    fn explain_union(&self, side: &mut SideExplanation, place: Side, asked: &PortSet) {
        self.own_rules(place.subject, place.direction, |it| {
            if self.admits(it.rule, place.remote) {
                let is_meant = self.rule_ports(it.rule, place).meets(asked);
                if is_meant { &mut side.admitting } else { &mut side.other_ports }.push(it.id);
            }
        });
        side.ports = self.side(place.direction, place.subject, place.remote).intersection(asked);
    }

    /// Where rules come before others: those are causes that decide something.
    fn explain_walk(&self, side: &mut SideExplanation, place: Side, asked: &PortSet) {
        let rules = self.asked(place);
        let mut walk = Walk::new(Traffic::of_ports(asked.clone())).recording();
        let allows = |it: &&Asked<'_>| it.rule.action == Action::Allow && self.admits(it.rule, place.remote);
        self.through_stages(&mut walk, place, &rules, |number, walk| {
            let mut allowed = PortSet::default();
            for met in walk.met.iter().flatten() {
                match met.action {
                    Action::Allow => {
                        allowed = allowed.union(&met.hit.ports);
                        side.admitting.push(met.rule);
                    }
                    Action::Deny => {
                        side.denied = side.denied.union(&met.hit.ports);
                        side.denying.push(met.rule);
                    }
                    Action::Pass => side.passing.push(met.rule),
                    Action::None => {}
                }
            }
            let stage = self.basis.arrangement.stages.get(number);
            if stage.is_some_and(|stage| stage.combine == Combine::DenyWins) {
                // Each of several that allow the same does.
                let others = rules.iter().filter(|it| it.place.stage == Some(number)).filter(allows);
                let others = others.filter(|it| self.rule_ports(it.rule, place).meets(&allowed)).map(|it| it.id);
                side.admitting.extend(others);
            }
        });
        for causes in [&mut side.admitting, &mut side.denying, &mut side.passing] {
            causes.sort_unstable();
            causes.dedup();
        }
        let others = rules.iter().filter(allows).filter(|it| !self.rule_ports(it.rule, place).meets(asked));
        side.other_ports = others.map(|it| it.id).collect();
        side.ports = self.side(place.direction, place.subject, place.remote).intersection(asked);
    }
}
