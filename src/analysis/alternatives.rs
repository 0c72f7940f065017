//! Files that define the same objects, such as `install.yaml` and `ha/install.yaml`: alternatives, one of which is in a
//! cluster at a time.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::mem::{Discriminant, discriminant};

use crate::kustomize::{Part, REST};
use crate::manifest::{FileContent, Item, Resource};
use crate::objects::{NamespaceId, Object};
use crate::policy::Dialect;
use crate::source::{FileId, Sources};

/// How many alternatives are distinguished (docs/limits.md).
const MOST: usize = 64;

/// Of an object that more files than this define, each definition is taken for an alternative.
const MOST_DEFINITIONS: usize = 64;

/// How many times the input the clusters may hold together, and what they may hold in any case, in bytes
/// (docs/limits.md).
const MOST_TIMES: usize = 8;
const ALWAYS: usize = 2 * 1024 * 1024;

/// Divides what belongs to no other cluster into one for each alternative. A file is an alternative to another file, or to
/// the files of another directory, where both define a workload, or two or more other objects: one object may be a
/// mistake. Each cluster has the files that are alternatives to none of its own, but for those in the directory of
/// another alternative.
pub(super) fn divide(
    part: Part,
    contents: &BTreeMap<FileId, FileContent>,
    sources: &Sources,
    unset_namespace: &str,
) -> Vec<Part> {
    let shared = Shared::of(&part.files, contents, unset_namespace, sources);
    let alternatives = Alternatives::among(&part.files, &shared, sources);
    let clusters = alternatives.clusters(&part.files, sources);
    if clusters.len() < 2 {
        return vec![part];
    }
    let unread = part.unread;
    let parts =
        clusters.into_iter().map(|(name, files)| Part { unread: unread.clone(), ..Part::of_files(name, files) });
    parts.collect()
}

/// What distinguishes objects that replace one another.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Identity<'c> {
    item: Discriminant<Item>,
    dialect: Option<Discriminant<Dialect>>,
    kind: &'c str,
    namespace: &'c str,
    name: &'c str,
}

impl<'c> Identity<'c> {
    /// Of an object that has a name of its own. Namespaces are repeated by files that are applied alone.
    fn of(resource: &'c Resource, unset_namespace: &'c str) -> Option<Self> {
        let object: &Object = match &resource.item {
            Item::Workload(workload) if resource.owner.is_none() => &workload.object,
            Item::Service(service) => &service.object,
            Item::Policy(policy) => &policy.object,
            Item::AddressGroup(group) => &group.object,
            Item::Stage(stage) => &stage.object,
            _ => return None,
        };
        let namespace = match object.namespace == NamespaceId::CLUSTER {
            true => "",
            false => resource.namespace.as_deref().unwrap_or(unset_namespace),
        };
        let dialect = match &resource.item {
            Item::Policy(policy) => Some(discriminant(&policy.dialect)),
            _ => None,
        };
        let (item, kind, name) = (discriminant(&resource.item), object.kind.as_str(), object.name.as_str());
        (!name.is_empty()).then_some(Self { item, dialect, kind, namespace, name })
    }
}

/// The objects that several files define, by number.
#[derive(Default)]
struct Shared {
    /// Which of them are reason enough to call two files alternatives.
    decisive: BTreeSet<usize>,
    /// Which of them each file defines.
    of_files: BTreeMap<FileId, BTreeSet<usize>>,
    /// The files that are alternatives to some other file.
    alternatives: BTreeSet<FileId>,
}

impl Shared {
    fn of(files: &[FileId], contents: &BTreeMap<FileId, FileContent>, unset: &str, sources: &Sources) -> Self {
        let mut order = Vec::new();
        let mut definitions: HashMap<Identity<'_>, (bool, BTreeSet<FileId>)> = HashMap::new();
        for &file in files {
            for resource in contents.get(&file).into_iter().flat_map(|content| &content.resources) {
                let Some(identity) = Identity::of(resource, unset) else { continue };
                let (_, files) = definitions.entry(identity).or_insert_with(|| {
                    order.push(identity);
                    (matches!(resource.item, Item::Workload(_)), BTreeSet::new())
                });
                files.insert(file);
            }
        }
        let mut shared = Self::default();
        let mut common: HashMap<(FileId, Beside<'_>), Common> = HashMap::new();
        let several = order.iter().filter_map(|identity| definitions.get(identity)).filter(|it| it.1.len() > 1);
        for (number, (is_workload, files)) in several.enumerate() {
            for &file in files {
                shared.of_files.entry(file).or_default().insert(number);
            }
            if *is_workload || files.len() > MOST_DEFINITIONS {
                shared.decisive.insert(number);
                shared.alternatives.extend(files);
                continue;
            }
            for (&file, &other) in files.iter().flat_map(|file| files.iter().map(move |other| (file, other))) {
                let [own, beside] = [file, other].map(|file| directory(sources.name(file)));
                let beside = if own == beside { Beside::File(other) } else { Beside::Directory(beside) };
                if file != other {
                    common.entry((file, beside)).or_default().add(number, other);
                }
            }
        }
        let enough = common.into_iter().filter(|(_, common)| common.objects.len() > 1);
        shared.alternatives.extend(enough.flat_map(|((file, _), common)| common.files.into_iter().chain([file])));
        shared
    }

    /// Whether what defines these objects is an alternative to what defines those.
    fn are_alternatives(&self, these: &BTreeSet<usize>, those: &BTreeSet<usize>) -> bool {
        let mut common = these.intersection(those);
        let Some(first) = common.next() else { return false };
        self.decisive.contains(first) || common.next().is_some()
    }
}

/// What a file is compared with.
#[derive(PartialEq, Eq, Hash)]
enum Beside<'s> {
    /// Another file of its directory.
    File(FileId),
    /// The files of another directory.
    Directory(&'s str),
}

/// The objects that are defined on both sides, and the files of the other side that define them.
#[derive(Default)]
struct Common {
    objects: BTreeSet<usize>,
    files: BTreeSet<FileId>,
}

impl Common {
    fn add(&mut self, object: usize, file: FileId) {
        self.objects.insert(object);
        self.files.insert(file);
    }
}

/// Files of one directory, none of which is an alternative to another.
struct Alternative<'s> {
    directory: &'s str,
    files: Vec<FileId>,
    objects: BTreeSet<usize>,
}

struct Alternatives<'s> {
    all: Vec<Alternative<'s>>,
    /// For each of them, the others that it is an alternative to.
    others: Vec<BTreeSet<usize>>,
    /// What is an alternative to nothing.
    common: Vec<FileId>,
}

impl<'s> Alternatives<'s> {
    fn among(files: &[FileId], shared: &Shared, sources: &'s Sources) -> Self {
        let (own, common): (Vec<FileId>, Vec<FileId>) =
            files.iter().partition(|file| shared.alternatives.contains(file));
        let mut all: Vec<Alternative<'s>> = Vec::new();
        for file in own {
            let directory = directory(sources.name(file));
            let Some(objects) = shared.of_files.get(&file) else { continue };
            let fits =
                |it: &Alternative<'_>| it.directory == directory && !shared.are_alternatives(&it.objects, objects);
            let is_full = all.len() >= MOST;
            let place = all.iter().position(fits).or_else(|| is_full.then(|| all.len().saturating_sub(1)));
            match place.and_then(|place| all.get_mut(place)) {
                Some(alternative) => {
                    alternative.files.push(file);
                    alternative.objects.extend(objects);
                }
                None => all.push(Alternative { directory, files: vec![file], objects: objects.clone() }),
            }
        }
        // What lies higher is what the others vary.
        all.sort_by_key(|it| it.directory.split('/').filter(|step| !step.is_empty()).count());
        let others_of = |one: &Alternative<'_>| {
            let others = all.iter().enumerate();
            let others =
                others.filter(|(_, it)| !std::ptr::eq(*it, one) && shared.are_alternatives(&it.objects, &one.objects));
            others.map(|(place, _)| place).collect()
        };
        let others = all.iter().map(others_of).collect();
        Self { all, others, common }
    }

    /// The clusters, each with its name and its files in order. Where they would hold the input too many times, what is
    /// left is one of them.
    fn clusters(&self, files: &[FileId], sources: &Sources) -> Vec<(String, Vec<FileId>)> {
        let size = |files: &[FileId]| files.iter().map(|&file| sources.text(file).len()).sum::<usize>();
        let most = size(files).saturating_mul(MOST_TIMES).max(ALWAYS);
        let mut total = 0;
        let mut clusters: Vec<(String, Vec<FileId>)> = Vec::new();
        let mut held: BTreeSet<usize> = BTreeSet::new();
        for place in 0..self.all.len() {
            let members = self.members(place);
            let files = self.files(place, &members, sources);
            if clusters.iter().any(|(_, own)| *own == files) {
                continue;
            }
            total += size(&files);
            if total > most {
                continue;
            }
            held.extend(members);
            clusters.push((self.name(place, sources), files));
        }
        let left: Vec<usize> = (0..self.all.len()).filter(|place| !held.contains(place)).collect();
        if !left.is_empty() {
            let own = left.iter().filter_map(|&place| self.all.get(place)).flat_map(|it| &it.files);
            let mut files: Vec<FileId> = own.chain(&self.common).copied().collect();
            files.sort_unstable();
            clusters.push((REST.to_owned(), files));
        }
        clusters
    }

    /// An alternative, and those that can be beside it: the nearest first.
    fn members(&self, place: usize) -> Vec<usize> {
        let directory = self.directory(place);
        let mut candidates: Vec<usize> = (0..self.all.len()).filter(|&other| other != place).collect();
        candidates.sort_by_key(|&other| (Reverse(depth_in_common(directory, self.directory(other))), other));
        let mut members = vec![place];
        for other in candidates {
            let is_apart = members.iter().any(|&member| self.is_alternative(member, other));
            if !is_apart && !self.is_of_another(place, self.directory(other)) {
                members.push(other);
            }
        }
        members
    }

    /// The files of the cluster of an alternative and of those beside it, in order.
    fn files(&self, place: usize, members: &[usize], sources: &Sources) -> Vec<FileId> {
        let is_apart = |file: &FileId| self.is_of_another(place, directory(sources.name(*file)));
        let own = members.iter().filter_map(|&member| self.all.get(member)).flat_map(|it| &it.files);
        let mut files: Vec<FileId> = own.chain(self.common.iter().filter(|file| !is_apart(file))).copied().collect();
        files.sort_unstable();
        files
    }

    fn directory(&self, place: usize) -> &'s str {
        self.all.get(place).map_or("", |it| it.directory)
    }

    fn is_alternative(&self, one: usize, other: usize) -> bool {
        self.others.get(one).is_some_and(|others| others.contains(&other))
    }

    /// Whether a directory belongs to something that one is an alternative to.
    fn is_of_another(&self, one: usize, directory: &str) -> bool {
        let mut others = self.others.get(one).into_iter().flatten().map(|&other| self.directory(other));
        others.any(|other| is_within(directory, other) && !is_within(self.directory(one), other))
    }

    /// Its file, or the directory of its files where no other alternative is there.
    fn name(&self, place: usize, sources: &Sources) -> String {
        let Some(Alternative { directory, files, .. }) = self.all.get(place) else { return String::new() };
        let is_alone = self.all.iter().filter(|it| it.directory == *directory).count() == 1;
        match files.as_slice() {
            [_, _, ..] if is_alone && !directory.is_empty() => (*directory).to_owned(),
            files => files.first().map(|&file| sources.name(file).to_owned()).unwrap_or_default(),
        }
    }
}

fn directory(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(directory, _)| directory)
}

fn is_within(directory: &str, outer: &str) -> bool {
    let rest = directory.strip_prefix(outer);
    outer.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn depth_in_common(left: &str, right: &str) -> usize {
    left.split('/').zip(right.split('/')).take_while(|(left, right)| left == right).count()
}
