//! Trees of kustomizations from a seed, with all that kustomize can be told.

/// Numbers from a seed (SplitMix64), and what the tree is like.
pub(crate) struct Dice {
    state: u64,
    /// Whether anything may be wrong.
    is_careless: bool,
    /// The namespace of the base, as flow YAML.
    namespace: &'static str,
    /// Whether the base has the ConfigMap `settings`.
    has_settings: bool,
}

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        let state = seed.wrapping_mul(0x2545_f491_4f6c_dd1d).wrapping_add(1);
        Self { state, is_careless: seed.is_multiple_of(4), namespace: "", has_settings: false }
    }

    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % sides as u64).unwrap()
    }

    pub(crate) fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.roll(from.len())]
    }

    /// One of these, or in a careless tree one of all.
    fn pick_sound<'a>(&mut self, sound: &[&'a str], unsound: &[&'a str]) -> &'a str {
        let all = [sound, if self.is_careless { unsound } else { &[] }].concat();
        self.pick(&all)
    }

    /// Whether something that happens once in so many times does.
    fn once_in(&mut self, times: usize) -> bool {
        self.roll(times) == 0
    }
}

/// A tree of files, and what is written where.
pub(crate) type Files = Vec<(String, String)>;

/// The objects of a base: pods, Services and policies in one or two namespaces.
fn objects(dice: &mut Dice) -> String {
    let namespace = dice.pick(&["", ", namespace: shop", ", namespace: shop", ", namespace: tools"]);
    dice.namespace = namespace;
    let mut text = String::new();
    let mut add = |object: String| text += &format!("---\n{object}");
    if dice.once_in(2) {
        let name = if namespace.is_empty() { "shop" } else { &namespace[13..] };
        add(format!("apiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}, labels: {{zone: a}}}}\n"));
    }
    add(format!(
        "apiVersion: apps/v1
kind: Deployment
metadata:
  name: web{namespace2}
  labels: {{app: web, tier: front}}
spec:
  replicas: 2
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web, tier: front, on: 'yes'}}}}
    spec:
      serviceAccountName: web
      containers:
      - name: web
        image: nginx:1.25
        args: [--db, $(DB), 'http://api:8080']
        env:
        - {{name: API_URL, value: \"http://api:8080\"}}
        - {{name: DB_HOST, value: db}}
        - {{name: LEVEL, valueFrom: {{configMapKeyRef: {{name: settings, key: level}}}}}}
        envFrom: [{{configMapRef: {{name: settings}}}}]
        ports:
        - {{containerPort: 80, name: http}}
        - {{containerPort: 8443, name: https, protocol: TCP}}
      - name: side
        image: example.org:5000/side:2
      volumes: [{{name: settings, configMap: {{name: settings}}}}]
",
        namespace2 = namespace.replace(", ", "\n  "),
    ));
    add(format!(
        "apiVersion: apps/v1
kind: Deployment
metadata: {{name: api{namespace}, labels: {{app: api}}}}
spec:
  selector: {{matchLabels: {{app: api}}}}
  template:
    metadata: {{labels: {{app: api, tier: back}}}}
    spec:
      containers:
      - {{name: api, image: example.org/api, ports: [{{containerPort: 8080, name: \"http\"}}], env: [{{name: DB_URL, value: 'postgres://db:5432'}}]}}
"
    ));
    add(format!(
        "apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: db{namespace}}}
spec:
  serviceName: db
  selector: {{matchLabels: {{app: db}}}}
  template:
    metadata: {{labels: {{app: db, tier: data}}}}
    spec: {{containers: [{{name: db, image: 'postgres:16', ports: [{{containerPort: 5432}}]}}]}}
  volumeClaimTemplates: [{{metadata: {{name: data}}, spec: {{accessModes: [ReadWriteOnce]}}}}]
"
    ));
    for (name, port) in [("web", "80, targetPort: http"), ("api", "8080"), ("db", "5432, protocol: TCP")] {
        add(format!(
            "apiVersion: v1\nkind: Service\nmetadata: {{name: {name}{namespace}}}\nspec: {{selector: {{app: {name}}}, ports: [{{name: main, port: {port}}}]}}\n"
        ));
    }
    add(format!(
        "apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: deny{namespace}}}
spec: {{podSelector: {{}}, policyTypes: [Ingress, Egress]}}
"
    ));
    add(format!(
        "apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: db{namespace}}}
spec:
  podSelector: {{matchLabels: {{app: db}}}}
  policyTypes: [Ingress]
  ingress:
  - from:
    - podSelector: {{matchLabels: {{app: api}}}}
    - namespaceSelector: {{matchLabels: {{zone: a}}}}
      podSelector: {{matchExpressions: [{{key: tier, operator: In, values: [back]}}]}}
    ports: [{{port: 5432}}]
"
    ));
    add(format!(
        "apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: api{namespace}}}
spec:
  podSelector: {{matchLabels: {{app: api}}}}
  ingress:
  - from: [{{podSelector: {{matchLabels: {{app: web}}}}}}]
    ports: [{{port: http, protocol: TCP}}]
  egress:
  - to: [{{podSelector: {{matchLabels: {{app: db}}}}}}]
    ports: [{{port: 5432, protocol: TCP}}]
"
    ));
    dice.has_settings = dice.once_in(2);
    if dice.has_settings {
        add(format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: settings{namespace}}}\ndata: {{level: info, API: \"http://api:8080\"}}\n"
        ));
    }
    if dice.once_in(2) {
        add(format!(
            "apiVersion: v1\nkind: ServiceAccount\nmetadata: {{name: web{namespace}}}\n---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {{name: web{namespace}}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: Role, name: web}}
subjects:
- {{kind: ServiceAccount, name: web}}
- {{kind: ServiceAccount, name: default, namespace: default}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {{name: web{namespace}}}
rules: [{{apiGroups: [''], resources: [pods], verbs: [get]}}]
"
        ));
    }
    if dice.once_in(3) {
        add(format!(
            "apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: web{namespace}, annotations: {{note: a}}}}
spec: {{rules: [{{host: example.org, http: {{paths: [{{path: /, pathType: Prefix, backend: {{service: {{name: web, port: {{number: 80}}}}}}}}]}}}}]}}
"
        ));
    }
    if dice.once_in(4) {
        add(format!(
            "apiVersion: autoscaling/v1\nkind: HorizontalPodAutoscaler\nmetadata: {{name: web{namespace}}}\nspec: {{maxReplicas: 3, scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: web}}}}\n"
        ));
    }
    if dice.once_in(4) {
        add(format!(
            "apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {{name: canary{namespace}}}
spec:
  selector: {{matchLabels: {{app: canary}}}}
  template:
    metadata: {{labels: {{app: canary}}}}
    spec: {{containers: [{{name: canary, image: nginx, ports: [{{containerPort: 80}}]}}]}}
"
        ));
    }
    if dice.once_in(4) {
        add(format!(
            "apiVersion: batch/v1
kind: CronJob
metadata: {{name: backup{namespace}}}
spec: {{schedule: '* * * * *', jobTemplate: {{spec: {{template: {{metadata: {{labels: {{app: backup}}}}, spec: {{restartPolicy: Never, containers: [{{name: backup, image: 'example.org/backup', env: [{{name: PGHOST, value: db}}]}}]}}}}}}}}}}
"
        ));
    }
    if dice.once_in(6) {
        add(format!(
            "apiVersion: v1
kind: Pod
metadata: {{name: debug{namespace}, labels: {{app: debug}}, annotations: {{config.kubernetes.io/local-config: {}}}}}
spec: {{containers: [{{name: debug, image: nginx}}]}}
",
            dice.pick(&["'true'", "'false'", "''", "anything"])
        ));
    }
    text
}

const KINDS: &[(&str, &[&str])] = &[
    ("apiVersion: apps/v1, kind: Deployment", &["web", "api"]),
    ("apiVersion: apps/v1, kind: StatefulSet", &["db"]),
    ("apiVersion: networking.k8s.io/v1, kind: NetworkPolicy", &["db", "api", "deny"]),
    ("apiVersion: v1, kind: Service", &["web", "api", "db"]),
];

/// A kind with one of its names, as most bases have them.
fn object(dice: &mut Dice) -> (&'static str, &'static str) {
    let (kind, names) = KINDS[dice.roll(KINDS.len())];
    (kind, dice.pick(names))
}

/// The `spec` of a strategic patch.
fn spec(dice: &mut Dice, kind: &str) -> String {
    let unsound: &[&str] = match kind.rsplit(' ').next().unwrap() {
        "Deployment" | "StatefulSet" => &[
            "template: {spec: {containers: [{image: without-name}]}}",
            "$patch: nonsense",
            "template: none",
            "selector: [a]",
            "template: {spec: {containers: {name: a}}}",
        ],
        "NetworkPolicy" => &["podSelector: none", "ingress: {from: []}"],
        _ => &["ports: [{name: nothing, targetPort: 1}]", "selector: [a]"],
    };
    let texts: &[&str] = match kind.rsplit(' ').next().unwrap() {
        "Deployment" | "StatefulSet" => &[
            "template: {metadata: {labels: {app: changed}}}",
            "template: {metadata: {labels: {app: null, team: a}}}",
            "template: {metadata: {labels: {$patch: replace, app: only}}}",
            "template: {spec: {containers: [{name: web, ports: [{containerPort: 9090, name: metrics, protocol: TCP}]}]}}",
            "template: {spec: {containers: [{name: web, ports: [{containerPort: 80, name: other}]}]}}",
            "template: {spec: {containers: [{name: api, ports: [{containerPort: 8080, name: 9999}]}]}}",
            "template: {spec: {containers: [{name: web, env: [{name: API_URL, value: 'http://other:1'}, {name: NEW, value: db}]}]}}",
            "template: {spec: {containers: [{name: web, env: [{$patch: replace}, {name: ONLY, value: api}]}]}}",
            "template: {spec: {containers: [{name: web, env: [{name: DB_HOST, $patch: delete}]}]}}",
            "template: {spec: {containers: [{$patch: replace}, {name: only, image: busybox}]}}",
            "template: {spec: {containers: [{name: side, $patch: delete}]}}",
            "template: {spec: {containers: [{name: side, $patch: replace, image: other}]}}",
            "template: {spec: {containers: [{name: new, image: example.org/new, ports: [{containerPort: 1}]}]}}",
            "template: {spec: {$setElementOrder/containers: [{name: side}, {name: web}], containers: [{name: side, image: x}]}}",
            "template: {spec: {hostNetwork: true, serviceAccountName: null}}",
            "template: {spec: {volumes: [{name: settings, $retainKeys: [name, emptyDir], emptyDir: {}}]}}",
            "$patch: replace\n      replicas: 1",
            "replicas: '3'",
            "selector: null",
        ],
        "NetworkPolicy" => &[
            "podSelector: {matchLabels: {app: web}}",
            "podSelector: {$patch: replace, matchLabels: {tier: front}}",
            "podSelector: {matchLabels: {app: null, tier: back}}",
            "ingress: [{from: [{podSelector: {}}]}]",
            "ingress: [{$patch: replace}, {from: [{podSelector: {matchLabels: {app: web}}}]}]",
            "ingress: [{$patch: merge}, {from: [{podSelector: {matchLabels: {app: web}}}]}]",
            "ingress: [{ports: [{port: 80}, {port: 5432, protocol: UDP}]}]",
            "egress: null\n      policyTypes: [Ingress]",
            "egress: [{}]\n      policyTypes: [Ingress, Egress]",
            "policyTypes: [Egress]\n      $deleteFromPrimitiveList/policyTypes: [Ingress]",
            "$patch: replace\n      podSelector: {}",
        ],
        _ => &[
            "selector: {app: api}",
            "selector: {app: null, tier: front}",
            "ports: [{port: 80, targetPort: 8080}]",
            "ports: [{port: 5432, protocol: TCP, targetPort: 1}]",
            "ports: [{port: 81, protocol: UDP, name: udp}]",
            "ports: [{$patch: replace}, {port: 9}]",
            "ports: [{port: 8080, $patch: delete}]",
            "ports: [{name: udp, port: 53, protocol: UDP}, {port: 53}]",
            "type: NodePort",
        ],
    };
    dice.pick_sound(texts, unsound).to_owned()
}

/// What a patch has beside its `spec`.
fn metadata(dice: &mut Dice) -> &'static str {
    dice.pick(&[
        "",
        "",
        "",
        "",
        ", labels: {app: patched}",
        ", labels: {app: null}",
        ", annotations: {note: null, more: '1'}",
    ])
}

fn strategic(dice: &mut Dice) -> String {
    let (kind, name) = object(dice);
    let name = if dice.is_careless && dice.once_in(8) { "nobody" } else { name };
    let namespace = if dice.is_careless && dice.once_in(3) {
        dice.pick(&["", ", namespace: shop", ", namespace: tools"])
    } else {
        dice.namespace
    };
    let head = kind.replace(", ", "\n    ");
    let more = metadata(dice);
    if dice.once_in(14) {
        let what = dice.pick(&["delete", "replace", "merge"]);
        return format!("    {head}\n    metadata: {{name: {name}{namespace}}}\n    $patch: {what}\n");
    }
    format!("    {head}\n    metadata: {{name: {name}{namespace}{more}}}\n    spec:\n      {}\n", spec(dice, kind))
}

/// Operations of a JSON patch that fit a kind.
fn operations(dice: &mut Dice, kind: &str) -> String {
    let fitting: &[&str] = match kind {
        "policy" => &[
            "{op: add, path: /spec/ingress/-, value: {}}",
            "{op: add, path: /spec/ingress/-1, value: {from: [{podSelector: {}}]}}",
            "{op: remove, path: /spec/ingress/0/from/-1}",
            "{op: remove, path: /spec/ingress/0}",
            "{op: replace, path: /spec/ingress/0/ports/0/port, value: 1}",
            "{op: replace, path: /spec/podSelector/matchLabels, value: {tier: data}}",
            "{op: add, path: /spec/podSelector/matchLabels/app}",
            "{op: add, path: spec/policyTypes, value: [Ingress]}",
            "{op: copy, from: /spec/ingress/0/from/0, path: /spec/ingress/0/from/-}",
            "{op: move, from: /spec/ingress/0/ports, path: /spec/ingress/0/gone}",
            "{op: replace, path: /spec/fresh, value: 1}",
        ],
        "workload" => &[
            "{op: test, path: /spec/selector/matchLabels, value: {app: web}}",
            "{op: add, path: /spec/template/metadata/labels/a~1b, value: c}",
            "{op: replace, path: /spec/template/spec/containers/0/image, value: redis}",
            "{op: add, path: /spec/template/spec/containers/0/env/0, value: {name: FIRST, value: 'yes'}}",
            "{op: add, path: /spec/template/spec/containers/0/ports, value: [{containerPort: 7000, name: p}]}",
            "{op: remove, path: /spec/replicas}",
            "{op: replace, path: /spec/template/metadata/labels, value: {app: json, on: 'no'}}",
            "{op: add, path: /spec/template/spec/containers/-, value: {name: more, image: x, ports: [{containerPort: 80}]}}",
        ],
        _ => &["{op: add, path: /metadata/x, value: {a: [1, 2.5, null, yes]}}"],
    };
    let any = [
        "{op: add, path: /metadata/labels, value: {app: web, j: k}}",
        "{op: add, path: /metadata/annotations/x, value: y}",
        "{op: replace, path: /metadata/name, value: renamed}",
    ];
    let unsound = [
        "{op: add, path: /metadata/labels/x, value: y}",
        "{op: replace, path: /metadata/name, value: web}",
        "{op: test, path: /spec/podSelector/matchLabels/app, value: db}",
        "{op: test, path: /spec/replicas, value: 2}",
        "{op: remove, path: /spec/nothing}",
        "{op: replace, path: /spec/nothing/deep, value: 1}",
        "{op: nonsense, path: /spec}",
        "{path: /spec}",
        "{op: replace, path: '', value: {}}",
        "{op: add, path: x, value: 1}",
    ];
    let mut text = String::new();
    for _ in 0..1 + dice.roll(3) {
        let sound = if dice.once_in(3) { &any } else { fitting };
        text += &format!("    - {}\n", dice.pick_sound(sound, &unsound));
    }
    text
}

/// A target, and what kind of objects it means.
fn target(dice: &mut Dice) -> (&'static str, &'static str) {
    let targets = [
        ("kind: NetworkPolicy, name: d.", "policy"),
        ("kind: NetworkPolicy, name: db", "policy"),
        ("kind: NetworkPolicy, name: 'p-db|db|web-db'", "policy"),
        ("group: networking.k8s.io, version: v1, kind: NetworkPolicy, name: api", "policy"),
        ("kind: NetworkPolicy, name: db, namespace: a|shop|tools", "policy"),
        ("kind: Deployment, name: web", "workload"),
        ("kind: Deployment, name: 'p-web|web'", "workload"),
        ("name: '(?i)WEB', kind: Deployment", "workload"),
        ("kind: Deployment, namespace: shop, name: web", "workload"),
        ("kind: Deployment, labelSelector: 'app in (web, patched), tier'", "workload"),
        ("kind: Deployment, labelSelector: 'tier in (front), app notin (api)'", "workload"),
        ("kind: Deployment, labelSelector: '!tier'", "any"),
        ("kind: Ingress, annotationSelector: note=a", "any"),
        ("kind: Nothing", "any"),
        ("kind: Service, name: 'web|db'", "any"),
    ];
    let unsound = [
        ("kind: NetworkPolicy", "policy"),
        ("kind: Deployment|StatefulSet", "workload"),
        ("name: '['", "any"),
        ("labelSelector: 'a b'", "any"),
        ("{}", "any"),
    ];
    let all = [&targets[..], if dice.is_careless { &unsound } else { &[] }].concat();
    all[dice.roll(all.len())]
}

/// An entry of `patches`, and maybe a file.
fn patch(dice: &mut Dice, directory: &str, number: usize, files: &mut Files) -> String {
    let (content, entry) = match dice.roll(8) {
        0..3 => (strategic(dice), String::new()),
        3 => {
            let options =
                dice.pick(&["", "  options: {allowNameChange: true}\n", "  options: {allowKindChange: true}\n"]);
            let (kind, name) = object(dice);
            let sound = format!("kind: {}, name: '.*{name}'", kind.rsplit(' ').next().unwrap());
            let kind = if dice.is_careless {
                dice.pick(&["kind: Deployment", "kind: NetworkPolicy", "kind: Service"])
            } else {
                &sound
            };
            (strategic(dice), format!("  target: {{{kind}}}\n{options}"))
        }
        4 => (format!("{}    ---\n{}", strategic(dice), strategic(dice)), String::new()),
        5 if dice.once_in(4) => {
            let list = strategic(dice).replace("    ", "      ").replacen("      ", "    - ", 1);
            (format!("    apiVersion: v1\n    kind: List\n    items:\n{list}"), String::new())
        }
        _ if dice.is_careless && dice.once_in(8) => (operations(dice, "any"), String::new()),
        _ => {
            let (target, kind) = target(dice);
            (operations(dice, kind), format!("  target: {{{target}}}\n").replace("{{}}", "{}"))
        }
    };
    if dice.once_in(3) {
        let name = format!("patch-{number}.yaml");
        let content = content.lines().map(|line| format!("{}\n", line.strip_prefix("    ").unwrap_or(line))).collect();
        files.push((format!("{directory}{name}"), content));
        return format!("- path: {name}\n{entry}");
    }
    format!("- patch: |{}\n{content}{entry}", dice.pick(&["", "-"]))
}

fn labels(dice: &mut Dice) -> String {
    let pair = dice.pick(&["app: w", "tier: w", "team: w", "on.x/y: 'true'"]);
    let unsound = [
        ", includeSelectors: true, fields: [{path: spec/selector, version: v1, kind: Service, create: false}]",
        ", fields: [{path: metadata/labels, create: false}]",
        ", fields: [{path: metadata/name, create: true}]",
    ];
    let sound = [
        "",
        ", includeSelectors: true",
        ", includeTemplates: true",
        ", includeSelectors: false, includeTemplates: true",
        ", fields: [{path: spec/template/metadata/labels, kind: Rollout, create: true}]",
        ", fields: [{path: spec/podSelector/matchLabels, kind: NetworkPolicy, create: true}]",
        ", fields: [{path: 'spec/ingress[]/from[]/podSelector/matchLabels', kind: NetworkPolicy, create: true}]",
        ", fields: [{path: spec/ingress/from/podSelector/matchLabels, group: networking.k8s.io, kind: NetworkPolicy}]",
        ", fields: [{path: 'spec/egress[]/to', kind: NetworkPolicy, create: true}]",
    ];
    let more = dice.pick_sound(&sound, &unsound);
    format!("labels: [{{pairs: {{{pair}}}{more}}}]\n")
}

fn replacements(dice: &mut Dice, directory: &str, files: &mut Files) -> String {
    let source = dice.pick_sound(&[
        "{kind: Service, name: db}",
        "{kind: Service, name: api, fieldPath: spec.ports.0.port}",
        "{kind: Deployment, name: web, fieldPath: 'spec.template.spec.containers.[name=web].image', options: {delimiter: ':', index: 1}}",
        "{kind: Deployment, name: api, fieldPath: spec.template.metadata.labels}",
    ], &["{kind: Deployment, name: web, fieldPath: metadata.namespace}", "{name: web}", "{kind: Nothing}", "{kind: ConfigMap, name: settings, fieldPath: data.API}"]);
    let target = dice.pick_sound(&[
        "{select: {kind: Deployment, name: web}, fieldPaths: ['spec.template.spec.containers.[name=web].env.[name=DB_HOST].value']}",
        "{select: {kind: Deployment}, fieldPaths: [spec.template.metadata.labels.from], options: {create: true}}",
        "{select: {kind: NetworkPolicy, name: db}, fieldPaths: [spec.podSelector.matchLabels.app]}",
        "{select: {kind: NetworkPolicy}, reject: [{name: deny}, {name: api}], fieldPaths: [spec.ingress.0.ports.0.port]}",
        "{select: {kind: Service}, fieldPaths: [spec.selector.app]}",
        "{select: {kind: Service, name: web}, fieldPaths: [spec.ports.*.targetPort]}",
        "{select: {kind: Deployment, name: web}, fieldPaths: [spec.template.spec.containers.0.args.1], options: {delimiter: '-', index: 1}}",
        "{select: {kind: Deployment}, fieldPaths: [spec.template.spec.containers.*.image], options: {delimiter: ':', index: 1}}",
        "{select: {kind: Deployment, labelSelector: app=web}, fieldPaths: ['metadata.annotations.[example.org/from]'], options: {create: true}}",
        "{select: {kind: NetworkPolicy, name: deny}, fieldPaths: [spec.podSelector.matchLabels], options: {create: true}}",
    ], &[
        "{select: {kind: Deployment}, fieldPaths: [spec.nothing.here]}",
        "{select: {kind: NetworkPolicy}}",
    ]);
    let content = format!("source: {source}\n  targets: [{target}]\n");
    if dice.once_in(4) {
        files.push((format!("{directory}replacement.yaml"), content.replace("\n  ", "\n")));
        return "replacements: [{path: replacement.yaml}]\n".to_owned();
    }
    format!("replacements:\n- {content}")
}

fn generators(dice: &mut Dice, directory: &str, files: &mut Files) -> String {
    let mut text = String::new();
    let is_first = directory == "base/";
    let (name, namespace, behavior) = if dice.is_careless {
        let behavior = dice.pick(&["", "", ", behavior: merge", ", behavior: replace", ", behavior: create"]);
        (dice.pick(&["settings", "settings", "more"]), dice.pick(&["", "", ", namespace: shop"]), behavior)
    } else if dice.has_settings && is_first {
        ("settings", dice.namespace, dice.pick(&[", behavior: merge", ", behavior: replace"]))
    } else {
        (if is_first { "settings" } else { "more" }, dice.namespace, dice.pick(&["", ", behavior: create"]))
    };
    let source = match dice.roll(4) {
        0 => "literals: [level=debug, 'API=\"http://api:8080\"']".to_owned(),
        1 => {
            files.push((
                format!("{directory}values.env"),
                "# known\nAPI=http://api:8080\nDB=postgres://db\n\nEMPTY\n".to_owned(),
            ));
            "envs: [values.env]".to_owned()
        }
        2 => {
            files.push((format!("{directory}conf.txt"), "url: http://api:8080\nother: http://db:5432\n".to_owned()));
            dice.pick_sound(&["files: [conf.txt]", "files: [app.conf=conf.txt]"], &["files: [a=b=conf.txt]"]).to_owned()
        }
        _ => {
            let unsound = ["literals: [a=1, a=2]", "literals: [nothing]", "files: [gone.txt]"];
            dice.pick_sound(&["literals: []", "literals: [LEVEL=1, 'X=a=b']"], &unsound).to_owned()
        }
    };
    let options = dice.pick(&["", "", ", options: {disableNameSuffixHash: true, labels: {made: 'yes'}}"]);
    text += &format!("configMapGenerator: [{{name: {name}{namespace}{behavior}, {source}{options}}}]\n");
    if dice.once_in(3) {
        text += "secretGenerator: [{name: keys, type: Opaque, literals: [token=abc]}]\n";
    }
    if dice.once_in(3) {
        text += dice.pick(&[
            "generatorOptions: {disableNameSuffixHash: true}\n",
            "generatorOptions: {labels: {g: h}, immutable: true}\n",
        ]);
    }
    text
}

fn variables(dice: &mut Dice) -> String {
    let reference = dice.pick_sound(
        &["{kind: Service, name: db, apiVersion: v1}", "{kind: Service, name: api, apiVersion: v1}"],
        &["{kind: Service, name: nothing, apiVersion: v1}", "{kind: Deployment, name: api, apiVersion: apps/v1}"],
    );
    let field = dice.pick_sound(
        &["", ", fieldref: {fieldpath: metadata.name}", ", fieldref: {fieldPath: 'spec.ports[0].port'}"],
        &[", fieldref: {fieldPath: spec.replicas}"],
    );
    format!("vars: [{{name: DB, objref: {reference}{field}}}]\n")
}

fn plugins(dice: &mut Dice, directory: &str, files: &mut Files) -> String {
    let transformer = dice.pick_sound(&[
        "apiVersion: builtin\nkind: LabelTransformer\nmetadata: {name: l}\nlabels: {via: plugin, app: plugged}\nfieldSpecs: [{path: metadata/labels, create: true}, {path: spec/template/metadata/labels, create: true, kind: Deployment}]\n",
        "apiVersion: builtin\nkind: NamespaceTransformer\nmetadata: {name: n, namespace: plugged}\nunsetOnly: true\nfieldSpecs: [{path: metadata/name, kind: Namespace, create: true}]\n",
        "apiVersion: builtin\nkind: NamespaceTransformer\nmetadata: {name: n, namespace: plugged}\nsetRoleBindingSubjects: allServiceAccounts\n",
        "apiVersion: builtin\nkind: PrefixTransformer\nmetadata: {name: p}\nprefix: plug-\nfieldSpecs: [{path: metadata/name}]\n",
        "apiVersion: builtin\nkind: SuffixTransformer\nmetadata: {name: p}\nsuffix: -end\nfieldSpecs: [{path: metadata/name, kind: Service}]\n",
        "apiVersion: builtin\nkind: AnnotationsTransformer\nmetadata: {name: p}\nannotations: {via: plugin}\nfieldSpecs: [{path: metadata/annotations, create: true}]\n",
        "apiVersion: builtin\nkind: ImageTagTransformer\nmetadata: {name: p}\nimageTag: {name: nginx, newTag: '9'}\n",
        "apiVersion: builtin\nkind: ReplicaCountTransformer\nmetadata: {name: p}\nreplica: {name: web, count: 7}\nfieldSpecs: [{path: spec/replicas, kind: Deployment, create: true}]\n",
        "apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: p}\npatch: '[{\"op\": \"add\", \"path\": \"/metadata/labels/x\", \"value\": \"y\"}]'\ntarget: {kind: Deployment}\n",
        "apiVersion: builtin\nkind: PatchStrategicMergeTransformer\nmetadata: {name: p}\npatches: '{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: api}}}'\n",
        "apiVersion: builtin\nkind: ReplacementTransformer\nmetadata: {name: p}\nreplacements: [{source: {kind: Service, name: db}, targets: [{select: {kind: Deployment, name: web}, fieldPaths: [spec.template.spec.containers.0.env.1.value]}]}]\n",
        "apiVersion: builtin\nkind: ValueAddTransformer\nmetadata: {name: p}\nvalue: added\ntargets: [{selector: {kind: Deployment}, fieldPath: spec/template/metadata/labels/value}]\n",
    ], &[
        "apiVersion: builtin\nkind: PrefixTransformer\nmetadata: {name: p}\nprefix: plug-\n",
        "apiVersion: builtin\nkind: NothingTransformer\nmetadata: {name: p}\n",
    ]);
    match dice.roll(3) {
        0 => {
            files.push((format!("{directory}transformer.yaml"), transformer.to_owned()));
            "transformers: [transformer.yaml]\n".to_owned()
        }
        1 => {
            let inline: String = transformer.lines().map(|line| format!("  {line}\n")).collect();
            format!("transformers:\n- |-\n{inline}")
        }
        _ => {
            files.push((
                format!("{directory}generator.yaml"),
                "apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: plugged}\nliterals: [URL=http://api:8080]\n".to_owned(),
            ));
            "generators: [generator.yaml]\n".to_owned()
        }
    }
}

fn configurations(dice: &mut Dice, directory: &str, files: &mut Files) -> String {
    let content = dice.pick_sound(&[
        "commonLabels: [{path: spec/template/metadata/labels, kind: Rollout, create: true}]\n",
        "namespace: [{path: spec/target/namespace, kind: Rollout, create: true}]\n",
        "nameReference: [{kind: Service, version: v1, fieldSpecs: [{path: spec/template/spec/containers/env/value, kind: Deployment}]}]\n",
        "varReference: [{path: spec/template/metadata/labels, kind: Deployment}]\n",
        "images: [{path: spec/containers/image, kind: Rollout}]\n",
        "namePrefix: [{path: metadata/name}, {path: spec/serviceName, kind: StatefulSet}]\n",
    ], &[
        "commonLabels: [{path: spec/selector/matchLabels, kind: Deployment, create: false}]\n",
        "nothing: []\n",
    ]);
    files.push((format!("{directory}configuration.yaml"), content.to_owned()));
    "configurations: [configuration.yaml]\n".to_owned()
}

/// What is wrong with a kustomization, once in a while.
fn mistake(dice: &mut Dice, directory: &str, files: &mut Files) -> String {
    let line = dice.pick(&[
        "resource: [a.yaml]\n",
        "apiVersion: apps/v1\n",
        "kind: Deployment\n",
        "namePrefix: [p-]\n",
        "commonLabels: {a: 1}\n",
        "commonLabels: {a: true}\n",
        "commonAnnotations: {a: null}\n",
        "NameSuffix: -x\n",
        "replicas: [{name: nobody, count: 1}]\n",
        "patches: [{}]\n",
        "patches: [{path: gone.yaml}]\n",
        "crds: [gone.yaml]\n",
        "components: [.]\n",
        "images: [{name: '(', newTag: '1'}]\n",
        "buildMetadata: [originAnnotations]\n",
        "sortOptions: {order: fifo}\n",
        "sortOptions: {order: other}\n",
        "openapi: {version: v1.20.4}\n",
        "a: [\n",
        "kind: Component\n",
        "TWO FILES",
        "BROKEN",
        "NAMELESS",
        "KINDLESS",
        "TWICE",
        "OUTSIDE",
    ]);
    let mut extra = |name: &str, content: &str| {
        files.push((format!("{directory}{name}"), content.to_owned()));
        format!("# {name}\n")
    };
    match line {
        "TWO FILES" => extra("kustomization.yml", "resources: []\n"),
        "BROKEN" => extra("broken.yaml", "a: [\n") + "components: [broken.yaml]\n",
        "NAMELESS" => extra("extra.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {labels: {a: b}}\n"),
        "KINDLESS" => extra("extra.yaml", "apiVersion: v1\nmetadata: {name: x}\n"),
        "TWICE" => extra(
            "extra.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: x, name: y}\nspec: {containers: [{name: a, image: b}]}\n",
        ),
        "OUTSIDE" => extra("extra.yaml", "a: [\n"),
        line => line.to_owned(),
    }
}

/// A kustomization over some resources.
fn kustomization(dice: &mut Dice, directory: &str, resources: &str, files: &mut Files) -> String {
    let mut text = String::new();
    if dice.once_in(3) {
        text += "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n";
    }
    let mut own = String::new();
    let mut add = |dice: &mut Dice, odds: usize, make: &mut dyn FnMut(&mut Dice) -> String| {
        if dice.once_in(odds) {
            own += &make(dice);
        }
    };
    add(dice, 2, &mut |dice| format!("namespace: {}\n", dice.pick(&["a", "shop", "default", "b"])));
    add(dice, 4, &mut |dice| format!("namePrefix: {}-\n", dice.pick(&["p", "web", "b"])));
    add(dice, 6, &mut |_| "nameSuffix: -s\n".to_owned());
    add(dice, 5, &mut |dice| format!("commonLabels: {{{}: v}}\n", dice.pick(&["app", "team", "on.x/y"])));
    add(dice, 4, &mut labels);
    add(dice, 8, &mut |_| "commonAnnotations: {note: n1}\n".to_owned());
    add(dice, 5, &mut |dice| {
        let image = dice.pick(&[
            "{name: nginx, newName: postgres, newTag: '9'}",
            "{name: 'n.*x', newTag: '2'}",
            "{name: 'example.org:5000/side', digest: 'sha256:ab'}",
            "{name: postgres, newName: example.org/db}",
            "{name: example.org/api, tagSuffix: -x}",
        ]);
        format!("images: [{image}]\n")
    });
    add(dice, 8, &mut |dice| format!("replicas: [{{name: {}, count: 4}}]\n", dice.pick(&["web", "db", "api"])));
    add(dice, 4, &mut |dice| generators(dice, directory, files));
    add(dice, 7, &mut |dice| replacements(dice, directory, files));
    add(dice, 9, &mut |dice| variables(dice));
    add(dice, 9, &mut |dice| plugins(dice, directory, files));
    add(dice, 9, &mut |dice| configurations(dice, directory, files));
    add(dice, 10, &mut |dice| {
        let (_, content) = ((), strategic(dice));
        format!("patchesStrategicMerge:\n- |-\n{content}")
    });
    add(dice, 12, &mut |dice| {
        let targets = [
            ("group: apps, version: v1, kind: Deployment, name: web", "workload"),
            ("group: networking.k8s.io, version: v1, kind: NetworkPolicy, name: db", "policy"),
        ];
        let (target, kind) = targets[dice.roll(2)];
        format!("patchesJson6902:\n- target: {{{target}}}\n  patch: |-\n{}", operations(dice, kind))
    });
    let count = [0, 0, 1, 1, 2, 3][dice.roll(6)];
    if count > 0 {
        own += "patches:\n";
        for number in 0..count {
            own += &patch(dice, directory, number, files);
        }
    }
    text += &own;
    let mut resources = resources.to_owned();
    if dice.is_careless && dice.once_in(5) {
        let mistake = mistake(dice, directory, files);
        if files.iter().any(|(path, _)| *path == format!("{directory}extra.yaml")) {
            resources += ", extra.yaml";
        }
        let key = mistake.split(':').next().unwrap_or_default().to_owned();
        if !text.lines().any(|line| line.starts_with(&format!("{key}:"))) {
            text += &mistake;
        }
    }
    if dice.is_careless && dice.once_in(12) {
        resources += dice.pick(&[", gone.yaml", ", ../outside.yaml", ", ..", ", ''"]);
    }
    format!("{text}resources: [{resources}]\n")
}

/// A tree whose root is a kustomization: mostly an overlay of a base, with a component or two.
pub(crate) fn tree(seed: u64) -> Files {
    let mut dice = Dice::new(seed);
    let dice = &mut dice;
    let mut files = Files::new();
    let add = |files: &mut Files, path: &str, text: String| files.push((path.to_owned(), text));
    let base = objects(dice);
    let base = if dice.once_in(12) { as_list(&base) } else { base };
    add(&mut files, "base/objects.yaml", base);
    let inner = kustomization(dice, "base/", "objects.yaml", &mut files);
    add(&mut files, "base/kustomization.yaml", inner);
    let mut resources = "base".to_owned();
    if dice.once_in(4) {
        resources += ", more.yaml";
        let policy = dice.pick_sound(&["extra"], &["db"]);
        add(
            &mut files,
            "more.yaml",
            format!(
                "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: {policy}, namespace: shop}}\nspec: {{podSelector: {{matchLabels: {{app: web}}}}, policyTypes: [Ingress], ingress: [{{}}]}}\n"
            ),
        );
    }
    if dice.is_careless && dice.once_in(4) {
        resources += dice.pick(&[", base", ", component", ", more.yaml"]);
    }
    let mut outer = kustomization(dice, "", &resources, &mut files);
    if dice.once_in(4) {
        let mut component = kustomization(dice, "component/", "", &mut files)
            .replace("[, ", "[")
            .replace("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n", "");
        component = format!("apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n{component}");
        add(&mut files, "component/kustomization.yaml", component);
        if !outer.contains("components:") {
            outer += dice.pick_sound(&["components: [component]\n"], &["components: [base]\n"]);
        }
    }
    add(&mut files, "kustomization.yaml", outer);
    files
}

/// Documents as the items of a List.
fn as_list(text: &str) -> String {
    let mut list = "apiVersion: v1\nkind: List\nitems:\n".to_owned();
    for document in text.split("---\n").filter(|document| !document.is_empty()) {
        let document: String = document.lines().map(|line| format!("  {line}\n")).collect();
        list += &document.replacen("  ", "- ", 1);
    }
    list
}
