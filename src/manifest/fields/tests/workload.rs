//! Pods and pod templates.

use super::{accepts, check, does_not_know, object, rejects};

fn pod(spec: &str) -> String {
    object("v1", "Pod", spec)
}

fn container(container: &str) -> String {
    pod(&format!("{{containers: [{{name: web, {container}}}]}}"))
}

#[test]
fn containers_have_names_of_their_own() {
    rejects(&pod("{containers: [{image: nginx}]}"), "{image: nginx}", "this container has no name");
    rejects(&pod("{containers: [{name: Web}]}"), "Web", "`Web` is not a valid name");
    rejects(&pod("{containers: [{name: a.b}]}"), "a.b", "`a.b` is not a valid name");
    let twice = pod("{initContainers: [{name: web}], containers: [{name: web}]}");
    rejects(&twice, "web", "two containers of the pod are named `web`");
    accepts(&pod("{initContainers: [{name: a}], containers: [{name: b}, {name: c}]}"));
}

#[test]
fn container_ports_are_numbers_with_names_of_their_own() {
    let ports = |ports: &str| container(&format!("ports: [{ports}]"));
    rejects(&ports("{containerPort: 0}"), "0", "`0` is not a port number");
    rejects(&ports("{containerPort: '80'}"), "'80'", "`containerPort` takes a whole number, not the string `80`");
    rejects(&ports("{name: http}"), "{name: http}", "this port has no `containerPort`");
    rejects(&ports("80"), "80", "an item of `ports` takes a mapping, not the number `80`");
    rejects(
        &ports("{containerPort: 80, name: http-and-metrics}"),
        "http-and-metrics",
        "`http-and-metrics` is not a valid port name",
    );
    rejects(&ports("{containerPort: 80, protocol: Tcp}"), "Tcp", "`Tcp` is not a value of `protocol`");
    let twice = ports("{containerPort: 80, name: web}, {containerPort: 81, name: web}");
    rejects(&twice, "web", "two ports of the container are named `web`");
    assert_eq!(check(&ports("{containerPort: '80'}")).0[0].help, "write it without quotes: `80`");
    accepts(&ports("{containerPort: 80, name: '', hostPort: 0}, {containerPort: 53, protocol: UDP, name: dns}"));
    accepts(&pod(
        "{containers: [{name: a, ports: [{containerPort: 1, name: x}]}, {name: b, ports: [{containerPort: 1, name: x}]}]}",
    ));
}

#[test]
fn settings_are_taken_from_config_maps() {
    let env = |source: &str| container(&format!("env: [{{name: A, {source}}}]"));
    rejects(
        &env("value: a, valueFrom: {configMapKeyRef: {name: m, key: k}}"),
        "valueFrom",
        "`value` and `valueFrom` are in one variable",
    );
    rejects(&env("valueFrom: {configMapKeyRef: {name: m}}"), "configMapKeyRef", "this reference has no `key`");
    does_not_know(
        &env("valueFrom: {configMapRef: {name: m, key: k}}"),
        "configMapRef",
        "write `configMapKeyRef`, with a `key`",
    );
    does_not_know(&container("envFrom: [{configMap: {name: m}}]"), "configMap", "write `configMapRef`");
    let volume = |source: &str| pod(&format!("{{volumes: [{{name: v, {source}}}]}}"));
    rejects(
        &volume("configMap: {name: m, defaultMode: '0444'}"),
        "'0444'",
        "`defaultMode` takes a whole number, not the string `0444`",
    );
    rejects(&volume("configMap: {name: m, items: [{key: k}]}"), "{key: k}", "this item has no `path`");
    does_not_know(&volume("configMapp: {name: m}"), "configMapp", "write `configMap`");
    does_not_know(&volume("projected: {source: []}"), "source", "write `sources`");
    accepts(&env("value: '', valueFrom: {secretKeyRef: {name: m, key: k}}"));
    accepts(&container("envFrom: [{prefix: A_, configMapRef: {name: m, optional: true}}, {secretRef: {name: s}}]"));
    accepts(&volume("configMap: {name: m, defaultMode: 0444, items: [{key: k, path: p, mode: 256}]}"));
    accepts(&volume("projected: {sources: [{configMap: {name: m}}, {serviceAccountToken: {path: t}}]}"));
}

#[test]
fn environment_variables_and_words_are_strings() {
    rejects(&container("env: [{name: PORT, value: 8080}]"), "8080", "`value` takes a string, not the number `8080`");
    rejects(&container("env: [{name: DEBUG, value: yes}]"), "yes", "`value` takes a string, not the boolean `yes`");
    rejects(&container("env: [{value: a}]"), "{value: a}", "this environment variable has no name");
    rejects(&container("env: [{name: a=b}]"), "a=b", "`a=b` is not a valid name of an environment variable");
    rejects(&container("env: {PORT: '1'}"), "{PORT: '1'}", "`env` takes a list, not a mapping");
    rejects(&container("args: [--port, 8080]"), "8080", "an item of `args` takes a string, not the number `8080`");
    rejects(&container("command: sleep"), "sleep", "`command` takes a list, not the string `sleep`");
    rejects(&container("image: 1.25"), "1.25", "`image` takes a string, not the number `1.25`");
    assert_eq!(check(&container("command: sleep")).0[0].help, "write a list: `command: [sleep]`");
    accepts(&container("env: [{name: my.var-1, value: null}, {name: A, valueFrom: {fieldRef: {fieldPath: a}}}]"));
}

#[test]
fn pod_specs_have_types() {
    rejects(&pod("{hostNetwork: 'true'}"), "'true'", "`hostNetwork` takes a boolean, not the string `true`");
    rejects(&pod("{dnsPolicy: none}"), "none", "`none` is not a value of `dnsPolicy`");
    rejects(&pod("{containers: {name: web}}"), "{name: web}", "`containers` takes a list, not a mapping");
    rejects(&pod("{nodeSelector: {gpu: true}}"), "true", "`gpu` takes a string, not the boolean `true`");
    accepts(&pod("{hostNetwork: yes, dnsPolicy: None, securityContext: {anything: goes}}"));
}

#[test]
fn fields_of_pods_are_known_by_name() {
    does_not_know(
        &pod("{containers: [{name: web, hostNetwork: true}]}"),
        "hostNetwork",
        "write it one level up, beside `containers`: `spec.hostNetwork`",
    );
    does_not_know(&pod("{image: nginx, containers: [{name: web}]}"), "image", "write it as `spec.containers[].image`");
    does_not_know(&container("livenessprobe: {}"), "livenessprobe", "write `livenessProbe`");
    let deployment = object("apps/v1", "Deployment", "{template: {labels: {app: web}}}");
    does_not_know(&deployment, "labels", "write it as `spec.template.metadata.labels`");
    let deployment = object("apps/v1", "Deployment", "{template: {spec: {replicas: 2}}}");
    does_not_know(&deployment, "replicas", "write it two levels up, beside `template`: `spec.replicas`");
}

#[test]
fn every_workload_kind_is_checked_down_to_its_containers() {
    for (version, kind) in [
        ("v1", "ReplicationController"),
        ("apps/v1", "Deployment"),
        ("apps/v1", "StatefulSet"),
        ("apps/v1", "DaemonSet"),
        ("apps/v1", "ReplicaSet"),
        ("batch/v1", "Job"),
    ] {
        let spec = "{template: {metadata: {labels: {app: 7}}, spec: {containers: [{name: web}]}}}";
        rejects(&object(version, kind, spec), "7", "`app` takes a string, not the number `7`");
    }
    let spec = "{jobTemplate: {spec: {template: {spec: {containers: [{name: web, image: 7}]}}}}}";
    rejects(&object("batch/v1", "CronJob", spec), "7", "`image` takes a string, not the number `7`");
}

#[test]
fn a_selector_selects_the_pods_of_its_template() {
    let deployment = |selector: &str, labels: &str| {
        let spec = format!("{{selector: {{matchLabels: {selector}}}, template: {{metadata: {{labels: {labels}}}}}}}");
        object("apps/v1", "Deployment", &spec)
    };
    rejects(&deployment("{app: web}", "{app: api}"), "web", "the template's labels lack `app: web` of the selector");
    rejects(
        &deployment("{app: web, tier: a}", "{app: web}"),
        "a",
        "the template's labels lack `tier: a` of the selector",
    );
    accepts(&deployment("{app: web}", "{app: web, tier: a}"));
    accepts(&deployment("{app: '${NAME}'}", "{app: web}"));
    rejects(&deployment("{app: web}", "{app: 1}"), "1", "`app` takes a string, not the number `1`");
}
