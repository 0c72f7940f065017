//! Where evidence for a tier is found in a workload.

use super::families::SHARED_PORTS;
use super::image::Image;
use super::lexicon::{self, Meaning};
use super::words::{self, Word};
use super::{Clue, Evidence, Exposure, Kind, Product, Seen, Tier, roles, tools};
use crate::net::Protocol;
use crate::objects::{Container, EnvVar, Workload};

/// Clues that hold for every container: labels, names, StatefulSet, exposure. And whether the workload's name or an
/// explicit label makes it a tool, so that it is no data store whatever it runs.
pub(super) fn of_workload<'w>(workload: &'w Workload, exposure: Option<&'w Exposure>) -> (Vec<Clue<'w>>, bool) {
    let mut clues = Vec::new();
    let mut is_tool = false;
    for (key, value) in workload.pod_labels.iter().filter(|(key, _)| is_tier_label(key)) {
        let words = words::of_name(value);
        let tool = tool(&words);
        is_tool |= tool.is_some();
        clues.extend(of_tier(&words, tool, Seen::Label(workload, key, value)));
    }
    let object = &workload.object;
    is_tool |= of_name(&object.name, Seen::Name(object), &mut clues);
    for (key, value) in workload.pod_labels.iter().filter(|(key, _)| is_name_label(key)) {
        of_name(value, Seen::Label(workload, key, value), &mut clues);
    }
    if workload.volume_claims {
        clues.extend(stateful(Seen::VolumeClaims(object)));
    } else if workload.is_stateful_set() {
        clues.extend(stateful(Seen::StatefulSet(object)));
    }
    clues.extend(
        exposure.map(|exposure| supporting(clue(Kind::Exposure, (Tier::Frontend, None), 2, Seen::Exposure(exposure)))),
    );
    (clues, is_tool)
}

/// Clues of each container that does the workload's own work: no init container, and no companion beside others.
pub(super) fn of_containers(workload: &Workload) -> Vec<Vec<Clue<'_>>> {
    let own = workload.containers.iter().filter(|container| !container.init);
    let containers: Vec<_> = own.map(|container| (container, Program::of(container))).collect();
    let only_companions = containers.iter().all(|(_, program)| program.is_companion());
    containers
        .into_iter()
        .filter(|(_, program)| only_companions || !program.is_companion())
        .map(|(container, program)| of_container(container, program))
        .collect()
}

/// The environment variable that gives a container of the workload the address of a data store, if one does:
/// `DATABASE_URL`, `ORDERS_DB_HOST`, or any whose value starts like `postgres://`.
#[must_use]
pub fn database_client(workload: &Workload) -> Option<Evidence> {
    let own = workload.containers.iter().filter(|container| !container.init);
    own.filter_map(store_address).map(|variable| Seen::Variable(variable).evidence()).next()
}

fn clue(kind: Kind, (tier, family): Product, weight: u8, seen: Seen<'_>) -> Clue<'_> {
    Clue { kind, tier, family, weight, alone: true, seen }
}

fn supporting(clue: Clue<'_>) -> Clue<'_> {
    Clue { alone: false, ..clue }
}

fn stateful(seen: Seen<'_>) -> [Clue<'_>; 4] {
    [Tier::Database, Tier::Broker, Tier::Coordination, Tier::Storage]
        .map(|tier| supporting(clue(Kind::StatefulSet, (tier, None), 1, seen)))
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

/// The tier of a tool by the head of a name: `db-admin` is one, `admin-db` is the admin's database.
fn tool(words: &[Word<'_>]) -> Option<Tier> {
    let (head, rest) = words.split_last()?;
    head.meaning.tool.filter(|_| !head.meaning.beside_data || rest.iter().any(|word| word.meaning.is_data()))
}

/// What the words of an explicit label say.
fn of_tier<'w>(words: &[Word<'_>], tool: Option<Tier>, seen: Seen<'w>) -> Option<Clue<'w>> {
    let of = |product, weight| clue(Kind::Label, product, weight, seen);
    if let Some(tier) = tool {
        return Some(of((tier, None), 3));
    }
    if let Some((role, _)) = words::by_head(words, |head| head.role) {
        let found = of((role.tier, None), role.label_weight);
        return Some(if role.alone { found } else { supporting(found) });
    }
    words::by_head(words, Meaning::product).map(|(product, _)| of(product, 3))
}

/// What a name says, and whether it is that of a tool. The head of a name speaks for itself; a data store named before
/// it (`redis-cart`) only supports other evidence.
fn of_name<'w>(name: &str, seen: Seen<'w>, clues: &mut Vec<Clue<'w>>) -> bool {
    let of = |product, weight| clue(Kind::Name, product, weight, seen);
    let words = words::of_name(name);
    if let Some(tier) = tool(&words) {
        // A proxy named after a database outweighs the reverse proxy's image that it runs.
        let weight = if tier == Tier::DatabaseProxy { 3 } else { 1 };
        clues.push(of((tier, None), weight));
        return true;
    }
    if let Some((product, _)) = words::by_head(&words, |head| head.role_in_names().or_else(|| head.product())) {
        clues.push(of(product, 1));
    } else {
        let inside = words.iter().filter_map(|word| word.meaning.family());
        clues.extend(inside.map(|family| supporting(of(family, 1))));
    }
    false
}

/// The weight of an image that is a known product itself.
pub(super) const EXACT: u8 = 3;

/// What a container runs, by its image.
#[derive(Clone, Copy)]
enum Program {
    /// A product, and how much that weighs: 3 for the product itself, 2 for somebody's image named after it.
    Known(Product, u8),
    /// A program of one's own in an image of its language's runtime.
    Runtime,
    Unknown,
}

impl Program {
    fn of(container: &Container) -> Self {
        let image = Image::parse(&container.image);
        if let Some(product) = lexicon::owned_image(&image) {
            return Self::Known(product, EXACT);
        }
        let words = words::of_image(image.base);
        let by_head = words::by_head(&words, |head| head.image);
        let exact = by_head.filter(|(_, before)| words.get(..*before).is_some_and(words::all_qualify));
        if let Some((product, _)) = exact {
            return Self::Known(product, EXACT);
        }
        if let Some(tier) = tool_image(&words) {
            return Self::Known((tier, None), EXACT);
        }
        match by_head.or_else(|| words::by_head(&words, Meaning::role_in_names)) {
            Some((product, _)) => Self::Known(product, 2),
            None if words.last().is_some_and(|head| head.meaning.runtime) => Self::Runtime,
            None => Self::Unknown,
        }
    }

    fn is_companion(self) -> bool {
        matches!(self, Self::Known((tier, _), EXACT) if tier.is_companion())
    }

    fn tier(self) -> Option<Tier> {
        match self {
            Self::Known((tier, _), _) => Some(tier),
            Self::Runtime | Self::Unknown => None,
        }
    }
}

/// The tier of a tool by the words of an image, any of which may give it away.
fn tool_image(words: &[Word<'_>]) -> Option<Tier> {
    let tier = words.iter().find_map(|word| word.meaning.tool)?;
    let is_tool = |head: &Word<'_>| head.meaning.tool.is_some() && !head.meaning.beside_data;
    (words.last().is_some_and(is_tool) || words.iter().any(|word| word.meaning.is_data())).then_some(tier)
}

fn of_container(container: &Container, program: Program) -> Vec<Clue<'_>> {
    let mut clues = Vec::new();
    match program {
        Program::Known(product, weight) => clues.push(clue(Kind::Image, product, weight, Seen::Image(container))),
        Program::Runtime => {
            clues.push(supporting(clue(Kind::Image, (Tier::Backend, None), 1, Seen::Image(container))));
        }
        Program::Unknown => {}
    }
    ports(container, &mut clues);
    server_settings(container, &mut clues);
    let tier = program.tier();
    if tier.is_some_and(|tier| tier.is_companion() && tier != Tier::Frontend) || runs_client(container) {
        clues.retain(|clue| !clue.tier.is_store());
    }
    if !tier.is_some_and(|tier| tier.is_store() || tier.is_companion() && tier != Tier::Frontend) {
        let client = store_address(container);
        clues.extend(client.map(|found| clue(Kind::Client, (Tier::Backend, None), 2, Seen::Variable(found))));
    }
    clues
}

fn ports<'w>(container: &'w Container, clues: &mut Vec<Clue<'w>>) {
    for port in container.ports.iter().filter(|port| port.protocol == Protocol::Tcp) {
        let of = |product, weight| clue(Kind::Port, product, weight, Seen::Port(port));
        for family in lexicon::families_on(port.port) {
            let found = of((family.tier, Some(family)), 2);
            let proves = family.tier != Tier::DatabaseProxy && !SHARED_PORTS.contains(&port.port);
            clues.push(if proves { found } else { supporting(found) });
        }
        if roles::WEB_PORTS.contains(&port.port) {
            clues.push(supporting(of((Tier::Frontend, None), 1)));
        }
    }
}

/// Settings of servers. Clients carry some of them too (`REDIS_PASSWORD`), so that they only support other evidence.
fn server_settings<'w>(container: &'w Container, clues: &mut Vec<Clue<'w>>) {
    for variable in &container.env {
        if let Some(family) = lexicon::family_reading(&variable.name) {
            let product = (family.tier, Some(family));
            clues.push(supporting(clue(Kind::Server, product, 2, Seen::Variable(variable))));
        }
    }
}

fn store_address(container: &Container) -> Option<&EnvVar> {
    container.env.iter().find(|variable| {
        let is_address = words::words(&variable.name).next_back().is_some_and(|last| last.meaning.address);
        let value = variable.value.as_deref().unwrap_or_default();
        is_address && words::words(&variable.name).any(|word| word.meaning.is_store())
            || tools::STORE_SCHEMES.iter().any(|scheme| value.starts_with(scheme))
    })
}

/// Whether the container's command is a client's, directly or through `sh -c`.
fn runs_client(container: &Container) -> bool {
    let mut arguments = container.arguments.iter().map(|argument| argument.text.as_str());
    let Some(first) = arguments.next().map(program) else { return false };
    let is_shell = matches!(first, "sh" | "bash" | "ash");
    let script = is_shell.then(|| arguments.find(|argument| !argument.starts_with('-'))).flatten();
    tools::CLIENT_COMMANDS.contains(&script.map_or(first, program))
}

/// The program that a line of a shell starts.
fn program(line: &str) -> &str {
    let first = line.split_whitespace().next().unwrap_or_default();
    first.rsplit('/').next().unwrap_or_default()
}
