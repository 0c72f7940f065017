//! Who may be connected at all: supersets that are found without asking every pair.
//!
//! What policies of the whole cluster and silence may permit is the same for many classes, which share a profile. What
//! the other policies may permit is looked up by the policy.

use std::sync::Arc;

use foldhash::HashMap;

use super::sieve::{Sieve, Sifted};
use crate::net::Direction;
use crate::policy::Action;
use crate::reach::alike::{Group, Stages, Subjects};
use crate::reach::classes::{ClassSet, number};
use crate::reach::end::Remote;
use crate::reach::reachability::Reachability;
use crate::reach::resolution::Place;

/// Who may be connected to which, roughly.
#[derive(Debug)]
pub(in crate::reach) struct Candidates {
    egress: Profiles,
    /// For each namespace, the policies with an ingress rule of their own that may let in a pod of it.
    policies_of: Vec<Vec<u32>>,
    /// Who may be let in without such a rule, and by which.
    open: Vec<(ClassSet, ClassSet)>,
    /// For each namespace, those of `open` that may let in a pod of it.
    open_of: Vec<Vec<u32>>,
}

/// What classes have in common that policies of the whole cluster and silence treat alike, in one direction.
#[derive(Debug, Default)]
struct Profiles {
    subjects: Arc<Subjects>,
    of_groups: Vec<Arc<Sifted>>,
}

impl Candidates {
    /// A superset of the classes that a class may connect to, small where policies are narrow.
    pub(super) fn of(&self, class: u32, unrestricted: bool, reach: &Reachability) -> ClassSet {
        let profile = self.egress.of(class).filter(|_| !unrestricted);
        let Some(profile) = profile else { return self.admitting(class, reach) };
        let mut peers: Vec<(u32, u32)> = profile.reached.intervals().to_vec();
        reach.own_rules(class, Direction::Egress, |it| {
            if leads_on(it.rule.action) {
                let asked = it.place.stage.and_then(|stage| profile.asked.get(stage));
                let classes = asked.map(|asked| asked.intersection(&it.rule.ends.most.classes));
                peers.extend(classes.iter().flat_map(ClassSet::intervals));
            }
        });
        let peers = ClassSet::from_intervals(peers);
        // To ask a few peers is quicker than to find out who admits this class.
        let count: usize = peers.intervals().iter().map(|&(first, last)| (last - first) as usize + 1).sum();
        if count <= self.admitting_policies(class, reach).len() {
            peers
        } else {
            peers.intersection(&self.admitting(class, reach))
        }
    }

    /// A superset of the classes whose ingress admits a class.
    fn admitting(&self, class: u32, reach: &Reachability) -> ClassSet {
        let policies = self.admitting_policies(class, reach).iter().filter_map(|&number| reach.policy(number));
        let admitting = policies.filter(|policy| {
            let mut rules = policy.rules(Direction::Ingress).iter().filter(|rule| leads_on(rule.action));
            rules.any(|rule| rule.ends.most.contains(Remote::Class(class)))
        });
        let subjects = admitting.flat_map(|policy| policy.subject.most.intervals());
        let open_of = self.open_of.get(reach.classes().namespace(class)).map_or(&[][..], Vec::as_slice);
        let open = open_of.iter().filter_map(|&place| self.open.get(place as usize));
        let open = open.filter(|(sources, _)| sources.contains(class)).flat_map(|(_, members)| members.intervals());
        ClassSet::from_intervals(subjects.chain(open).copied())
    }

    fn admitting_policies(&self, class: u32, reach: &Reachability) -> &[u32] {
        self.policies_of.get(reach.classes().namespace(class)).map_or(&[], Vec::as_slice)
    }
}

impl Reachability {
    fn profiles(&self, direction: Direction) -> Profiles {
        let shared = self.shared(direction);
        let sieves: Vec<_> = shared.policies.iter().map(|&number| self.placed_sieve(number, direction)).collect();
        let subjects = match self.resolved.is_plain {
            true => Arc::new(self.subjects(direction)),
            false => Arc::clone(&self.outcomes(direction).subjects),
        };
        let mut known: HashMap<(u32, &Stages), Arc<Sifted>> = HashMap::default();
        let profiles = subjects.groups.iter().map(|Group { traits, .. }| {
            let sifted = known.entry((traits.selecting, &traits.denying)).or_insert_with(|| {
                let policies = shared.selecting.list(traits.selecting).iter();
                let policies = policies.filter_map(|it| sieves.get(it.set as usize)?.as_ref());
                let policies: Vec<_> = policies.map(|(place, sieve)| (*place, sieve)).collect();
                Arc::new(self.sift(&policies, &traits.denying))
            });
            Arc::clone(sifted)
        });
        Profiles { of_groups: profiles.collect(), subjects: Arc::clone(&subjects) }
    }

    fn placed_sieve(&self, policy: u32, direction: Direction) -> Option<(Place, Sieve)> {
        let place = *self.basis.places.get(policy as usize)?;
        let stage = self.basis.arrangement.stages.get(place.stage?)?;
        Some((place, self.sieve(self.policy(policy)?, stage.combine, direction)))
    }

    /// The namespaces that any class of a set is of, some perhaps more than once.
    fn namespaces_of<'s>(&'s self, set: &'s ClassSet) -> impl Iterator<Item = usize> + 's {
        let classes = self.classes();
        // Classes on the network of their node belong to a namespace out of order: see them one by one.
        let last_pod = classes.pods().intervals().last().map_or(0, |&(_, last)| last);
        set.intervals().iter().flat_map(move |&(first, last)| {
            let of_pods = (first <= last_pod).then(|| classes.namespace(first)..=classes.namespace(last.min(last_pod)));
            let of_nodes = last_pod.saturating_add(1).max(first)..=last;
            of_pods.into_iter().flatten().chain(of_nodes.map(|class| classes.namespace(class)))
        })
    }
}

/// Whether a rule may lead to a connection.
fn leads_on(action: Action) -> bool {
    matches!(action, Action::Allow | Action::Pass)
}

impl Profiles {
    fn of(&self, class: u32) -> Option<&Sifted> {
        self.of_groups.get(self.subjects.place(class)?).map(AsRef::as_ref)
    }
}

impl Candidates {
    pub(in crate::reach) fn new(reach: &Reachability) -> Self {
        let mut policies_of = vec![Vec::new(); reach.classes().namespace_count()];
        let add = |index: u32, sources: &ClassSet, of: &mut Vec<Vec<u32>>| {
            for namespace in reach.namespaces_of(sources) {
                if let Some(list) = of.get_mut(namespace)
                    && list.last() != Some(&index)
                {
                    list.push(index);
                }
            }
        };
        for (policy, index) in reach.resolved.policies.iter().zip(0..) {
            if !reach.is_shared(policy) {
                let rules = policy.rules(Direction::Ingress).iter().filter(|rule| leads_on(rule.action));
                let sources = rules.flat_map(|rule| rule.ends.most.classes.intervals());
                add(index, &ClassSet::from_intervals(sources.copied()), &mut policies_of);
            }
        }
        let open = open(reach);
        let mut open_of = vec![Vec::new(); reach.classes().namespace_count()];
        for ((sources, _), index) in open.iter().zip(0..) {
            add(index, sources, &mut open_of);
        }
        Self { egress: reach.profiles(Direction::Egress), policies_of, open, open_of }
    }
}

/// Who may be let in without a rule of a policy that is not of the whole cluster, and by which.
fn open(reach: &Reachability) -> Vec<(ClassSet, ClassSet)> {
    let profiles = reach.profiles(Direction::Ingress);
    let mut members: HashMap<Option<&ClassSet>, Vec<u32>> = HashMap::default();
    for class in 0..number(reach.classes().len()) {
        members.entry(profiles.of(class).map(|sifted| &sifted.reached)).or_default().push(class);
    }
    let everyone = reach.classes().all();
    let of = |sources: Option<&ClassSet>| sources.unwrap_or(&everyone).clone();
    let mut open: Vec<(ClassSet, ClassSet)> =
        members.into_iter().map(|(sources, members)| (of(sources), ClassSet::from_points(members))).collect();
    open.retain(|(sources, _)| !sources.is_empty());
    open.sort_unstable();
    open
}
