//! What the API server would reject or drop without a word.
//!
//! The API's types are tables here ([`Schema`]), which a test compares with the published ones. `walk` goes through
//! an object beside its table and reports values of a wrong type (`mismatch`), fields that do not exist (`unknown`)
//! and values that break a syntax (`syntax`, `cidr`). What must hold between fields is beside the tables, in the
//! words of the API's own validation: `metadata`, `selector`, `policy`, `service`, `ingress`, `workload`.
//!
//! Two things are let be. A value that a tool has yet to fill in (`${NAME}`) is not judged. And a manifest may be
//! one layer of several, such as a kustomize patch: what is merely absent is reported only where no layer could
//! bring it, inside the items of a list or a peer.

mod ingress;
mod service;
mod settings;
mod workload;

#[cfg(test)]
mod tests;

use crate::policy::dialect::{admin, calico, cilium, network_policy};
use crate::schema::field::Field;
use crate::schema::metadata::{self, NameSyntax};
use crate::schema::report::Report;
use crate::schema::table::Schema;
use crate::schema::{Checked, walk};
use crate::source::Origin;
use crate::yaml::Node;

/// Checks an object of a kind and version that a cluster serves; nothing is said of any other.
pub(super) fn check(node: Node<'_>, kind: &str, version: &str, origin: &Origin) -> Checked {
    if let Some(checked) = cilium::check(node, kind, version, origin) {
        return checked;
    }
    let mut report = Report::new(node, kind, origin);
    if ["policy.networking.k8s.io/", "projectcalico.org/"].iter().any(|group| version.contains(group)) {
        report = report.blaming_unknown_fields();
    }
    if let Some((schema, name_syntax)) = table(kind, version) {
        let object = Field::root(node, schema);
        walk::mapping(&object, schema, &mut report);
        metadata::name(&object, kind, name_syntax, &mut report);
    }
    report.finish()
}

fn table(kind: &str, version: &str) -> Option<(&'static Schema, NameSyntax)> {
    let schema = match (version, kind) {
        ("networking.k8s.io/v1", "NetworkPolicy") => &network_policy::fields::NETWORK_POLICY,
        ("policy.networking.k8s.io/v1beta1" | "policy.networking.k8s.io/v1alpha2", "ClusterNetworkPolicy") => {
            &admin::fields::CLUSTER_NETWORK_POLICY
        }
        ("policy.networking.k8s.io/v1alpha1", "AdminNetworkPolicy") => &admin::fields::ADMIN_NETWORK_POLICY,
        ("policy.networking.k8s.io/v1alpha1", "BaselineAdminNetworkPolicy") => {
            &admin::fields::BASELINE_ADMIN_NETWORK_POLICY
        }
        ("networking.k8s.io/v1", "Ingress") => &ingress::INGRESS,
        ("projectcalico.org/v3" | "crd.projectcalico.org/v1", kind) => return calico::fields::table(kind),
        ("v1", "Namespace") => return Some((&metadata::NAMESPACE, NameSyntax::Label)),
        ("v1", "Service") => return Some((&service::SERVICE, NameSyntax::Service)),
        ("v1", "Pod") => &workload::POD,
        ("v1", "ReplicationController") => &workload::REPLICATION_CONTROLLER,
        ("apps/v1", "Deployment") => &workload::DEPLOYMENT,
        ("apps/v1", "StatefulSet") => &workload::STATEFUL_SET,
        ("apps/v1", "DaemonSet") => &workload::DAEMON_SET,
        ("apps/v1", "ReplicaSet") => &workload::REPLICA_SET,
        ("batch/v1", "Job") => &workload::JOB,
        ("batch/v1", "CronJob") => &workload::CRON_JOB,
        _ => return None,
    };
    Some((schema, NameSyntax::Subdomain))
}
