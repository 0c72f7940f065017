#![expect(clippy::unwrap_used, reason = "tests")]

use super::{Destination, End, Resolver};
use crate::analysis::{Analysis, Options};
use crate::net::Protocol::{Tcp, Udp};
use crate::net::ports::PortSet;
use crate::objects::WorkloadId;

const MANIFESTS: &str = "
{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop}, spec: {template: {
  metadata: {labels: {app: web, tier: front}}, spec: {containers: [{name: c, ports: [
    {name: http, containerPort: 8080}, {name: dns, containerPort: 5353, protocol: UDP}]}]}}}}
---
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db, namespace: shop}, spec: {template: {
  metadata: {labels: {app: db}}, spec: {containers: [{name: c}]}}}}
---
{apiVersion: batch/v1, kind: CronJob, metadata: {name: db, namespace: shop}, spec: {jobTemplate: {spec: {template: {
  metadata: {labels: {app: db-backup}}, spec: {containers: [{name: c}]}}}}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: lab, labels: {app: web}}, spec: {containers: [{name: c}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: shell, namespace: lab, labels: {app: shell}}, spec: {containers: [{name: c}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: store, namespace: shop}, spec: {selector: {app: web}, ports: [
  {name: main, port: 80, targetPort: http}, {port: 53, protocol: UDP, targetPort: dns}, {port: 81, targetPort: lost}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: bare, namespace: shop}, spec: {ports: [{port: 80}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: stale, namespace: shop}, spec: {selector: {app: gone}, ports: [{port: 80}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: lab}, spec: {selector: {app: web}, ports: [
  {port: 80, targetPort: 8080}]}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: entry, namespace: shop}, spec: {defaultBackend: {
  service: {name: store, port: {name: main}}}}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: broken, namespace: shop}, spec: {defaultBackend: {
  service: {name: nothing, port: {number: 80}}}}}
";

/// In the order of the cluster: lab/Pod/shell, lab/Pod/web, shop/CronJob/db, shop/Deployment/web, shop/StatefulSet/db.
const SHELL: WorkloadId = WorkloadId(0);
const LAB_WEB: WorkloadId = WorkloadId(1);
const BACKUP: WorkloadId = WorkloadId(2);
const WEB: WorkloadId = WorkloadId(3);
const DB: WorkloadId = WorkloadId(4);

fn analysis() -> Analysis {
    Analysis::from_texts(&[("all.yaml", MANIFESTS)], &Options::default())
}

/// The workloads that a text stands for, as a source and as a destination.
fn workloads(text: &str) -> Vec<WorkloadId> {
    let analysis = analysis();
    let resolver = Resolver::new(analysis.cluster());
    let id = |end: &End| match end {
        End::Workload(id) => *id,
        other => unreachable!("{other:?}"),
    };
    let source: Vec<WorkloadId> = resolver.source(text).unwrap().ends.iter().map(id).collect();
    let destination = resolver.destination(text).unwrap();
    assert_eq!(source, destination.ends.iter().map(|it| id(&it.end)).collect::<Vec<_>>(), "{text}");
    source
}

fn destination(text: &str) -> (Vec<Destination>, Vec<String>) {
    let analysis = analysis();
    let found = Resolver::new(analysis.cluster()).destination(text).unwrap();
    (found.ends, found.notes)
}

/// What is said of a text that is not a destination.
fn refusal(text: &str) -> String {
    let analysis = analysis();
    let error = Resolver::new(analysis.cluster()).destination(text).unwrap_err();
    format!("{error}; {}", error.help)
}

#[test]
fn names_labels_and_wildcards_stand_for_workloads() {
    for (text, expected) in [
        ("shell", &[SHELL][..]),
        ("lab/shell", &[SHELL]),
        ("pod/shell", &[SHELL]),
        ("lab/po/shell", &[SHELL]),
        ("shop/web", &[WEB]),
        ("deploy/web", &[WEB]),
        ("Deployments/web", &[WEB]),
        ("shop/Deployment/web", &[WEB]),
        ("*/Deployment/web", &[WEB]),
        ("StatefulSet/db", &[DB]),
        ("sts/db", &[DB]),
        ("shop/cj/db", &[BACKUP]),
        ("app=web", &[LAB_WEB, WEB]),
        ("lab/app=web", &[LAB_WEB]),
        ("app=web,tier=front", &[WEB]),
        ("shop/*", &[BACKUP, WEB, DB]),
        ("Pod/*", &[SHELL, LAB_WEB]),
        ("*", &[SHELL, LAB_WEB, BACKUP, WEB, DB]),
        ("Service/store", &[WEB]),
        ("store", &[WEB]),
    ] {
        assert_eq!(workloads(text), expected, "{text}");
    }
}

#[test]
fn ports_are_those_of_the_pods() {
    let on = |end, ports| vec![Destination { end, ports }];
    for (text, expected) in [
        ("shop/web", on(End::Workload(WEB), PortSet::all())),
        ("shop/web:80", on(End::Workload(WEB), PortSet::single(Tcp, 80))),
        ("shop/web:80/udp", on(End::Workload(WEB), PortSet::single(Udp, 80))),
        ("shop/web:http", on(End::Workload(WEB), PortSet::single(Tcp, 8080))),
        ("shop/web:dns", on(End::Workload(WEB), PortSet::single(Udp, 5353))),
        ("store:80", on(End::Workload(WEB), PortSet::single(Tcp, 8080))),
        ("store:main", on(End::Workload(WEB), PortSet::single(Tcp, 8080))),
        ("store:53", on(End::Workload(WEB), PortSet::single(Udp, 5353))),
        ("store", on(End::Workload(WEB), PortSet::single(Tcp, 8080).union(&PortSet::single(Udp, 5353)))),
        ("entry", on(End::Workload(WEB), PortSet::single(Tcp, 8080))),
        ("Ingress/entry", on(End::Workload(WEB), PortSet::single(Tcp, 8080))),
        ("kube-system/k8s-app=kube-dns:53/UDP", on(End::Presumed(0), PortSet::single(Udp, 53))),
        ("kube-dns:dns", on(End::Presumed(0), PortSet::single(Udp, 53))),
    ] {
        assert_eq!(destination(text).0, expected, "{text}");
    }
}

#[test]
fn an_ingress_is_the_controller_as_a_source() {
    let analysis = analysis();
    let resolver = Resolver::new(analysis.cluster());
    for text in ["ing/entry", "entry", "ingress-controller"] {
        assert_eq!(resolver.source(text).unwrap().ends, [End::IngressController], "{text}");
    }
}

#[test]
fn what_a_reader_should_know_is_noted() {
    for (text, note) in [
        ("store:80", "policies see the target port: `store:80` leads to TCP 8080 of the pods"),
        ("lab/web:80", "80 of `lab/web:80` is the pods' port; `lab/Service/web:80` means the Service's, which is 8080"),
        ("app=web:http", "skipped: no container port is named `http`: `lab/web`"),
        ("kube-dns", "`kube-dns` is not in the input; it stands for the DNS server that clusters run in `kube-system`"),
    ] {
        assert_eq!(destination(text).1, [note], "{text}");
    }
    assert_eq!(destination("shop/web:80").1, Vec::<String>::new());
}

#[test]
fn a_text_that_names_nothing_gets_the_nearest_text_to_type() {
    for (text, expected) in [
        ("shel", "no workload, Service or Ingress of the input is `shel`; did you mean `lab/shell`?"),
        ("web", "`web` names 2 objects; write `lab/Pod/web` and `shop/Deployment/web`"),
        ("shop/db", "`shop/db` names 2 objects; write `shop/CronJob/db` and `shop/StatefulSet/db`"),
        (
            "shpo/web",
            "no workload, Service or Ingress of the input is `shpo/web`; did you mean one of `shop/web`, `lab/web` and `lab/Service/web`?",
        ),
        ("stor:80", "no workload, Service or Ingress of the input is `stor:80`; did you mean `shop/Service/store`?"),
        (
            "payments",
            "no workload, Service or Ingress of the input is `payments`; workloads are `lab/shell`, `lab/web`, `shop/CronJob/db` and 2 more",
        ),
        ("app=wbe", "no workload has the labels `app=wbe`; did you mean `app=web`?"),
        (
            "shop/app=shell",
            "no workload of `shop` has the labels `app=shell`; each of the labels is in use, but not together",
        ),
        ("shp/app=web:80", "the input has no namespace `shp`; did you mean `shop/app=web:80`?"),
        (
            "bare:80",
            "Service `bare` has no selector, so it leads to no pod of the input; name the workload, or the address that its endpoints have",
        ),
        (
            "stale",
            "Service `stale` selects no workload of the input; make its `selector` equal the labels of a pod template, or name the workload",
        ),
        (
            "store:8080",
            "Service `store` does not have the port of `store:8080`; its ports are `80/TCP`, `53/UDP` and `81/TCP`",
        ),
        (
            "store:81",
            "the target port of Service `store` has a name that no container of its pods declares; name a `containerPort`, or write `targetPort` as a number",
        ),
        (
            "broken",
            "Ingress `broken` leads to no workload of the input; add the Service that it names, and the workload behind it, to the input",
        ),
        (
            "entry:80",
            "`entry:80` is an Ingress or a route, which has no port of the pods; leave the port out, or name the Service or the workload behind it",
        ),
        ("shop/web:metrics", "no container of `shop/web` declares a port `metrics`; write the port's number"),
        (
            "10.0.0.1:http",
            "`10.0.0.1:http` is not a pod of the input, so none of its ports is named `http`; write the port's number",
        ),
        (
            "ingress-controller",
            "`ingress-controller` can only be a source: its pods are not in the input; write the ingress controller first: `ingress-controller frontend:80`",
        ),
    ] {
        assert_eq!(refusal(text), expected, "{text}");
    }
    let analysis = analysis();
    assert!(Resolver::new(analysis.cluster()).source("shell:80").is_err());
}

#[test]
fn names_are_as_short_as_they_can_be_without_confusion() {
    let analysis = analysis();
    let resolver = Resolver::new(analysis.cluster());
    let names: Vec<String> = (0..5).map(|id| resolver.names().workload(WorkloadId(id))).collect();
    assert_eq!(names, ["lab/shell", "lab/web", "shop/CronJob/db", "shop/web", "shop/StatefulSet/db"]);
    for (id, name) in names.iter().enumerate() {
        assert_eq!(workloads(name), [WorkloadId(u32::try_from(id).unwrap())]);
    }
}
