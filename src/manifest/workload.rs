//! Workloads: Pods and whatever has a pod template.

use smol_str::SmolStr;

use super::each;
use crate::net::Protocol;
use crate::objects::metadata::{Metadata, string, string_map, text_of};
use crate::objects::{
    Argument, ConfigMapRef, Container, ContainerPort, EnvVar, Labels, Numbered, Object, ReadFrom, SecretRef, Workload,
    kinds,
};
use crate::source::Origin;
use crate::yaml::{Kind, Node};

/// Reads a workload of any kind, custom ones too, by its shape; `None` where the object has no containers.
pub(super) fn read(node: Node<'_>, object: Object) -> Option<Workload> {
    let (pod, origin) = pod(node, &object)?;
    let spec = pod.get("spec")?;
    let spec_origin = origin.key("spec");
    let [main, init, volumes] = spec.get_all(["containers", "initContainers", "volumes"]);
    if main?.kind() != Kind::Seq {
        return None;
    }
    let [host_network, dns_policy] = spec.get_all(["hostNetwork", "dnsPolicy"]);
    let [account, old_account, automount_token] =
        spec.get_all(["serviceAccountName", "serviceAccount", "automountServiceAccountToken"]);
    let [replicas, volume_claims] = node.get("spec")?.get_all(["replicas", "volumeClaimTemplates"]);
    let metadata = Metadata::of(pod);
    let in_list = |list, key, init| each(list, (&spec_origin, key), |item, origin| Some(container(item, init, origin)));
    let mut containers = in_list(main, "containers", false);
    containers.append(&mut in_list(init, "initContainers", true));
    Some(Workload {
        read_from: ReadFrom::Manifest,
        replica: None,
        numbered: numbered(node, &object.kind),
        pod_labels: metadata.labels(),
        labels_origin: origin.keys(["metadata", "labels"]),
        pod_annotations: metadata.annotations(),
        containers,
        host_network: host_network.and_then(|it| it.as_bool()) == Some(true),
        dns_policy: dns_policy.and_then(string),
        service_account: account.and_then(string).or_else(|| old_account.and_then(string)),
        automount_token: automount_token.and_then(|it| it.as_bool()),
        replicas: replicas.and_then(|it| it.as_i64()),
        volume_claims: volume_claims.is_some_and(|claims| claims.items().next().is_some()),
        config_maps: config_maps([main, init], volumes),
        secrets: secrets([(main, "containers"), (init, "initContainers")], &spec_origin),
        selector: node.get("spec")?.get("selector").map(selector).unwrap_or_default(),
        spec_origin,
        object,
    })
}

/// How the controller numbers the pods: those of a StatefulSet from `spec.ordinals.start`, those of a Job, or of the
/// Jobs of a CronJob, from 0 where its `completionMode` is `Indexed`.
fn numbered(node: Node<'_>, kind: &str) -> Option<Box<Numbered>> {
    let has_template = kinds::pod_template(kind).split_last()?.1;
    let spec = has_template.iter().try_fold(node, |node, key| node.get(key))?;
    let number = |node: Option<Node<'_>>| node.and_then(|it| it.as_i64()).and_then(|it| u64::try_from(it).ok());
    let (start, count) = match kind {
        "StatefulSet" => (spec.get("ordinals").and_then(|it| number(it.get("start"))), spec.get("replicas")),
        "Job" | "CronJob" if text_of(spec, "completionMode").as_deref() == Some("Indexed") => {
            (None, spec.get("completions"))
        }
        _ => return None,
    };
    Some(Box::new(Numbered::new(start.unwrap_or(0), number(count))))
}

/// The pod, or its template, and where it is.
fn pod<'d>(node: Node<'d>, object: &Object) -> Option<(Node<'d>, Origin)> {
    let path = kinds::pod_template(&object.kind);
    let template = path.iter().try_fold(node, |node, key| node.get(key))?;
    Some((template, object.origin.keys(path.iter().copied())))
}

fn container(node: Node<'_>, in_init_list: bool, origin: Origin) -> Container {
    let [name, image, ports, env] = node.get_all(["name", "image", "ports", "env"]);
    let [restart_policy, command, args] = node.get_all(["restartPolicy", "command", "args"]);
    // A restartable init container is a sidecar: it runs beside the others (KEP-753).
    let sidecar = restart_policy.and_then(|it| it.as_str()) == Some("Always");
    let arguments =
        |words, key| each(words, (&origin, key), |word, origin| Some(Argument { text: string(word)?, origin }));
    Container {
        name: name.and_then(string).unwrap_or_default(),
        image: image.and_then(string).unwrap_or_default(),
        ports: each(ports, (&origin, "ports"), container_port),
        env: each(env, (&origin, "env"), |variable, origin| {
            let [name, value] = variable.get_all(["name", "value"]);
            Some(EnvVar { name: name.and_then(string)?, value: value.and_then(string), origin })
        }),
        arguments: arguments(command, "command").into_iter().chain(arguments(args, "args")).collect(),
        init: in_init_list && !sidecar,
        origin,
    }
}

fn container_port(node: Node<'_>, origin: Origin) -> Option<ContainerPort> {
    let [name, port, protocol] = node.get_all(["name", "containerPort", "protocol"]);
    Some(ContainerPort {
        name: name.and_then(string).filter(|name| !name.is_empty()),
        port: u16::try_from(port?.as_i64()?).ok().filter(|&port| port > 0)?,
        protocol: match protocol.and_then(|it| it.as_str()) {
            Some(protocol) => Protocol::parse(protocol)?,
            None => Protocol::Tcp,
        },
        origin,
    })
}

/// What becomes environment variables or files of any container.
fn config_maps(containers: [Option<Node<'_>>; 2], volumes: Option<Node<'_>>) -> Vec<ConfigMapRef> {
    let containers: Vec<_> = containers.into_iter().flatten().flat_map(|it| it.items()).collect();
    let listed = |key| containers.iter().filter_map(move |container| container.get(key)).flat_map(|it| it.items());
    let whole = |name| ConfigMapRef { name, key: None, variable: None };
    let env_from = listed("envFrom").filter_map(|source| Some(whole(text_of(source.get("configMapRef")?, "name")?)));
    let env = listed("env").filter_map(|variable| {
        let entry = variable.get("valueFrom")?.get("configMapKeyRef")?;
        let name = text_of(entry, "name")?;
        Some(ConfigMapRef { name, key: text_of(entry, "key"), variable: text_of(variable, "name") })
    });
    let volumes = || volumes.into_iter().flat_map(|it| it.items());
    let projected = volumes().filter_map(|volume| volume.get("projected")?.get("sources")).flat_map(|it| it.items());
    let mounted = volumes().chain(projected).filter_map(|volume| volume.get("configMap")).flat_map(mounted);
    let mut all: Vec<ConfigMapRef> = env_from.chain(env).chain(mounted).collect();
    all.sort();
    all.dedup();
    all
}

/// The labels that a controller selects its pods by; a ReplicationController writes them without `matchLabels`.
fn selector(selector: Node<'_>) -> Labels {
    let is_plain = selector.get("matchExpressions").is_none();
    string_map(selector.get("matchLabels").or(Some(selector).filter(|_| is_plain)))
}

/// What becomes environment variables of any container, and is in Secrets.
fn secrets(lists: [(Option<Node<'_>>, &'static str); 2], spec: &Origin) -> Vec<SecretRef> {
    let mut found = Vec::new();
    for (list, field) in lists {
        for (index, container) in list.into_iter().flat_map(|it| it.items()).enumerate() {
            let at = |key, place| spec.key(field).index(index).key(key).index(place);
            for (place, source) in container.get("envFrom").into_iter().flat_map(|it| it.items()).enumerate() {
                let name = source.get("secretRef").and_then(|it| text_of(it, "name"));
                found.extend(name.map(|name| SecretRef { name, variable: None, origin: at("envFrom", place) }));
            }
            for (place, variable) in container.get("env").into_iter().flat_map(|it| it.items()).enumerate() {
                let entry = variable.get("valueFrom").and_then(|it| it.get("secretKeyRef"));
                let name = entry.and_then(|it| text_of(it, "name"));
                let variable = text_of(variable, "name");
                found.extend(name.map(|name| SecretRef { name, variable, origin: at("env", place) }));
            }
        }
    }
    found
}

/// What a volume mounts of a ConfigMap: the entries that it lists, else all.
fn mounted(source: Node<'_>) -> Vec<ConfigMapRef> {
    let Some(name) = text_of(source, "name") else { return Vec::new() };
    let items = source.get("items").into_iter().flat_map(|it| it.items());
    let mut keys: Vec<Option<SmolStr>> = items.filter_map(|item| text_of(item, "key")).map(Some).collect();
    if keys.is_empty() {
        keys.push(None);
    }
    keys.into_iter().map(|key| ConfigMapRef { name: name.clone(), key, variable: None }).collect()
}
