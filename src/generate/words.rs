//! What is said of evidence, and of what people have to look at.

use smol_str::SmolStr;

use crate::analysis::Analysis;
use crate::endpoint::Names;
use crate::facts::evidence::{Client, Doubt, Evidence, Forbidden, Party, Reason, Target, Unopened, Why};
use crate::objects::WorkloadId;
use crate::text::phrase;

/// Words for what was found in a cluster.
pub(super) struct Words<'m> {
    analysis: &'m Analysis,
    names: Names<'m>,
}

impl<'m> Words<'m> {
    /// Those of a cluster.
    pub(super) fn new(analysis: &'m Analysis) -> Self {
        Self { analysis, names: Names::new(analysis.cluster()) }
    }

    /// The name of a workload: with its namespace, where the input has several.
    pub(super) fn name(&self, id: WorkloadId) -> String {
        self.names.workload(id)
    }

    /// What asks for a connection, in one line.
    pub(super) fn evidence(&self, evidence: &Evidence<'_>) -> String {
        let client = match &evidence.client {
            Client::Workload(id) => self.name(*id),
            _ => String::new(),
        };
        match &evidence.reason {
            Reason::Variable(variable) => format!("{client} reads {variable}"),
            Reason::Command(container) => format!("{client} names it on the command line of container {container}"),
            Reason::ConfigMap { name, key, .. } => format!("{client} reads {key} of ConfigMap {name}"),
            Reason::Unread { kind, name, .. } => format!("{client} takes {kind} {name}"),
            Reason::Annotation => match evidence.server {
                Target::Workload(id, _) => format!("an annotation has {} scraped", self.name(id)),
                _ => "an annotation has it scraped".to_owned(),
            },
            Reason::Monitor(monitor) => format!("{} {} has it scraped", monitor.kind, monitor.name),
            Reason::Backend(backend) => format!("{} {} leads to it", backend.object.kind, backend.object.name),
            Reason::Exposed(service) => format!("Service {} is of type {}", service.object.name, service.service_type),
            Reason::Callback(caller) => {
                format!("the API server calls it for {} {}", caller.object.kind, caller.object.name)
            }
            Reason::Binding(binding) => {
                format!("{} {} gives {client} rights in the Kubernetes API", binding.object.kind, binding.object.name)
            }
            Reason::Members { .. } => format!("replicas of {client} talk to one another"),
            Reason::Expectation(expectation) => format!("expected: {}", expectation.statement().replace('`', "")),
            Reason::Tier(tier) => format!("tier {tier} may be reached from the tier of {client}"),
            Reason::Rule { policy, .. } => format!("NetworkPolicy {} allows it", policy.name),
        }
    }

    /// Why no connection was made of a piece of evidence; empty where there is nothing to look at.
    pub(super) fn unopened(&self, Unopened { evidence: it, why }: &Unopened<'_, '_>) -> String {
        let says = self.evidence(it);
        match why {
            Why::Unread => match &it.reason {
                Reason::Unread { variable: Some(variable), .. } => {
                    format!("{says} for {variable}, which is not in the input")
                }
                _ => format!("{says}, which is not in the input"),
            },
            Why::Name(host, port) => {
                let port = port.map(|port| format!(" on TCP {port}")).unwrap_or_default();
                if is_of_cluster(host) {
                    format!("{says}, which names Service {host}{port}, and that is not in the input")
                } else {
                    format!("{says}, which names {host}{port}: a policy can hold addresses, and no names")
                }
            }
            Why::Forbidden(from, to, by) => {
                let (id, from, to) = (*to, self.party(from), self.name(*to));
                let because = match by {
                    Forbidden::Expectation(statement) => {
                        format!("netlint.yaml expects that {}", statement.replace('`', ""))
                    }
                    Forbidden::Tier(tier, source) => format!("tier {tier} is not to be reached from tier {source}"),
                    Forbidden::Frontend => format!("{from} is a frontend and {to} a database{}", self.clue(id)),
                    Forbidden::Everyone => format!("{to} is a database{}", self.clue(id)),
                };
                format!("{says}, but {from} was not let into {to}: {because}")
            }
            Why::HostNetwork(id) => {
                format!("{says}, but {} is on the network of its node, where no policy reaches it", self.name(*id))
            }
            Why::Unlabelled(id) => {
                format!("{says}, but {} has no labels, so that no policy can name it", self.name(*id))
            }
            Why::NoPods => format!("{says}, but the Service selects no pod of the input"),
            Why::NoPort(id) => {
                format!("{says}, but {} does not declare the port that the Service leads to", self.name(*id))
            }
        }
    }

    fn clue(&self, id: WorkloadId) -> String {
        let clue = self.analysis.evidence(id).into_iter().next();
        clue.map(|clue| format!(" ({})", clue.words.replace('`', ""))).unwrap_or_default()
    }

    fn party(&self, party: &Party) -> String {
        match party {
            Party::Workload(id) => self.name(*id),
            Party::AnyPod(_) | Party::Pods(_) => "other pods".to_owned(),
            Party::Addresses(_) | Party::Anyone => "the outside".to_owned(),
        }
    }
}

/// What is not known of a connection.
pub(super) fn doubt(analysis: &Analysis, doubt: Doubt) -> String {
    match doubt {
        Doubt::Port => "nothing says on which port: every port is open".to_owned(),
        Doubt::Controller(namespace) => {
            format!("the ingress controller is not in the input: is it in namespace {namespace}?")
        }
        Doubt::Scraper(namespace) => format!("what scrapes is not in the input: is it in namespace {namespace}?"),
        Doubt::ApiServer => match analysis.config().name() {
            Some(file) => {
                format!("every address is open: write those of the API server to cluster.apiServer of {file}")
            }
            None => {
                "every address is open: write those of the API server to cluster.apiServer of netlint.yaml".to_owned()
            }
        },
        Doubt::SharedConfigMap => "other workloads take this ConfigMap as well: is this one meant?".to_owned(),
    }
}

/// That rules of policies are all that asks for a connection.
pub(super) fn only_policies(keeps: bool) -> String {
    let which = if keeps { "another policy" } else { "a policy that this one replaces" };
    format!("nothing but {which} asks for it")
}

/// That labels do not distinguish workloads.
pub(super) fn same_labels(name: &str, others: &[SmolStr]) -> String {
    format!("these labels are those of {name}, and {} has them as well", phrase::list(others).replace('`', ""))
}

/// Whether a host is one of the cluster by its name: a Service, or one of a namespace.
fn is_of_cluster(host: &str) -> bool {
    !host.contains('.') || host.split('.').any(|label| label == "svc")
}
