//! Which part a workload plays in its application: weighted evidence from images, ports, labels and names.
//!
//! The weights: an image 3 (2 if only the end of its name is known), an explicit `tier`, `role` or `component` label 3,
//! a port 2, a server's environment variable 2, a StatefulSet 1, a name 1. Each kind of evidence counts once.

mod clues;
mod families;
mod image;
mod lexicon;
mod qualifiers;
mod roles;
mod seen;
mod tools;
mod words;

use smallvec::SmallVec;

use crate::objects::Workload;
use crate::source::Origin;
use seen::Seen;

pub use clues::database_client;
pub use families::Family;

/// A workload's part in an application. Ordered: of two equally likely ones, the first is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// A database, cache or search engine.
    Database,
    /// A message broker.
    Broker,
    /// A store of cluster state and locks: ZooKeeper, etcd, Consul.
    Coordination,
    /// A store of objects or files.
    Storage,
    /// Secrets, identities and logins.
    Identity,
    /// A pooler or proxy before a database.
    DatabaseProxy,
    /// The application's logic.
    Backend,
    /// What browsers and outside clients talk to: pages, reverse proxies, gateways.
    Frontend,
    /// Collectors and stores of metrics, logs and traces; exporters.
    Monitoring,
    /// What administers data stores: operators, backups, migrations, consoles, clients.
    Tooling,
}

impl Tier {
    /// All of them, in order.
    pub const ALL: [Self; 10] = [
        Self::Database,
        Self::Broker,
        Self::Coordination,
        Self::Storage,
        Self::Identity,
        Self::DatabaseProxy,
        Self::Backend,
        Self::Frontend,
        Self::Monitoring,
        Self::Tooling,
    ];

    /// Its name in the configuration.
    #[must_use]
    pub fn keyword(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Broker => "broker",
            Self::Coordination => "coordination",
            Self::Storage => "storage",
            Self::Identity => "identity",
            Self::DatabaseProxy => "database-proxy",
            Self::Backend => "backend",
            Self::Frontend => "frontend",
            Self::Monitoring => "monitoring",
            Self::Tooling => "tooling",
        }
    }

    /// The word for messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Broker => "message broker",
            Self::Coordination => "coordination service",
            Self::Storage => "object or file store",
            Self::Identity => "identity service",
            Self::DatabaseProxy => "database proxy",
            Self::Backend => "backend",
            Self::Frontend => "frontend",
            Self::Monitoring => "monitoring",
            Self::Tooling => "tool",
        }
    }

    /// Whether it is the data tier, which backends alone have business with.
    #[must_use]
    pub fn holds_data(self) -> bool {
        matches!(self, Self::Database | Self::Broker | Self::Coordination)
    }

    /// Whether its containers are often beside the one that does the work, and then say nothing of the workload.
    fn is_companion(self) -> bool {
        matches!(self, Self::Identity | Self::DatabaseProxy | Self::Frontend | Self::Monitoring | Self::Tooling)
    }

    /// Whether Jobs, clients and the like are kept out of it.
    fn is_store(self) -> bool {
        self.holds_data() || self == Self::Storage
    }
}

/// How sure a [`Classification`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// A score of 1: not enough to report anything.
    Low,
    /// A score of 2 or 3: enough for a warning.
    Medium,
    /// A score of 4 and more: enough for an error.
    High,
}

impl Confidence {
    fn of(score: u8) -> Self {
        match score {
            0 | 1 => Self::Low,
            2 | 3 => Self::Medium,
            _ => Self::High,
        }
    }
}

/// One reason for a classification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// In words, for example ``image `postgres` ``.
    pub words: String,
    /// Where it is written.
    pub origin: Origin,
}

/// What a workload is taken for; [`evidence`] tells why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Classification {
    /// Its part.
    pub tier: Tier,
    /// How sure that is.
    pub confidence: Confidence,
    /// The product, where it is known: what to call it, and the ports its clients use.
    pub family: Option<&'static Family>,
    /// Whether it rests on the configuration, or on the name of an image that is known as a whole, and not on words,
    /// labels and ports alone.
    pub is_certain: bool,
}

/// What makes a workload reachable from outside: an Ingress, Route or Gateway backend, or a LoadBalancer or NodePort
/// Service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exposure {
    /// In words, for example ``behind Ingress `shop` ``.
    pub words: String,
    /// Where the exposure is written.
    pub origin: Origin,
}

/// Says the tier of a workload; `None` where nothing speaks for any, which is unknown and never a backend.
///
/// Jobs and init containers are never stores of data; nor are exporters, operators, clients and the like, but one of
/// them beside a database does not hide it.
#[must_use]
pub fn classify(workload: &Workload, exposure: Option<&Exposure>) -> Option<Classification> {
    best_verdict(workload, exposure).map(|verdict| Classification {
        tier: verdict.tier,
        confidence: Confidence::of(verdict.score),
        family: verdict.family,
        is_certain: verdict.clues.iter().any(|clue| clue.kind == Kind::Image && clue.weight >= clues::EXACT),
    })
}

/// The reasons for what [`classify`] tells, the weightiest first. They are looked for anew: of most workloads nobody
/// asks for them.
#[must_use]
pub fn evidence(workload: &Workload, exposure: Option<&Exposure>) -> Vec<Evidence> {
    let clues = best_verdict(workload, exposure).map(|verdict| verdict.clues);
    clues.into_iter().flatten().map(|clue| clue.seen.evidence()).collect()
}

fn best_verdict<'w>(workload: &'w Workload, exposure: Option<&'w Exposure>) -> Option<Verdict<'w>> {
    let (of_workload, is_tool) = clues::of_workload(workload, exposure);
    let with_own = |own: Vec<_>| [of_workload.as_slice(), own.as_slice()].concat();
    let mut groups: Vec<_> = clues::of_containers(workload).into_iter().map(with_own).collect();
    if groups.is_empty() {
        groups.push(of_workload);
    }
    let stores_excluded = is_tool || workload.runs_to_completion();
    let verdicts = groups.into_iter().filter_map(|group| strongest(group, stores_excluded));
    verdicts.reduce(|best, next| {
        let better = next.score > best.score || next.score == best.score && next.tier < best.tier;
        if better { next } else { best }
    })
}

/// A tier, and the product that makes it that one, where it is known.
type Product = (Tier, Option<&'static Family>);

/// What kind of evidence a clue is; each kind counts once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Image,
    Port,
    Label,
    Name,
    StatefulSet,
    Server,
    Client,
    Exposure,
}

/// A piece of evidence with its weight.
#[derive(Clone, Copy, Debug)]
struct Clue<'w> {
    kind: Kind,
    tier: Tier,
    /// The product it speaks for; `None` supports every product of the tier.
    family: Option<&'static Family>,
    weight: u8,
    /// Whether it proves anything by itself, or only supports what does.
    alone: bool,
    seen: Seen<'w>,
}

struct Verdict<'w> {
    tier: Tier,
    family: Option<&'static Family>,
    score: u8,
    /// What it rests on, the weightiest first.
    clues: SmallVec<[Clue<'w>; 4]>,
}

/// The tier and product that the clues of one container and its workload speak for most.
fn strongest(mut clues: Vec<Clue<'_>>, stores_excluded: bool) -> Option<Verdict<'_>> {
    clues.retain(|clue| !(stores_excluded && clue.tier.is_store()));
    yield_frontend(&mut clues);
    let mut best: Option<Verdict<'_>> = None;
    for (index, (tier, family)) in clues.iter().map(|clue| (clue.tier, clue.family)).enumerate() {
        if clues.iter().take(index).any(|before| (before.tier, before.family) == (tier, family)) {
            continue;
        }
        let Some(verdict) = verdict(&clues, tier, family) else { continue };
        let better = best.as_ref().is_none_or(|best| {
            let stronger = verdict.score.cmp(&best.score).then(best.tier.cmp(&verdict.tier));
            stronger.then(verdict.family.is_some().cmp(&best.family.is_some())).is_gt()
        });
        if better {
            best = Some(verdict);
        }
    }
    best
}

/// Web servers are everywhere, in every tier's examples too: what makes a frontend of them yields to a name or label
/// that says otherwise, and to the address of a database in the environment.
fn yield_frontend(clues: &mut Vec<Clue<'_>>) {
    let is_client = clues.iter().any(|clue| clue.kind == Kind::Client);
    let is_named = clues
        .iter()
        .any(|clue| clue.alone && clue.tier != Tier::Frontend && matches!(clue.kind, Kind::Name | Kind::Label));
    clues.retain(|clue| {
        let named = matches!(clue.kind, Kind::Name | Kind::Label);
        clue.tier != Tier::Frontend || !(is_client || is_named && !named)
    });
}

fn verdict<'w>(clues: &[Clue<'w>], tier: Tier, family: Option<&'static Family>) -> Option<Verdict<'w>> {
    let mut counted = SmallVec::<[Clue<'w>; 4]>::new();
    for clue in clues.iter().filter(|clue| clue.tier == tier && (clue.family.is_none() || clue.family == family)) {
        match counted.iter_mut().find(|other| other.kind == clue.kind) {
            Some(other) if (clue.alone, clue.weight) > (other.alone, other.weight) => *other = *clue,
            Some(_) => {}
            None => counted.push(*clue),
        }
    }
    if !counted.iter().any(|clue| clue.alone) {
        return None;
    }
    counted.sort_by_key(|clue| std::cmp::Reverse(clue.weight));
    Some(Verdict { tier, family, score: counted.iter().map(|clue| clue.weight).sum(), clues: counted })
}

#[cfg(test)]
mod tests;
