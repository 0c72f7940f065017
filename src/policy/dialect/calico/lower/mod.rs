//! From Calico's policies as they are written to the common form.

mod ends;
mod labels;
mod traffic;

use super::scope::{self, Selected};
use super::selector::SyntaxError;
use super::written::{Api, CalicoPolicy, Entity, Rule, RuleAction, Subject};
use crate::net::Direction;
use crate::objects::Selector;
use crate::policy::{self, Action, Condition, Engagement, NamespaceSet, Order, PodSet, Policy, StageName};

/// The longest selector that is lowered, in bytes: Calico takes 1,024 characters.
const LONGEST: usize = 4 * 1024;

/// What else decides what a policy means, beside its text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Setting {
    /// How objects of `projectcalico.org/v3` get into the cluster.
    pub api: Api,
    /// Whether the input has network sets, which selectors of rules find like pods.
    pub has_sets: bool,
}

/// Lowers one policy, of the first namespace until [`Policy::put_into`] names its own. Where a selector cannot be read,
/// so that Calico's agent drops the policy, it selects no pods.
///
/// # Errors
/// What Calico's agent cannot read.
pub fn lower(written: &CalicoPolicy, setting: Setting) -> Result<Policy, (Box<Policy>, SyntaxError)> {
    let subject = if is_short(&written.subject) { scope::subject(written) } else { Err(too_long()) };
    let is_for_pods = !written.do_not_track && !written.pre_dnat;
    let own = !written.global;
    let mut lowered = Policy {
        stage: StageName::Tier(written.tier.clone()),
        order: written.order.map_or(Order::LAST, Order::at),
        subject: match &subject {
            Ok(subject) if is_for_pods => labels::pods(subject, own),
            Ok(_) | Err(_) => no_pods(own),
        },
        engages_ingress: engagement(written, Direction::Ingress, setting.api),
        engages_egress: engagement(written, Direction::Egress, setting.api),
        ingress: Vec::new(),
        egress: Vec::new(),
    };
    let mut unread = subject.err();
    for direction in Direction::BOTH {
        for written_rule in written.rules(direction) {
            match rule(written_rule, direction, written, setting) {
                Ok(rule) => match direction {
                    Direction::Ingress => lowered.ingress.push(rule),
                    Direction::Egress => lowered.egress.push(rule),
                },
                Err(error) => unread = unread.or(Some(error)),
            }
        }
    }
    match unread {
        None => Ok(lowered),
        Some(error) => Err((Box::new(Policy { subject: no_pods(own), ..lowered }), error)),
    }
}

fn engagement(written: &CalicoPolicy, direction: Direction, api: Api) -> Engagement {
    if written.applies_to(direction, written.api(api)) { Engagement::Engages } else { Engagement::Ignored }
}

/// A rule. What it asks of the pod that the policy selects narrows the policy for this rule; "the source of an egress
/// rule and the destination of an ingress rule" are that pod.
fn rule(
    written: &Rule,
    direction: Direction,
    policy: &CalicoPolicy,
    setting: Setting,
) -> Result<policy::Rule, SyntaxError> {
    let (own, other) = match direction {
        Direction::Ingress => (&written.destination, &written.source),
        Direction::Egress => (&written.source, &written.destination),
    };
    let texts = |entity: &Entity| {
        let Entity { selector, not_selector, namespaces, service_accounts, .. } = entity.clone();
        [selector, not_selector, namespaces, service_accounts]
    };
    if [own, other].into_iter().flat_map(texts).any(|text| text.len() > LONGEST) {
        return Err(too_long());
    }
    let of_namespace = !policy.global;
    let selected = |entity| -> Result<Selected, SyntaxError> { scope::selected(entity, of_namespace) };
    let peers = ends::peers(other, &selected(other)?, written.ip_version, setting.has_sets);
    let subject = ends::subject(own, &selected(own)?, setting.has_sets);
    let action = match written.action {
        RuleAction::Allow => Action::Allow,
        RuleAction::Deny => Action::Deny,
        RuleAction::Pass => Action::Pass,
        RuleAction::Log => Action::None,
    };
    let layer7 = written.http && action == Action::Allow && direction == Direction::Ingress;
    Ok(policy::Rule { subject, layer7, ..policy::Rule::new(action, peers, traffic::ports(written, direction)) })
}

fn is_short(subject: &Subject) -> bool {
    [&subject.selector, &subject.namespaces, &subject.service_accounts].iter().all(|text| text.len() <= LONGEST)
}

/// Calico refuses a longer selector, which may be of any depth.
fn too_long() -> SyntaxError {
    let (reason, help) = ("this selector is too long".to_owned(), "shorten it".to_owned());
    SyntaxError { range: 0..0, reason, help }
}

/// No pods at all: what is for host endpoints only.
fn no_pods(own: bool) -> PodSet {
    let namespaces = if own { NamespaceSet::own() } else { NamespaceSet::every() };
    let never = Some(Box::new(Condition::Any(Vec::new())));
    PodSet { condition: never, ..PodSet::new(namespaces, Selector::default()) }
}
