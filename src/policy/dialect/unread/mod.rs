//! The front end for policies that netlint does not evaluate: nobody knows what they open or close.
//!
//! A policy of a [kind](kinds) that is known by name, one that another object makes, or a document that does not parse
//! and may be one becomes a policy whose rules match everyone *perhaps*: one that allows, as far as it may open
//! something, and one that denies, as far as it may close something. So they widen both what may be permitted and what
//! may be denied, for the pods that they may select, and leave all others as they are.

pub mod kinds;
mod makers;
mod path;
mod read;
mod text;

use crate::net::Direction;
use crate::objects::Object;
use crate::policy::{
    Action, Dialect, Engagement, Order, Peer, Peers, Places, PodSet, Policy, PolicyObject, Ports, Rule, StageName,
};
use crate::source::Origin;
use kinds::Effect;

pub(crate) use read::read;
pub(crate) use text::{InText, in_text};

/// A policy that is not evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// Its kind is not.
    Kind,
    /// It is what makes the policies.
    Maker,
    /// Its document does not parse.
    Text,
}

/// A policy that does nobody knows what to connections of the pods that it selects.
fn policy(unread: Unread, object: Object, subject: PodSet, [ingress, egress]: [Effect; 2]) -> PolicyObject {
    let policy = Policy {
        stage: StageName::Unread,
        order: Order::default(),
        subject,
        engages_ingress: Engagement::Matches,
        engages_egress: Engagement::Matches,
        ingress: rules(ingress),
        egress: rules(egress),
    };
    PolicyObject { object, dialect: Dialect::Unread(unread), policy, rejected: false }
}

fn rules(effect: Effect) -> Vec<Rule> {
    let perhaps = |action| Rule::new(action, Peers::Of(vec![Peer::Perhaps(Box::new(Peer::Everyone))]), Ports::All);
    let (denies, allows) = (effect.closes.then_some(Action::Deny), effect.opens.then_some(Action::Allow));
    denies.into_iter().chain(allows).map(perhaps).collect()
}

impl Places for Unread {
    fn subject(&self, object: &Origin) -> Origin {
        object.clone()
    }

    fn engagement(&self, object: &Origin, _: Direction) -> Origin {
        object.clone()
    }

    fn rule(&self, object: &Origin, _: Direction, _: usize) -> Origin {
        object.clone()
    }

    fn peer(&self, object: &Origin, _: Direction, _: usize, _: usize) -> Origin {
        object.clone()
    }

    fn port(&self, object: &Origin, _: Direction, _: usize, _: usize) -> Origin {
        object.clone()
    }
}
