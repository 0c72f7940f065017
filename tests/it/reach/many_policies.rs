//! Rows of pods that very many policies select are worked out for all ends at once: they say what each pair says.

use std::fmt::Write as _;

use netlint::analysis::{Analysis, Options};
use netlint::objects::WorkloadId;
use netlint::reach::Endpoint;

const PODS: usize = 24;

/// Pods of one namespace, each of which all policies but one select.
fn manifests() -> String {
    let mut text = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n".to_owned();
    for index in 0..PODS {
        let _ = write!(
            text,
            "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: p{index}, namespace: shop, labels: {{app: p{index}}}}}\n\
             spec: {{containers: [{{name: c, image: x, ports: [{{containerPort: {}, name: web}}]}}]}}\n",
            8000 + index % 3
        );
        let port = match index % 4 {
            0 => format!("{{port: {}}}", 100 + index),
            1 => format!("{{port: {}, endPort: {}}}", 100 + index, 110 + index),
            2 => "{port: web}".to_owned(),
            _ => "{protocol: UDP, port: 53}".to_owned(),
        };
        // No policy of egress has a port by name, which would depend on the destination.
        let egress = if index % 4 == 2 { "{port: 8001}" } else { &port };
        let (next, last) = ((index + 1) % PODS, (index + PODS - 1) % PODS);
        let _ = write!(
            text,
            "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: n{index}, namespace: shop}}\n\
             spec:\n  podSelector: {{matchExpressions: [{{key: app, operator: NotIn, values: [p{index}]}}]}}\n  \
             policyTypes: [Ingress, Egress]\n  \
             ingress: [{{from: [{{podSelector: {{matchLabels: {{app: p{next}}}}}}}], ports: [{port}]}}]\n  \
             egress:\n  - to: [{{podSelector: {{matchExpressions: [{{key: app, operator: NotIn, values: [p{last}]}}]}}}}]\n    \
             ports: [{egress}]\n"
        );
    }
    text
}

#[test]
fn rows_are_what_each_pair_says() {
    let analysis = Analysis::from_texts(&[("cluster.yaml", &manifests())], &Options::default());
    let reach = analysis.reach();
    let rows = reach.rows();
    let workloads: Vec<WorkloadId> = (0..u32::try_from(PODS).unwrap()).map(WorkloadId).collect();
    let mut listed = 0;
    for &from in &workloads {
        let row = rows.targets(Endpoint::Workload(from));
        let others = workloads.iter().filter(|&&to| to != from);
        let pairs = others.map(|&to| (to, reach.ports(Endpoint::Workload(from), Endpoint::Workload(to))));
        let expected: Vec<_> = pairs.filter(|(_, ports)| !ports.is_empty()).collect();
        assert_eq!(row.iter().map(|(to, ports)| (*to, (**ports).clone())).collect::<Vec<_>>(), expected);
        listed += row.len();
    }
    assert!(listed > PODS * PODS / 4, "{listed} connections");
}
