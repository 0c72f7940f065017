//! Kustomizations applied in place, held against what the real kustomize builds, where it is on PATH.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use netlint::analysis::{Analysis, Options, load};
use netlint::cluster::Cluster;
use netlint::discover::{Excludes, Input, discover};
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
fn contents(cluster: &Cluster) -> Vec<String> {
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

fn here() -> SharedTree {
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
        Err(_) if !own.cluster().unknown.is_empty() => return Ok(()),
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
    Err(format!("netlint:\n  {ours}\nkustomize:\n  {theirs}\nunknown: {:?}", own.cluster().unknown))
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
    assert_eq!(in_place(root.path()).cluster().unknown.len(), 0, "everything is known");
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

/// Kustomizations that netlint is known to build differently.
const KNOWN_DIFFERENCES: &[&str] = &[
    // The file in `configurations` adds name references, which netlint does not read.
    "metallb/config/frr-k8s-external",
];

/// Every kustomization below the folder that NETLINT_CORPORA names.
#[test]
fn public_repositories() {
    let (Some(corpora), Some(command)) = (std::env::var_os("NETLINT_CORPORA"), renderer()) else {
        eprintln!("skipped: NETLINT_CORPORA is not set, or there is no kustomize");
        return;
    };
    let found = discover(&here(), &[corpora.into()], &Excludes::default(), &Boundary::unbounded());
    let (mut compared, mut incomplete) = (0, 0);
    for file in found.files {
        let Input::File(path) = file.input else { continue };
        if !path.file_name().unwrap().to_string_lossy().starts_with("kustomization.") {
            continue;
        }
        let directory = path.parent().unwrap();
        if std::fs::read_to_string(&path).unwrap().contains("kind: Component") {
            continue;
        }
        let known = KNOWN_DIFFERENCES.iter().any(|known| directory.ends_with(known));
        match compare(command, directory) {
            Ok(()) if known => panic!("{}: no longer differs", directory.display()),
            Err(difference) if !known => panic!("{}: {difference}", directory.display()),
            _ => {}
        }
        if in_place(directory).cluster().unknown.is_empty() { compared += 1 } else { incomplete += 1 }
    }
    eprintln!("{compared} kustomizations compared, {incomplete} lead to what is not there");
}

/// Numbers from a seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % sides as u64).unwrap()
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.roll(from.len())]
    }
}

/// A kustomization of random fields over some resources, as flow YAML.
fn random_kustomization(dice: &mut Dice, resources: &str) -> String {
    let mut text = format!("resources: [{resources}]\n");
    let mut add = |dice: &mut Dice, odds: usize, line: &dyn Fn(&mut Dice) -> String| {
        if dice.roll(odds) == 0 {
            text += &line(dice);
        }
    };
    add(dice, 2, &|dice| format!("namespace: {}\n", dice.pick(&["a", "shop", "default"])));
    add(dice, 3, &|dice| format!("namePrefix: {}-\n", dice.pick(&["p", "web", "b"])));
    add(dice, 4, &|_| "nameSuffix: -s\n".to_owned());
    add(dice, 3, &|dice| format!("commonLabels: {{{}: v}}\n", dice.pick(&["app", "team", "on.x/y"])));
    add(dice, 3, &|dice| {
        let includes = dice.pick(&["includeSelectors: true", "includeTemplates: true", "includeSelectors: false"]);
        format!("labels: [{{pairs: {{{}: w}}, {includes}}}]\n", dice.pick(&["app", "tier"]))
    });
    add(dice, 4, &|_| "commonAnnotations: {note: n1}\n".to_owned());
    add(dice, 4, &|dice| {
        format!("images: [{{name: {}, newTag: '2'}}]\n", dice.pick(&["nginx", "postgres", "example.org:5000/shop"]))
    });
    add(dice, 5, &|dice| format!("replicas: [{{name: {}, count: 4}}]\n", dice.pick(&["web", "db"])));
    let patches: Vec<String> = (0..dice.roll(4)).map(|_| random_patch(dice)).collect();
    if !patches.is_empty() {
        text += &format!("patches:\n{}", patches.concat());
    }
    text
}

fn random_patch(dice: &mut Dice) -> String {
    let label = dice.pick(&["app: x", "new: y", "app: null"]);
    let (kind, name) = [
        ("apiVersion: apps/v1\n    kind: Deployment", "web"),
        ("apiVersion: apps/v1\n    kind: StatefulSet", "db"),
        ("apiVersion: networking.k8s.io/v1\n    kind: NetworkPolicy", "db"),
        ("apiVersion: v1\n    kind: Service", "web"),
    ][dice.roll(4)];
    let spec = match (kind.rsplit(' ').next().unwrap(), dice.roll(3)) {
        ("Deployment" | "StatefulSet", 0) => format!("template: {{metadata: {{labels: {{{label}}}}}}}"),
        ("Deployment" | "StatefulSet", 1) => {
            format!(
                "template: {{spec: {{containers: [{{name: {}, image: i, ports: [{{containerPort: 80, name: n}}]}}]}}}}",
                dice.pick(&["web", "db", "z"])
            )
        }
        ("Deployment" | "StatefulSet", _) => {
            "template: {spec: {hostNetwork: true, containers: [{name: side, $patch: delete}]}}".to_owned()
        }
        ("NetworkPolicy", 0) => format!("podSelector: {{matchLabels: {{{label}}}}}"),
        ("NetworkPolicy", 1) => "ingress: [{from: [{podSelector: {}}]}]".to_owned(),
        ("NetworkPolicy", _) => "egress: null\n      policyTypes: [Ingress]".to_owned(),
        (_, 0) => format!("selector: {{{label}}}"),
        (_, 1) => "ports: [{port: 80, targetPort: 1}]".to_owned(),
        (_, _) => "ports: [{port: 81}]\n      type: NodePort".to_owned(),
    };
    match dice.roll(3) {
        0 => {
            let target = dice.pick(&[
                "kind: NetworkPolicy",
                "name: 'w.*'",
                "labelSelector: app=web",
                "kind: Deployment|DaemonSet",
            ]);
            format!(
                "- target: {{{target}}}\n  patch: |\n    - {{op: add, path: /metadata/labels, value: {{app: web, j: k}}}}\n"
            )
        }
        _ => format!("- patch: |\n    {kind}\n    metadata: {{name: {name}}}\n    spec:\n      {spec}\n"),
    }
}

#[test]
fn random_kustomizations() {
    let Some(command) = renderer() else {
        eprintln!("skipped: neither kustomize nor kubectl is on PATH");
        return;
    };
    let (mut agreed, mut refused) = (0, 0);
    for seed in 0..12 {
        let mut dice = Dice(seed);
        let inner = random_kustomization(&mut dice, "objects.yaml");
        let outer = random_kustomization(&mut dice, "base");
        let root =
            tree(&[("kustomization.yaml", &outer), ("base/kustomization.yaml", &inner), ("base/objects.yaml", ALL)]);
        if render(command, root.path()).is_err() {
            // What kustomize does not build, netlint must not claim to know.
            refused += usize::from(!in_place(root.path()).cluster().unknown.is_empty());
            continue;
        }
        if let Err(difference) = compare(command, root.path()) {
            panic!("seed {seed}: {difference}\n{inner}---\n{outer}");
        }
        agreed += 1;
    }
    eprintln!("{agreed} random kustomizations agree, {refused} are refused by both");
    assert!(agreed >= 6, "most are built");
}
