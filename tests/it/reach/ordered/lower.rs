//! A world as the engine reads it: its policies as a front end would lower them.

use netlint::analysis::{Analysis, Options};
use netlint::cluster::Cluster;
use netlint::net::Protocol::Tcp;
use netlint::objects::{Labels, NAME_LABEL, NamespaceId, Operator, Requirement, Selector, WorkloadId};
use netlint::policy::{
    self, Arrangement, Engagement, Join, NamespaceSet, Order, Peer, Peers, PodSet, PolicyObject, PortMatch, Ports,
    Silence, StageName, TieOrder, Ties,
};
use netlint::reach::Endpoint;

use super::world::{Action, Combine, End, Engages, Namespaces, Pods, Port, Rule, Stage, Who, World};

/// What all worlds are made of.
pub(super) struct Material {
    cluster: Cluster,
    /// Those of a world, among the others that every cluster has.
    namespaces: [NamespaceId; 2],
    policy: PolicyObject,
}

impl Material {
    pub(super) fn new() -> Self {
        let mut text = String::new();
        for name in ["n0", "n1"] {
            text += &format!("---\n{{apiVersion: v1, kind: Namespace, metadata: {{name: {name}}}}}\n");
        }
        for name in ["p0", "p1", "p2"] {
            text += &format!(
                "---\n{{apiVersion: v1, kind: Pod, metadata: {{name: {name}, namespace: n0}}, spec: {{containers: [{{name: c}}]}}}}\n"
            );
        }
        text += "---\n{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p, namespace: n0}, spec: {podSelector: {}}}\n";
        let analysis = Analysis::from_texts(&[("world.yaml", &text)], &Options::default());
        let mut cluster = analysis.cluster().clone();
        let policy = *cluster.policies.remove(0);
        assert_eq!(cluster.workloads.len(), 3);
        let place = |name: &str| cluster.namespaces.iter().position(|namespace| namespace.name == name).unwrap();
        let namespaces = ["n0", "n1"].map(|name| NamespaceId(place(name) as u32));
        Self { cluster, namespaces, policy }
    }

    pub(super) fn lower(&self, world: &World) -> Cluster {
        let mut cluster = self.cluster.clone();
        cluster.arrangement = Arrangement {
            stages: world.stages.iter().zip(0..).map(|(stage, place)| lower_stage(stage, place)).collect(),
            joins: (0..world.stages.len()).map(|place| Join::new(stage_name(place), place)).collect(),
            ..Arrangement::default()
        };
        for (id, team) in self.namespaces.iter().zip(&world.teams) {
            let namespace = &mut cluster.namespaces[id.0 as usize];
            let name = (NAME_LABEL.into(), namespace.name.as_str().into());
            let label = team.flatten().map(|team| ("team".into(), String::from(team).into()));
            namespace.labels = Labels::from_iter([name].into_iter().chain(label));
            namespace.manifest = namespace.manifest.take().filter(|_| team.is_some());
        }
        for (workload, pod) in cluster.workloads.iter_mut().zip(&world.pods) {
            workload.object.namespace = self.namespaces[pod.namespace];
            workload.pod_labels = Labels::from_iter(pod.app.map(|app| ("app".into(), String::from(app).into())));
        }
        cluster.policies = world.policies.iter().map(|policy| Box::new(self.lower_policy(policy))).collect();
        cluster
    }

    fn lower_policy(&self, policy: &super::world::Policy) -> PolicyObject {
        let [ingress, egress] = &policy.rules;
        let [engages_ingress, engages_egress] = policy.engages.each_ref().map(|it| self.engagement(it));
        let lowered = policy::Policy {
            stage: stage_name(policy.stage),
            order: policy.order.map_or(Order::LAST, |order| Order::at(order.into())),
            subject: self.pod_set(&policy.subject),
            engages_ingress,
            engages_egress,
            ingress: ingress.iter().map(|it| self.rule(it)).collect(),
            egress: egress.iter().map(|it| self.rule(it)).collect(),
        };
        let mut object = PolicyObject { policy: lowered, ..self.policy.clone() };
        object.object.name = String::from(policy.name).into();
        object.object.namespace = NamespaceId::CLUSTER;
        object
    }

    fn engagement(&self, engages: &Engages) -> Engagement {
        match engages {
            Engages::Ignored => Engagement::Ignored,
            Engages::No => Engagement::Matches,
            Engages::Yes => Engagement::Engages,
            Engages::Some(pods) => Engagement::EngagesSome(Box::new(self.pod_set(pods))),
        }
    }

    fn rule(&self, rule: &Rule) -> policy::Rule {
        let action = match rule.action {
            Action::Allow => policy::Action::Allow,
            Action::Deny => policy::Action::Deny,
            Action::Pass => policy::Action::Pass,
            Action::None => policy::Action::None,
        };
        let peers = rule.peers.as_ref();
        let ports = rule.ports.as_ref();
        policy::Rule {
            subject: rule.subject.as_ref().map(|who| Box::new(self.peer(who))),
            ..policy::Rule::new(
                action,
                peers.map_or(Peers::Everyone, |peers| Peers::Of(peers.iter().map(|it| self.peer(it)).collect())),
                ports.map_or(Ports::All, |ports| Ports::Of(ports.iter().map(port).collect())),
            )
        }
    }

    fn peer(&self, who: &Who) -> Peer {
        match who {
            Who::Pods(pods) => Peer::Pods(self.pod_set(pods)),
            Who::Block => Peer::Block { cidr: "192.0.2.0/24".parse().unwrap(), except: Vec::new() },
            Who::Everyone => Peer::Everyone,
            Who::Perhaps(one) => Peer::Perhaps(Box::new(self.peer(one))),
            Who::Not(one) => Peer::Not(Box::new(self.peer(one))),
            Who::All(both) => Peer::All(both.iter().map(|it| self.peer(it)).collect()),
        }
    }

    fn pod_set(&self, pods: &Pods) -> PodSet {
        let selector = |key: &str, operator| Selector::new(vec![Requirement { key: key.into(), operator }]);
        let is = |value: char| Operator::In(vec![String::from(value).into()]);
        let namespaces = match pods.namespaces {
            Namespaces::One(place) => NamespaceSet::One(self.namespaces[place]),
            Namespaces::Every => NamespaceSet::every(),
            Namespaces::Team(team) => NamespaceSet::Matching(selector("team", is(team))),
            Namespaces::NoTeam => NamespaceSet::Matching(selector("team", Operator::DoesNotExist)),
        };
        PodSet::new(namespaces, pods.app.map_or_else(Selector::default, |app| selector("app", is(app))))
    }
}

/// An end as the engine knows it.
pub(super) fn endpoint(end: End) -> Endpoint {
    match end {
        End::Pod(place) => Endpoint::Workload(WorkloadId(place as u32)),
        End::Unknown => Endpoint::UnknownNamespace,
        End::Address(address) => Endpoint::External(address.into()),
    }
}

fn stage_name(place: usize) -> StageName {
    StageName::Tier(place.to_string().into())
}

fn lower_stage(stage: &Stage, place: usize) -> policy::Stage {
    policy::Stage {
        combine: match stage.combine {
            Combine::FirstMatch => policy::Combine::FirstMatch,
            Combine::DenyWins => policy::Combine::DenyWins,
        },
        on_silence: if stage.denies_silence { Silence::Deny } else { Silence::Next },
        engages_all: stage.engages_all,
        ties: Ties { order: TieOrder::Name, certain: stage.ties_are_certain },
        ..policy::Stage::new(place.to_string())
    }
}

fn port(port: &Port) -> PortMatch {
    let exact = PortMatch::Range { protocol: Tcp, first: port.number, last: port.number };
    if port.is_maybe { PortMatch::Perhaps(Box::new(exact)) } else { exact }
}
