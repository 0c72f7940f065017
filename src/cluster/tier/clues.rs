//! Where evidence for a tier is found in a workload.

use super::families::{FAMILIES, Family, SHARED_PORTS};
use super::roles::{self, Product};
use super::tools;
use super::words::{self, Image};
use super::{Clue, Evidence, Exposure, Kind, Tier};
use crate::cluster::{Container, Protocol, Workload};
use crate::finding::Origin;

/// Clues that hold for every container: labels, names, StatefulSet, exposure.
pub(super) fn of_workload(workload: &Workload, exposure: Option<&Exposure>) -> Vec<Clue> {
    let mut clues = explicit_labels(workload);
    clues.extend(names(workload));
    if workload.volume_claims {
        let origin = workload.object.origin.keys(["spec", "volumeClaimTemplates"]);
        clues.extend(stateful("a StatefulSet with `volumeClaimTemplates`", &origin));
    } else if workload.object.kind == "StatefulSet" {
        clues.extend(stateful("a StatefulSet", &workload.object.origin.key("kind")));
    }
    clues.extend(exposure.map(|exposure| Clue {
        kind: Kind::Exposure,
        tier: Tier::Frontend,
        family: None,
        weight: 2,
        alone: false,
        evidence: Evidence { words: exposure.words.clone(), origin: exposure.origin.clone() },
    }));
    clues
}

/// Clues of each container that does the workload's own work: no init container, and no companion beside others.
pub(super) fn of_containers(workload: &Workload) -> Vec<Vec<Clue>> {
    let containers: Vec<_> = workload
        .containers
        .iter()
        .filter(|container| !container.init)
        .map(|container| (container, image_product(container)))
        .collect();
    let is_companion = |product: &Option<(Product, u8)>| {
        product.is_some_and(|((tier, _), weight)| tier.is_companion() && weight == EXACT)
    };
    let only_companions = containers.iter().all(|(_, product)| is_companion(product));
    containers
        .iter()
        .filter(|(_, product)| only_companions || !is_companion(product))
        .map(|(container, product)| of_container(container, *product))
        .collect()
}

/// Whether the workload's name or an explicit label makes it a tool, so that it is no data store whatever it runs.
pub(super) fn names_a_tool(workload: &Workload) -> bool {
    let labels = workload.pod_labels.iter().filter(|(key, _)| is_tier_label(key)).map(|(_, value)| value);
    labels.chain([&workload.object.name]).any(|name| tool(name).is_some())
}

/// The environment variable that gives a container of the workload the address of a data store, if one does:
/// `DATABASE_URL`, `ORDERS_DB_HOST`, or any whose value starts like `postgres://`.
#[must_use]
pub fn database_client(workload: &Workload) -> Option<Evidence> {
    workload.containers.iter().filter(|container| !container.init).find_map(store_address)
}

fn clue(kind: Kind, (tier, family): Product, weight: u8, words: String, origin: Origin) -> Clue {
    Clue { kind, tier, family, weight, alone: true, evidence: Evidence { words, origin } }
}

fn supporting(clue: Clue) -> Clue {
    Clue { alone: false, ..clue }
}

fn stateful(words: &str, origin: &Origin) -> impl Iterator<Item = Clue> {
    [Tier::Database, Tier::Broker, Tier::Coordination, Tier::Storage]
        .map(|tier| supporting(clue(Kind::StatefulSet, (tier, None), 1, words.to_owned(), origin.clone())))
        .into_iter()
}

/// The part of a label's key after its prefix: `component` of `app.kubernetes.io/component`.
fn key_name(key: &str) -> &str {
    key.rsplit_once('/').map_or(key, |(_, name)| name)
}

fn is_tier_label(key: &str) -> bool {
    matches!(key_name(key), "tier" | "role" | "component" | "layer")
}

fn is_name_label(key: &str) -> bool {
    matches!(key_name(key), "app" | "name" | "k8s-app" | "application" | "run")
}

fn tool(name: &str) -> Option<Tier> {
    tools::by_name(&words::of_name(name))
}

fn explicit_labels(workload: &Workload) -> Vec<Clue> {
    let labels = workload.pod_labels.iter().filter(|(key, _)| is_tier_label(key));
    labels
        .filter_map(|(key, value)| {
            let origin = workload.labels_origin.key(key.clone());
            let of = |product, weight| clue(Kind::Label, product, weight, format!("label `{key}: {value}`"), origin);
            if let Some(tier) = tool(value) {
                return Some(of((tier, None), 3));
            }
            let words = words::of_name(value);
            if let Some((role, _)) = words::by_head(&words, roles::role_of) {
                let found = of((role.tier, None), role.label_weight);
                return Some(if role.alone { found } else { supporting(found) });
            }
            words::by_head(&words, named_product).map(|(product, _)| of(product, 3))
        })
        .collect()
}

fn named_product(name: &str) -> Option<Product> {
    let family = roles::family_of(name).map(|family| (family.tier, Some(family)));
    family.or_else(|| roles::product(|called| called == name))
}

fn names(workload: &Workload) -> Vec<Clue> {
    let name = [(
        &workload.object.name,
        format!("name `{}`", workload.object.name),
        workload.object.origin.keys(["metadata", "name"]),
    )];
    let labels = workload
        .pod_labels
        .iter()
        .filter(|(key, _)| is_name_label(key))
        .map(|(key, value)| (value, format!("label `{key}: {value}`"), workload.labels_origin.key(key.clone())));
    name.into_iter().chain(labels).flat_map(|(name, words, origin)| of_name(name, &words, &origin)).collect()
}

/// The head of a name speaks for itself; a data store named before it (`redis-cart`) only supports other evidence.
fn of_name(name: &str, said: &str, origin: &Origin) -> Vec<Clue> {
    let of = |product, weight| clue(Kind::Name, product, weight, said.to_owned(), origin.clone());
    let words = words::of_name(name);
    if let Some(tier) = tools::by_name(&words) {
        // A proxy named after a database outweighs the reverse proxy's image that it runs.
        let weight = if tier == Tier::DatabaseProxy { 3 } else { 1 };
        return vec![of((tier, None), weight)];
    }
    let role = |word: &str| roles::role_of(word).filter(|role| role.in_names).map(|role| (role.tier, None));
    if let Some((product, _)) = words::by_head(&words, |head| role(head).or_else(|| named_product(head))) {
        return vec![of(product, 1)];
    }
    let inside = words.iter().filter_map(|word| roles::family_of(word));
    inside.map(|family| supporting(of((family.tier, Some(family)), 1))).collect()
}

/// The weight of an image that is a known product itself.
const EXACT: u8 = 3;

/// What the image is, and how much that weighs: 3 for the product itself, 2 for somebody's image named after it.
fn image_product(container: &Container) -> Option<(Product, u8)> {
    let image = Image::parse(&container.image);
    if let Some(product) = roles::product(|name| name.contains('/') && image.ends_with(name)) {
        return Some((product, EXACT));
    }
    let words = words::of_image(image.base);
    let by_head = words::by_head(&words, |head| roles::product(|name| name == head));
    let exact = by_head.filter(|(_, before)| words.get(..*before).is_some_and(words::all_qualify));
    if let Some((product, _)) = exact {
        return Some((product, EXACT));
    }
    if let Some(tier) = tools::by_image(&words) {
        return Some(((tier, None), EXACT));
    }
    let role = |word: &str| roles::role_of(word).filter(|role| role.in_names).map(|role| (role.tier, None));
    by_head.or_else(|| words::by_head(&words, role)).map(|(product, _)| (product, 2))
}

fn is_runtime(container: &Container) -> bool {
    let words = words::of_image(Image::parse(&container.image).base);
    words::by_head(&words, |head| roles::RUNTIMES.contains(&head).then_some(())).is_some()
}

fn of_container(container: &Container, product: Option<(Product, u8)>) -> Vec<Clue> {
    let mut clues = Vec::new();
    let image = || (format!("image `{}`", container.image), container.origin.key("image"));
    if let Some((product, weight)) = product {
        let (words, origin) = image();
        clues.push(clue(Kind::Image, product, weight, words, origin));
    } else if is_runtime(container) {
        let (words, origin) = image();
        clues.push(supporting(clue(Kind::Image, (Tier::Backend, None), 1, words, origin)));
    }
    clues.extend(ports(container));
    clues.extend(server_settings(container));
    let tier = product.map(|((tier, _), _)| tier);
    if tier.is_some_and(|tier| tier.is_companion() && tier != Tier::Frontend) || runs_client(container) {
        clues.retain(|clue| !clue.tier.is_store());
    }
    if !tier.is_some_and(|tier| tier.is_store() || tier.is_companion() && tier != Tier::Frontend) {
        let client = store_address(container);
        clues.extend(client.map(|found| clue(Kind::Client, (Tier::Backend, None), 2, found.words, found.origin)));
    }
    clues
}

fn ports(container: &Container) -> Vec<Clue> {
    let mut clues = Vec::new();
    for port in container.ports.iter().filter(|port| port.protocol == Protocol::Tcp) {
        let of = |product, weight| {
            clue(Kind::Port, product, weight, format!("container port {}", port.port), port.origin.clone())
        };
        for family in FAMILIES.iter().filter(|family| family.ports.contains(&port.port)) {
            let found = of((family.tier, Some(family)), 2);
            let proves = family.tier != Tier::DatabaseProxy && !SHARED_PORTS.contains(&port.port);
            clues.push(if proves { found } else { supporting(found) });
        }
        if roles::WEB_PORTS.contains(&port.port) {
            clues.push(supporting(of((Tier::Frontend, None), 1)));
        }
    }
    clues
}

/// Settings of servers. Clients carry some of them too (`REDIS_PASSWORD`), so that they only support other evidence.
fn server_settings(container: &Container) -> Vec<Clue> {
    let reads = |family: &Family, name: &str| {
        family.env.iter().any(|known| known.strip_suffix('*').map_or(*known == name, |start| name.starts_with(start)))
    };
    let mut clues = Vec::new();
    for variable in &container.env {
        for family in FAMILIES.iter().filter(|family| reads(family, &variable.name)) {
            let words = format!("environment variable `{}`", variable.name);
            let product = (family.tier, Some(family));
            clues.push(supporting(clue(Kind::Server, product, 2, words, variable.origin.clone())));
        }
    }
    clues
}

fn store_address(container: &Container) -> Option<Evidence> {
    let is_store = |word: &String| roles::is_data_word(word) || tools::STORE_WORDS.contains(&word.as_str());
    let variable = container.env.iter().find(|variable| {
        let words = words::words(&variable.name);
        let is_address = words.last().is_some_and(|last| tools::ADDRESS_WORDS.contains(&last.as_str()));
        let value = variable.value.as_deref().unwrap_or_default();
        is_address && words.iter().any(is_store) || tools::STORE_SCHEMES.iter().any(|scheme| value.starts_with(scheme))
    })?;
    let words = format!("environment variable `{}`", variable.name);
    Some(Evidence { words, origin: variable.origin.clone() })
}

/// Whether the container's command is a client's, directly or through `sh -c`.
fn runs_client(container: &Container) -> bool {
    let mut arguments = container.arguments.iter().map(|argument| argument.text.as_str());
    let program = |text: &str| {
        let first = text.split_whitespace().next().unwrap_or_default();
        first.rsplit('/').next().unwrap_or_default().to_owned()
    };
    let Some(first) = arguments.next().map(program) else { return false };
    let is_shell = matches!(first.as_str(), "sh" | "bash" | "ash");
    let script = is_shell.then(|| arguments.find(|argument| !argument.starts_with('-'))).flatten();
    tools::CLIENT_COMMANDS.contains(&script.map_or(first, program).as_str())
}
