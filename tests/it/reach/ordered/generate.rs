//! Random worlds. A seed gives the same one whenever it is asked for.

use crate::support::random::Random;

use super::world::{Action, Combine, Engages, Namespaces, Pod, Pods, Policy, Port, Rule, Stage, Who, World};

pub(super) fn world(seed: u64) -> World {
    let mut random = Random::new(seed);
    let random = &mut random;
    let stages: Vec<Stage> = (0..1 + random.below(3)).map(|_| stage(random)).collect();
    let names = shuffled(random);
    let policies = (0..1 + random.below(4)).map(|place| policy(random, names[place], stages.len())).collect();
    let team = |random: &mut Random| random.pick(&[None, None, Some(None), Some(Some('a')), Some(Some('b'))]);
    World {
        stages,
        teams: [team(random), team(random)],
        pods: [(); 3].map(|()| Pod { namespace: random.below(2), app: app(random) }),
        policies,
    }
}

fn shuffled(random: &mut Random) -> [char; 4] {
    let mut names = ['p', 'q', 'r', 's'];
    for end in (1..names.len()).rev() {
        names.swap(end, random.below(end + 1));
    }
    names
}

fn stage(random: &mut Random) -> Stage {
    Stage {
        combine: random.pick(&[Combine::FirstMatch, Combine::DenyWins]),
        denies_silence: random.chance(50),
        engages_all: [random.chance(5), random.chance(5)],
        ties_are_certain: random.chance(50),
    }
}

fn policy(random: &mut Random, name: char, stages: usize) -> Policy {
    Policy {
        name,
        stage: random.below(stages),
        order: random.pick(&[Some(1), Some(1), Some(2), None]),
        subject: pods(random),
        engages: [engages(random), engages(random)],
        rules: [random.list(3, rule), random.list(3, rule)],
    }
}

fn engages(random: &mut Random) -> Engages {
    match random.below(8) {
        0 => Engages::Ignored,
        1..4 => Engages::No,
        4..7 => Engages::Yes,
        _ => Engages::Some(pods(random)),
    }
}

fn rule(random: &mut Random) -> Rule {
    Rule {
        action: random.pick(&[Action::Allow, Action::Allow, Action::Deny, Action::Deny, Action::Pass, Action::None]),
        subject: random.chance(10).then(|| who(random, 1)),
        peers: random.chance(80).then(|| random.list(2, |random| who(random, 2))),
        ports: random.chance(60).then(|| random.list(2, port)),
    }
}

fn port(random: &mut Random) -> Port {
    Port { number: random.pick(&[80, 81]), is_maybe: random.chance(15) }
}

fn who(random: &mut Random, depth: usize) -> Who {
    match random.below(if depth == 0 { 7 } else { 10 }) {
        0..5 => Who::Pods(pods(random)),
        5 => Who::Block,
        6 => Who::Everyone,
        7 => Who::Perhaps(Box::new(who(random, depth - 1))),
        8 => Who::Not(Box::new(who(random, depth - 1))),
        _ => Who::All(Box::new([who(random, depth - 1), who(random, depth - 1)])),
    }
}

fn pods(random: &mut Random) -> Pods {
    let namespaces = match random.below(8) {
        0..2 => Namespaces::One(random.below(2)),
        2..5 => Namespaces::Every,
        5..7 => Namespaces::Team(random.pick(&['a', 'b'])),
        _ => Namespaces::NoTeam,
    };
    Pods { namespaces, app: app(random) }
}

fn app(random: &mut Random) -> Option<char> {
    random.pick(&[None, Some('x'), Some('y')])
}
