//! Several clusters in one input: those of the configuration, and those of kustomizations.

mod alternatives;
mod commands;
mod differential;
mod division;
mod elsewhere;
mod places;
mod pods;
mod real;
#[cfg(unix)]
mod render;
mod trees;

/// A policy in no namespace, in a file of its own.
const OPEN: &str = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: open
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
  egress:
  - {}
";

/// A Deployment in no namespace.
const WEB: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: web
        image: example.org/shop
";
