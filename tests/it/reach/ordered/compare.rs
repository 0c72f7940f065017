//! An evaluator beside the judge.

use netlint::cluster::Cluster;
use netlint::net::Direction;
use netlint::net::Protocol::Tcp;
use netlint::net::ports::PortSet;
use netlint::objects::PolicyId;
use netlint::policy::RuleRef;
use netlint::reach::{Endpoint, Outcome, Reachability, Reading, StageExplanation};

use super::judge::{Hits, Step, View};
use super::lower::{Material, endpoint};
use super::world::{Action, End, PORTS, World, ends, pairs};

/// An evaluator: the engine, or the engine seen through a wrong lens.
pub(super) struct Evaluator {
    /// What it takes the cluster for.
    pub(super) takes: fn(&mut Cluster),
    /// Whether it takes the lower bound for the upper one.
    pub(super) swaps_bounds: bool,
}

impl Evaluator {
    pub(super) const ENGINE: Self = Self { takes: |_| {}, swaps_bounds: false };
}

/// An evaluator's answers about a world.
struct Answers {
    shown: Reachability,
    lower: Reachability,
    upper: Reachability,
}

/// How many completions of a world are tried.
const COMPLETIONS: u64 = 2;

/// Compares the answers of an evaluator about a world with those of the judge.
pub(super) fn compare(
    material: &Material,
    world: &World,
    evaluator: &Evaluator,
    hits: &mut Hits,
) -> Result<(), String> {
    let mut cluster = material.lower(world);
    (evaluator.takes)(&mut cluster);
    let lower = Reachability::new(&cluster, Reading::Least, &[]);
    let upper = lower.at_most();
    let (lower, upper) = if evaluator.swaps_bounds { (upper, lower) } else { (lower, upper) };
    let answers = Answers { shown: Reachability::new(&cluster, Reading::Shown, &[]), lower, upper };
    let shown = View::shown(world);
    let completions: Vec<View<'_>> = (0..COMPLETIONS).map(|seed| View::completed(world, seed)).collect();
    for (from, to) in pairs() {
        let [lower, as_shown, upper] =
            [&answers.lower, &answers.shown, &answers.upper].map(|reach| reach.ports(endpoint(from), endpoint(to)));
        for port in PORTS {
            let [lower, as_shown, upper] = [&lower, &as_shown, &upper].map(|ports| ports.contains(Tcp, port));
            let what = || format!("{from:?} to {to:?} on {port}");
            let expected = shown.allows(from, to, port, hits);
            check(as_shown == expected, || format!("{}: shown {as_shown}, should be {expected}", what()))?;
            check(lower <= as_shown && as_shown <= upper, || format!("{}: {lower} {as_shown} {upper}", what()))?;
            for completion in &completions {
                let truth = completion.allows(from, to, port, &mut Hits::default());
                check(lower <= truth && truth <= upper, || format!("{}: {truth} not in {lower}..{upper}", what()))?;
            }
        }
        stages(&answers, &shown, (from, to, PORTS[0]))?;
    }
    answers.sets()?;
    hits.shadowed += shadowed(&answers, world)?;
    Ok(())
}

/// How many rules are said never to decide anything. Without one of them, everything is as it is with it.
fn shadowed(answers: &Answers, world: &World) -> Result<usize, String> {
    let mut count = 0;
    for (place, policy) in world.policies.iter().enumerate() {
        for (number, direction) in [Direction::Ingress, Direction::Egress].into_iter().enumerate() {
            for index in 0..policy.rules[number].len() {
                let rule = RuleRef { policy: PolicyId(place as u32), direction, index };
                let Some(by) = answers.lower.taken_before(rule, &|_| false) else { continue };
                let mut without = world.clone();
                without.policies[place].rules[number][index].action = Action::None;
                check(!by.contains(&rule), || format!("{rule:?} takes from itself"))?;
                same_without(world, &without, rule)?;
                count += 1;
            }
        }
    }
    Ok(count)
}

fn same_without(world: &World, without: &World, rule: RuleRef) -> Result<(), String> {
    let both = |view: &dyn Fn(&World) -> Vec<bool>| (view(world), view(without));
    let verdicts = |view: View<'_>| -> Vec<bool> {
        let ask = |(from, to)| PORTS.map(|port| view.allows(from, to, port, &mut Hits::default()));
        pairs().flat_map(ask).collect()
    };
    let (with, alone) = both(&|world| verdicts(View::shown(world)));
    check(with == alone, || format!("as it is shown, {rule:?} decides something"))?;
    for seed in 0..COMPLETIONS {
        let (with, alone) = both(&|world| verdicts(View::completed(world, seed)));
        check(with == alone, || format!("{rule:?} decides something in completion {seed}"))?;
    }
    Ok(())
}

fn check(holds: bool, otherwise: impl Fn() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}

/// Each stage is explained as it decides.
fn stages(answers: &Answers, view: &View<'_>, (from, to, port): (End, End, u16)) -> Result<(), String> {
    for (place, direction) in [Direction::Ingress, Direction::Egress].into_iter().enumerate() {
        let steps = view.steps(place, from, to, port, &mut Hits::default());
        let expected: Vec<_> = steps.into_iter().map(|step| explained(step, direction)).collect();
        let stages =
            |reach: &Reachability| reach.stages(endpoint(from), endpoint(to), direction, &PortSet::single(Tcp, port));
        let found: Vec<_> = stages(&answers.shown).into_iter().map(|stage| (stage.outcome, stage.rule)).collect();
        check(found == expected, || format!("{from:?} to {to:?} on {port}: {found:?}, should be {expected:?}"))?;
        // Where nothing is a maybe, what is shown is what happens.
        let certain = stages(&answers.lower);
        let is_maybe = |stage: &StageExplanation| stage.outcome == Outcome::Maybe;
        let certain_end = certain.last().filter(|_| !certain.iter().any(is_maybe)).map(|stage| stage.outcome);
        let ends_well = |outcome: Option<Outcome>| outcome != Some(Outcome::Deny);
        let agrees = certain_end.is_none_or(|_| ends_well(certain_end) == ends_well(found.last().map(|it| it.0)));
        check(agrees, || format!("{from:?} to {to:?} on {port}: {certain:?}, should be {expected:?}"))?;
    }
    Ok(())
}

fn explained(step: Step, direction: Direction) -> (Outcome, Option<RuleRef>) {
    let rule = |policy: usize, index| Some(RuleRef { policy: PolicyId(policy as u32), direction, index });
    match step {
        Step::Allow(policy, index) => (Outcome::Allow, rule(policy, index)),
        Step::Deny(policy, index) => (Outcome::Deny, rule(policy, index)),
        Step::Pass(policy, index) => (Outcome::Pass, rule(policy, index)),
        Step::SilenceDenies => (Outcome::Deny, None),
        Step::Silent => (Outcome::Silent, None),
        Step::NotEngaged => (Outcome::NotEngaged, None),
    }
}

impl Answers {
    /// What is said of many ends at once is what is said of each.
    fn sets(&self) -> Result<(), String> {
        for reach in [&self.shown, &self.lower] {
            ends().filter(|end| matches!(end, End::Pod(_))).try_for_each(|end| of_end(reach, end))?;
        }
        Ok(())
    }
}

fn of_end(reach: &Reachability, end: End) -> Result<(), String> {
    let own = endpoint(end);
    let row = reach.rows().targets(own);
    for other in ends().filter(|&other| other != end) {
        if let Endpoint::Workload(to) = endpoint(other) {
            let of_row = row.iter().find(|(target, _)| *target == to).map(|(_, ports)| (**ports).clone());
            let ports = reach.ports(own, Endpoint::Workload(to));
            check(of_row.clone().unwrap_or_default() == ports, || format!("{end:?} to {other:?}: row {of_row:?}"))?;
        }
    }
    for direction in [Direction::Ingress, Direction::Egress] {
        let (open, external) = (reach.open_ports(own, direction), reach.external(own, direction));
        for other in ends().filter(|&other| other != end) {
            let to = endpoint(other);
            let ports = match direction {
                Direction::Ingress => reach.ingress(to, own),
                Direction::Egress => reach.egress(own, to),
            };
            check(open.is_superset(&ports), || format!("{end:?} {direction:?} {other:?}: {ports:?} not in {open:?}"))?;
            if let Endpoint::External(address) = to {
                let found = external.iter().find(|entry| entry.addresses.contains(address));
                let found = found.map(|entry| entry.ports.clone()).unwrap_or_default();
                check(found == ports, || format!("{end:?} {direction:?} {other:?}: {found:?}, alone {ports:?}"))?;
            }
            if let (Endpoint::Workload(id), Endpoint::Workload(own)) = (to, own) {
                let is_cut_off = reach.is_cut_off(own, direction, &[id]);
                check(!is_cut_off || ports.is_empty(), || format!("{end:?} {direction:?} {other:?}: cut off"))?;
            }
        }
    }
    Ok(())
}
