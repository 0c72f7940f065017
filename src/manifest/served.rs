//! API versions that clusters no longer serve, or never did.

use super::near_miss;
use crate::diagnostic::Draft;
use crate::edit::{Change, Fix, Safety};
use crate::objects::kinds::{WorkloadKind, workload_kind};
use crate::objects::metadata;
use crate::source::Origin;
use crate::yaml::Node;

/// The versions that serve each kind beside the [workloads](crate::objects::kinds), of those that netlint reads or
/// that guard pods. The one to write comes first.
const SERVED: &[(&str, &str)] = &[
    ("Namespace", "v1"),
    ("Service", "v1"),
    ("Ingress", "networking.k8s.io/v1"),
    ("NetworkPolicy", "networking.k8s.io/v1"),
    ("ClusterNetworkPolicy", "policy.networking.k8s.io/v1beta1"),
    ("ClusterNetworkPolicy", "policy.networking.k8s.io/v1alpha2"),
    ("AdminNetworkPolicy", "policy.networking.k8s.io/v1alpha1"),
    ("BaselineAdminNetworkPolicy", "policy.networking.k8s.io/v1alpha1"),
    ("PodDisruptionBudget", "policy/v1"),
];

/// Versions that were served once, and the Kubernetes release that removed them ("Deprecated API Migration Guide").
const REMOVED: &[(&str, &str, &str)] = &[
    ("apps/v1beta1", "Deployment", "1.16"),
    ("apps/v1beta1", "StatefulSet", "1.16"),
    ("apps/v1beta2", "DaemonSet", "1.16"),
    ("apps/v1beta2", "Deployment", "1.16"),
    ("apps/v1beta2", "ReplicaSet", "1.16"),
    ("apps/v1beta2", "StatefulSet", "1.16"),
    ("batch/v1beta1", "CronJob", "1.25"),
    ("batch/v2alpha1", "CronJob", "1.21"),
    ("extensions/v1beta1", "DaemonSet", "1.16"),
    ("extensions/v1beta1", "Deployment", "1.16"),
    ("extensions/v1beta1", "Ingress", "1.22"),
    ("extensions/v1beta1", "NetworkPolicy", "1.16"),
    ("extensions/v1beta1", "PodSecurityPolicy", "1.16"),
    ("extensions/v1beta1", "ReplicaSet", "1.16"),
    ("networking.k8s.io/v1beta1", "Ingress", "1.22"),
    ("policy/v1beta1", "PodDisruptionBudget", "1.25"),
    ("policy/v1beta1", "PodSecurityPolicy", "1.25"),
];

/// The kinds that a group had once.
pub(super) fn once_of(group: &str) -> impl Iterator<Item = &'static str> + Clone {
    REMOVED.iter().filter(move |(version, ..)| version.split('/').next() == Some(group)).map(|(_, kind, _)| *kind)
}

/// Whether a group is Kubernetes' own, or meant to be: others may have kinds of the same name.
pub(super) fn is_built_in(group: &str) -> bool {
    ["networking.k8s.io", "policy.networking.k8s.io"].contains(&group)
        || !group.contains('.')
        || near_miss::is_misspelt_group(group)
}

/// Reports a kind that no cluster serves under this version: the API server refuses the object.
/// `group` is that of the version.
pub(super) fn check(node: Node<'_>, kind: &str, group: &str, version: &str, origin: &Origin) -> Option<Draft> {
    let workload = workload_kind(kind);
    let mut others = SERVED.iter().filter(|(of, _)| *of == kind).map(|(_, served)| *served);
    let is_served = others.clone().any(|served| served == version);
    let served = workload.map(WorkloadKind::api_version).or(others.next().map(str::to_owned));
    let is_served = is_served || served.as_deref() == Some(version);
    if !is_built_in(group) || is_served || crate::schema::syntax::is_placeholder(version) {
        return None;
    }
    let removed = REMOVED.iter().find(|(was, of, _)| *was == version && *of == kind);
    let message = match (removed, &served) {
        (Some((_, _, release)), _) => format!("Kubernetes {release} removed `{version}` of {kind}"),
        (None, Some(_)) => format!("no Kubernetes version serves {kind} as `{version}`"),
        (None, None) => return None,
    };
    let mut draft = Draft::new("deprecated-api", origin.key("apiVersion").value(), message);
    // An Ingress has other fields now, and a workload needs a selector.
    let has_same_fields = kind != "Ingress" && (workload.is_none_or(|it| it.group != "apps") || has_selector(node));
    let one = served.clone().filter(|_| has_same_fields && others.next().is_none());
    let fix = one.map(|version| {
        let title = format!("write `apiVersion: {version}`");
        Fix::new(Safety::Reference, title, origin.key("apiVersion"), Change::Set(version.into()))
    });
    draft.about(metadata::subject(node, kind)).help(help(kind, workload, served)).fix(fix);
    Some(draft)
}

fn has_selector(node: Node<'_>) -> bool {
    node.get("spec").and_then(|spec| spec.get("selector")).is_some_and(|selector| !selector.is_null())
}

fn help(kind: &str, workload: Option<&WorkloadKind>, served: Option<String>) -> String {
    let Some(served) = served else {
        return "use Pod Security Admission: label the Namespace `pod-security.kubernetes.io/enforce`".to_owned();
    };
    let beyond = match kind {
        "Ingress" => "; backends become `service: {name: …, port: {number: …}}`, and paths need a `pathType`",
        _ if workload.is_some_and(|it| it.group == "apps") => ", with `spec.selector`",
        _ => "",
    };
    format!("write `apiVersion: {served}`{beyond}")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use crate::analysis::{Analysis, Options};
    use crate::manifest::{Item, read};
    use crate::source::FileId;

    fn object(version: &str, kind: &str) -> String {
        format!("apiVersion: {version}\nkind: {kind}\nmetadata: {{name: web}}\n")
    }

    /// Message and help of the one finding of the text, if there is one.
    fn finding(text: &str) -> Option<(String, String)> {
        let content = read(FileId(0), text);
        assert!(content.problems.len() <= 1, "{text}");
        content.problems.into_iter().next().map(|draft| {
            assert_eq!((draft.rule, draft.subject.name.as_str()), ("deprecated-api", "web"));
            (draft.message, draft.help.unwrap())
        })
    }

    #[test]
    fn versions_that_were_removed_name_the_release() {
        for (version, kind, release, instead) in [
            ("extensions/v1beta1", "NetworkPolicy", "1.16", "networking.k8s.io/v1"),
            ("extensions/v1beta1", "Ingress", "1.22", "networking.k8s.io/v1"),
            ("networking.k8s.io/v1beta1", "Ingress", "1.22", "networking.k8s.io/v1"),
            ("extensions/v1beta1", "Deployment", "1.16", "apps/v1"),
            ("apps/v1beta1", "StatefulSet", "1.16", "apps/v1"),
            ("apps/v1beta2", "DaemonSet", "1.16", "apps/v1"),
            ("batch/v1beta1", "CronJob", "1.25", "batch/v1"),
            ("policy/v1beta1", "PodDisruptionBudget", "1.25", "policy/v1"),
        ] {
            let (message, help) = finding(&object(version, kind)).unwrap();
            assert_eq!(message, format!("Kubernetes {release} removed `{version}` of {kind}"));
            assert!(help.starts_with(&format!("write `apiVersion: {instead}`")), "{help}");
        }
        let (_, help) = finding(&object("policy/v1beta1", "PodSecurityPolicy")).unwrap();
        assert!(help.contains("Pod Security Admission"));
    }

    #[test]
    fn versions_that_never_were_are_told_apart() {
        for (version, kind) in [
            ("networking.k8s.io/v1beta1", "NetworkPolicy"),
            ("v1", "NetworkPolicy"),
            ("apps/v1", "NetworkPolicy"),
            ("networking/v1", "NetworkPolicy"),
            ("v1", "Deployment"),
            ("apps/v1", "Pod"),
        ] {
            let (message, _) = finding(&object(version, kind)).unwrap();
            assert_eq!(message, format!("no Kubernetes version serves {kind} as `{version}`"));
        }
    }

    #[test]
    fn served_versions_and_other_groups_are_left_alone() {
        for (version, kind) in [
            ("networking.k8s.io/v1", "NetworkPolicy"),
            ("apps/v1", "Deployment"),
            ("v1", "Pod"),
            ("policy/v1", "PodDisruptionBudget"),
            ("policy.example.com/v3", "NetworkPolicy"),
            ("crd.antrea.io/v1beta1", "NetworkPolicy"),
            ("config.openshift.io/v1", "Ingress"),
            ("serving.knative.dev/v1", "Service"),
            ("batch.volcano.sh/v1alpha1", "Job"),
            ("extensions/v1beta1", "Widget"),
            ("${API_VERSION}", "NetworkPolicy"),
        ] {
            assert_eq!(finding(&object(version, kind)), None, "{version} {kind}");
        }
    }

    #[test]
    fn a_policy_of_such_a_version_is_read_as_rejected() {
        for version in ["extensions/v1beta1", "networking.k8s.io/v1beta1", "v1"] {
            let content = read(FileId(0), &object(version, "NetworkPolicy"));
            let Item::Policy(policy) = &content.resources[0].item else { unreachable!("a policy") };
            assert!(policy.rejected, "{version}");
        }
    }

    #[test]
    fn the_finding_points_at_the_version() {
        let text = object("extensions/v1beta1", "NetworkPolicy");
        let analysis = Analysis::from_texts(&[("a.yaml", &text)], &Options::default());
        let problems = analysis.problems().to_vec();
        let findings = crate::diagnostic::locate(problems, analysis.sources(), |_| crate::diagnostic::Severity::Error);
        assert_eq!(findings[0].primary.span.slice(&text), "extensions/v1beta1");
    }
}
