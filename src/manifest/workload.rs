//! Workloads: Pods and whatever has a pod template.

use super::metadata::Metadata;
use super::{each, string, text_of};
use crate::cluster::{Argument, ConfigMapRef, Container, ContainerPort, EnvVar, Object, Protocol, Workload};
use crate::finding::Origin;
use crate::yaml::{Kind, Node};

/// Reads a workload of any kind, custom ones too, by its shape; `None` where the object has no containers.
pub(super) fn read(node: Node<'_>, object: Object) -> Option<Workload> {
    let (pod, origin) = pod(node, &object)?;
    let spec = pod.get("spec")?;
    let spec_origin = origin.key("spec");
    if spec.get("containers")?.kind() != Kind::Seq {
        return None;
    }
    let metadata = Metadata::of(pod);
    let in_list = |key, init| {
        let list = spec_origin.key(key);
        each(spec.get(key), |index, item| Some(container(item, init, list.index(index))))
    };
    let mut containers = in_list("containers", false);
    containers.append(&mut in_list("initContainers", true));
    Some(Workload {
        pod_labels: metadata.labels(),
        labels_origin: origin.keys(["metadata", "labels"]),
        pod_annotations: metadata.annotations(),
        containers,
        host_network: spec.get("hostNetwork").and_then(|it| it.as_bool()) == Some(true),
        dns_policy: text_of(spec, "dnsPolicy"),
        service_account: text_of(spec, "serviceAccountName").or_else(|| text_of(spec, "serviceAccount")),
        automount_token: spec.get("automountServiceAccountToken").and_then(|it| it.as_bool()),
        replicas: node.get("spec").and_then(|spec| spec.get("replicas")).and_then(|it| it.as_i64()),
        volume_claims: node
            .get("spec")
            .and_then(|spec| spec.get("volumeClaimTemplates"))
            .is_some_and(|claims| claims.items().next().is_some()),
        config_maps: config_maps(spec),
        spec_origin,
        object,
    })
}

/// The pod, or its template, and where it stands.
fn pod<'d>(node: Node<'d>, object: &Object) -> Option<(Node<'d>, Origin)> {
    match object.kind.as_str() {
        "Pod" => Some((node, object.origin.clone())),
        "CronJob" => {
            let path = ["spec", "jobTemplate", "spec", "template"];
            let template = path.iter().try_fold(node, |node, key| node.get(key))?;
            Some((template, object.origin.keys(path)))
        }
        _ => Some((node.get("spec")?.get("template")?, object.origin.keys(["spec", "template"]))),
    }
}

fn container(node: Node<'_>, in_init_list: bool, origin: Origin) -> Container {
    // A restartable init container is a sidecar: it runs beside the others (KEP-753).
    let sidecar = text_of(node, "restartPolicy").as_deref() == Some("Always");
    let ports_origin = origin.key("ports");
    let env_origin = origin.key("env");
    Container {
        name: text_of(node, "name").unwrap_or_default(),
        image: text_of(node, "image").unwrap_or_default(),
        ports: each(node.get("ports"), |index, port| container_port(port, ports_origin.index(index))),
        env: each(node.get("env"), |index, variable| {
            let origin = env_origin.index(index);
            Some(EnvVar { name: text_of(variable, "name")?, value: text_of(variable, "value"), origin })
        }),
        arguments: ["command", "args"].into_iter().flat_map(|key| arguments(node, key, &origin)).collect(),
        init: in_init_list && !sidecar,
        origin,
    }
}

fn arguments(node: Node<'_>, key: &'static str, origin: &Origin) -> Vec<Argument> {
    let origin = origin.key(key);
    each(node.get(key), |index, word| Some(Argument { text: string(word)?, origin: origin.index(index) }))
}

fn container_port(node: Node<'_>, origin: Origin) -> Option<ContainerPort> {
    Some(ContainerPort {
        name: text_of(node, "name").filter(|name| !name.is_empty()),
        port: u16::try_from(node.get("containerPort")?.as_i64()?).ok().filter(|&port| port > 0)?,
        protocol: match text_of(node, "protocol") {
            Some(protocol) => Protocol::parse(&protocol)?,
            None => Protocol::Tcp,
        },
        origin,
    })
}

/// What becomes environment variables or files of any container.
fn config_maps(spec: Node<'_>) -> Vec<ConfigMapRef> {
    let lists = ["containers", "initContainers"].into_iter().filter_map(|key| spec.get(key));
    let containers: Vec<_> = lists.flat_map(|it| it.items()).collect();
    let listed = |key| containers.iter().filter_map(move |container| container.get(key)).flat_map(|it| it.items());
    let whole = |name| ConfigMapRef { name, key: None, variable: None };
    let env_from = listed("envFrom").filter_map(|source| Some(whole(text_of(source.get("configMapRef")?, "name")?)));
    let env = listed("env").filter_map(|variable| {
        let entry = variable.get("valueFrom")?.get("configMapKeyRef")?;
        let name = text_of(entry, "name")?;
        Some(ConfigMapRef { name, key: text_of(entry, "key"), variable: text_of(variable, "name") })
    });
    let volumes = || spec.get("volumes").into_iter().flat_map(|it| it.items());
    let projected = volumes().filter_map(|volume| volume.get("projected")?.get("sources")).flat_map(|it| it.items());
    let mounted = volumes().chain(projected).filter_map(|volume| volume.get("configMap")).flat_map(mounted);
    let mut all: Vec<ConfigMapRef> = env_from.chain(env).chain(mounted).collect();
    all.sort();
    all.dedup();
    all
}

/// What a volume mounts of a ConfigMap: the entries that it lists, else all.
fn mounted(source: Node<'_>) -> Vec<ConfigMapRef> {
    let Some(name) = text_of(source, "name") else { return Vec::new() };
    let items = source.get("items").into_iter().flat_map(|it| it.items());
    let mut keys: Vec<Option<String>> = items.filter_map(|item| text_of(item, "key")).map(Some).collect();
    if keys.is_empty() {
        keys.push(None);
    }
    keys.into_iter().map(|key| ConfigMapRef { name: name.clone(), key, variable: None }).collect()
}
