//! Kustomizations applied in place, held against what the real kustomize builds, where it is on PATH.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use netlint::analysis::{Analysis, Options, load};
use netlint::cluster::Cluster;
use netlint::discover::{Excludes, discover};
use netlint::file_tree::{Boundary, SharedTree, WorkTree};
use regex::Regex;

use crate::support::tree;

/// The first renderer of PATH.
pub(crate) fn renderer() -> Option<&'static [&'static str]> {
    const RENDERERS: [&[&str]; 2] = [&["kustomize", "build"], &["kubectl", "kustomize"]];
    RENDERERS.into_iter().find(|command| {
        let mut help = Command::new(command[0]);
        help.args(&command[1..]).arg("--help").output().is_ok_and(|output| output.status.success())
    })
}

/// What the real one builds; an error is what it says.
fn render(command: &[&str], directory: &Path) -> Result<String, String> {
    let output = Command::new(command[0]).args(&command[1..]).arg(directory).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

/// Everything that a cluster holds, without the places where it is written.
pub(crate) fn contents(cluster: &Cluster) -> Vec<String> {
    let place = Regex::new(r"Origin \{ file: FileId\(\d+\), document: \d+, path: FieldPath\(\[[^\]]*\]\) \}").unwrap();
    let mut contents = Vec::new();
    contents.extend(cluster.intents.callbacks.iter().map(|it| format!("{it:?}")));
    contents.extend(cluster.intents.monitors.iter().map(|it| format!("{it:?}")));
    contents.extend(cluster.intents.bindings.iter().map(|it| format!("{it:?}")));
    contents.extend(cluster.namespaces.iter().map(|it| format!("{it:?}")));
    contents.extend(cluster.workloads.iter().map(|it| format!("{it:?}")));
    contents.extend(cluster.services.iter().map(|it| format!("{it:?}")));
    contents.extend(cluster.backends.iter().map(|it| format!("{it:?}")));
    contents.extend(cluster.policies.iter().map(|it| format!("{it:?}")));
    contents.extend(cluster.custom_resources.iter().map(|it| format!("{it:?}")));
    let mut contents: Vec<String> = contents.iter().map(|text| place.replace_all(text, "_").into_owned()).collect();
    contents.sort();
    contents
}

pub(crate) fn here() -> SharedTree {
    Arc::new(WorkTree::of_process())
}

/// The cluster of the one kustomization of a directory that no other one there leads to.
fn in_place(directory: &Path) -> Analysis {
    let found = discover(&here(), &[directory.to_owned()], &Excludes::default(), &Boundary::unbounded());
    let (models, errors) = load(found, &Options::default());
    assert!(errors.is_empty(), "{errors:?}");
    let mut kustomized: Vec<Analysis> =
        models.into_iter().filter(|analysis| analysis.name() != Some("other")).collect();
    assert_eq!(kustomized.len(), 1, "one kustomization");
    kustomized.remove(0)
}

/// Compares both ways of reading a directory. What netlint does not know must not be wrong, only absent.
fn compare(command: &[&str], directory: &Path) -> Result<(), String> {
    let own = in_place(directory);
    let rendered = match render(command, directory) {
        Ok(text) => text,
        Err(_) if !own.cluster().unread.is_empty() => return Ok(()),
        Err(error) => return Err(format!("kustomize refuses it: {error}")),
    };
    let real = Analysis::from_texts(&[("rendered.yaml", &rendered)], &Options::default());
    let (own_contents, real_contents) = (contents(own.cluster()), contents(real.cluster()));
    if own_contents == real_contents {
        return Ok(());
    }
    let lacks = |from: &[String], other: &[String]| {
        from.iter().filter(|it| !other.contains(it)).cloned().collect::<Vec<_>>().join("\n  ")
    };
    let (ours, theirs) = (lacks(&own_contents, &real_contents), lacks(&real_contents, &own_contents));
    Err(format!("netlint:\n  {ours}\nkustomize:\n  {theirs}\nunknown: {:?}", own.cluster().unread))
}

/// Compares a tree of files that is known completely.
fn agree(files: &[(&str, &str)]) {
    let Some(command) = renderer() else {
        eprintln!("skipped: neither kustomize nor kubectl is on PATH");
        return;
    };
    let root = tree(files);
    if let Err(difference) = compare(command, root.path()) {
        panic!("{difference}");
    }
    assert_eq!(in_place(root.path()).cluster().unread.len(), 0, "everything is known");
}

const ALL: &str = include_str!("objects.yaml");

#[test]
fn what_is_set_on_everything() {
    for kustomization in [
        "namespace: prod",
        "namePrefix: p-\nnameSuffix: -s",
        "commonLabels: {team: a, app: b}",
        "labels: [{pairs: {team: a, app: b}}]",
        "labels: [{pairs: {team: a}, includeTemplates: true}, {pairs: {app: b}, includeSelectors: true}]",
        "labels: [{pairs: {a: b}, fields: [{path: spec/template/metadata/labels, kind: Rollout, create: true}]}]",
        "commonAnnotations: {note: a}",
        "images: [{name: nginx, newName: postgres, newTag: '9'}, {name: example.org:5000/shop, digest: 'sha256:ab'}]",
        "replicas: [{name: web, count: 5}]",
        "namespace: prod\nnamePrefix: p-\ncommonLabels: {team: a}\ncommonAnnotations: {note: a}",
    ] {
        agree(&[
            ("kustomization.yaml", &format!("resources: [objects.yaml]\n{kustomization}\n")),
            ("objects.yaml", ALL),
        ]);
    }
}

/// A kustomization with these patches, over all objects.
fn patched(patches: &str) {
    agree(&[("kustomization.yaml", &format!("resources: [objects.yaml]\n{patches}")), ("objects.yaml", ALL)]);
}

#[test]
fn strategic_merges() {
    patched(
        "patches:
- patch: |
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, labels: {app: null, tier: frontend}, annotations: {a: b}}
    spec:
      replicas: 3
      template:
        metadata: {labels: {app: shop, no: yes}}
        spec:
          hostNetwork: true
          serviceAccountName: null
          initContainers: [{name: early, image: busybox}]
          containers:
          - {name: new, image: new}
          - name: web
            image: httpd
            args: [only]
            ports: [{containerPort: 8080, name: manage}, {containerPort: 9090}]
            env: [{name: DB_HOST, value: other}, {name: NEW, value: x}, {name: LEVEL, $patch: delete}]
            envFrom: [{secretRef: {name: s}}]
          - {name: side, $patch: delete}
          volumes: [{name: settings, configMap: {name: others}}]
- patch: |
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: db}
    spec:
      podSelector: {matchLabels: {tier: data}}
      policyTypes: [Ingress]
      ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]
      egress: null
- patch: |
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: deny-all}
    spec: {policyTypes: [], podSelector: {$patch: replace, matchExpressions: [{key: a, operator: Exists, values: null}]}}
- patch: |
    apiVersion: v1
    kind: Pod
    metadata: {name: debug}
    $patch: delete
- patch: |
    apiVersion: argoproj.io/v1alpha1
    kind: Rollout
    metadata: {name: canary}
    spec: {template: {metadata: {labels: {track: canary}}, spec: {containers: [{name: other, image: x}]}}}
- patch: |
    apiVersion: v1
    kind: Service
    metadata: {name: web}
    spec: {selector: {app: shop}, ports: [{port: 443, targetPort: 8443}, {port: 90}]}
",
    );
}

#[test]
fn json_patches() {
    patched(
        "patches:
- target: {kind: NetworkPolicy, name: d.}
  patch: |
    - {op: add, path: /spec/ingress/0/from/1, value: {podSelector: {matchLabels: {app: added}}}}
    - {op: add, path: /spec/ingress/-, value: {}}
    - {op: remove, path: /spec/ingress/0/from/0}
    - {op: replace, path: /spec/ingress/0/ports/0/port, value: 1}
    - {op: test, path: /spec/podSelector, value: {matchLabels: {app: db}}}
    - {op: copy, from: /spec/ingress/0/from/0, path: /spec/egress/0/to/0}
    - {op: move, from: /spec/ingress/0/ports, path: /spec/egress/0/ports}
    - {op: add, path: /spec/policyTypes, value: [Ingress]}
- target: {labelSelector: app=web}
  patch: |
    - {op: add, path: /spec/template/metadata/labels/a~1b, value: c}
    - {op: add, path: /spec/template/spec/containers/0/env/0, value: {name: FIRST, value: 'yes'}}
- target: {group: apps, version: v1, kind: 'Daemon.*|Replica.*'}
  patch: '[{\"op\": \"add\", \"path\": \"/metadata/labels\", \"value\": {\"x\": \"y\"}}]'
patchesJson6902:
- target: {group: apps, version: v1, kind: StatefulSet, name: db}
  patch: |-
    - {op: replace, path: /metadata/name, value: data}
",
    );
}

pub(crate) const LAYERS: &[(&str, &str)] = &[
    (
        "base/kustomization.yaml",
        "resources: [objects.yaml]\nnamePrefix: b-\nnamespace: base\nlabels: [{pairs: {l: base}}]\n",
    ),
    ("base/objects.yaml", ALL),
    (
        "component/kustomization.yaml",
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [policy.yaml]\ncommonLabels: {by: component}\n",
    ),
    (
        "component/policy.yaml",
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: web}\nspec: {podSelector: {matchLabels: {app: web}}}\n",
    ),
    (
        "kustomization.yaml",
        "
resources: [base, more/]
components: [component]
nameSuffix: -top
namespace: top
labels: [{pairs: {l: top}, includeTemplates: true}]
patchesStrategicMerge: [patches/web.yaml]
patches:
- path: patches/any.yaml
  target: {kind: NetworkPolicy, namespace: base, name: b-d.*}
",
    ),
    (
        "patches/web.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {metadata: {labels: {patched: 'true'}}}}\n",
    ),
    ("patches/any.yaml", "- {op: add, path: /spec/podSelector/matchLabels, value: {every: one}}\n"),
    ("more/kustomization.yaml", "resources: [ingress.yaml, job.yaml]\nnamePrefix: b-\n"),
    (
        "more/ingress.yaml",
        "apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: more}
spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}
",
    ),
    (
        "more/job.yaml",
        "apiVersion: batch/v1\nkind: Job\nmetadata: {name: more}\nspec: {template: {spec: {containers: [{name: a, image: b}]}}}\n",
    ),
];

#[test]
fn layers_and_components() {
    agree(LAYERS);
}
