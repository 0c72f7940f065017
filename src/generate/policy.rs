//! Policies that are to be written, before they are text.

use crate::facts::evidence::Evidence;
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::objects::{Labels, NamespaceId, Selector};
use ipnet::IpNet;

/// A policy.
#[derive(Debug)]
pub(super) struct Policy<'e, 'm> {
    pub(super) namespace: NamespaceId,
    pub(super) name: String,
    /// The labels of the pods that it is for; all pods of the namespace where there are none.
    pub(super) labels: Labels,
    /// The directions that it isolates.
    pub(super) directions: Vec<Direction>,
    /// Its rules, all of one direction.
    pub(super) rules: Vec<Rule<'e, 'm>>,
    /// What it is for, in words.
    pub(super) purpose: Option<String>,
    /// What somebody has to look at.
    pub(super) review: Vec<String>,
}

/// A rule with one peer.
#[derive(Debug)]
pub(super) struct Rule<'e, 'm> {
    pub(super) direction: Direction,
    pub(super) peer: Peer,
    pub(super) ports: PortSet,
    /// What asks for it.
    pub(super) evidence: Vec<&'e Evidence<'m>>,
    /// What somebody has to look at.
    pub(super) review: Vec<String>,
}

/// The peer of a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Peer {
    /// Everyone: the rule has no peers.
    Anyone,
    /// Pods.
    Pods {
        /// Of these namespaces; of the policy's own where there are none.
        namespaces: Option<Selector>,
        /// With these labels; all where there are none.
        pods: Option<Selector>,
    },
    /// Pods that come with the cluster, in a kustomization that adds labels to selectors: their own are written so that
    /// it adds none.
    Outside {
        /// Their namespace.
        namespace: Selector,
        /// Their labels.
        pods: Selector,
    },
    /// Addresses.
    Block {
        /// The block.
        cidr: IpNet,
        /// What is left out of it.
        except: Vec<IpNet>,
    },
}

impl Peer {
    /// Whether everyone that another peer admits is admitted by this one, as far as their words tell.
    pub(super) fn contains(&self, other: &Self) -> bool {
        let is_part = |part: &Option<Selector>, whole: &Option<Selector>| match (part, whole) {
            (_, None) => true,
            (None, Some(whole)) => whole.is_empty(),
            (Some(part), Some(whole)) => whole.requirements().iter().all(|it| part.requirements().contains(it)),
        };
        match (self, other) {
            (Self::Anyone, _) => true,
            (Self::Pods { namespaces, pods }, Self::Pods { namespaces: of_other, pods: other }) => {
                let is_there = match (namespaces, of_other) {
                    (None, None) => true,
                    (Some(own), Some(_)) => is_part(of_other, &Some(own.clone())),
                    _ => false,
                };
                is_there && is_part(other, pods)
            }
            (Self::Block { cidr, except }, Self::Block { cidr: part, except: left_out }) => {
                cidr.contains(part)
                    && except.iter().all(|hole| !part.contains(hole) && !hole.contains(part) || left_out.contains(hole))
            }
            _ => false,
        }
    }
}
