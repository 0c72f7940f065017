//! Which of several rules speaks where they are about the same thing: the pages say it (`yields-to`).

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::catalogue::{self, IncompleteInput};
use crate::cluster::Cluster;
use crate::diagnostic::{Draft, Severity};
use crate::rules::{Cause, Claim};

/// The drafts of all claims, without the causes that another rule covers.
///
/// A claim yields a cause where a rule that its page names in `yields-to`, or one that such a rule yields to in its
/// turn, has claimed that cause or one that contains it. Whether that claim was itself yielded makes no difference: it
/// is covered by what it yielded to. Only rules that run have claims, so that nothing yields to a rule that is off.
pub(crate) fn settle(claims: Vec<Claim<'_>>) -> Vec<Draft> {
    settle_with(claims, catalogue::yields_to)
}

/// The drafts as they are worth where the input leads to more than it holds: those of rules whose pages say so
/// (`incomplete-input`) are notes, or are left out, where what is missing could make them wrong. The rule of each that is
/// lowered is returned.
pub(crate) fn cap_severity(drafts: &mut Vec<Draft>, cluster: &Cluster) -> Vec<&'static str> {
    let mut lowered = Vec::new();
    let worth = |draft: &Draft| {
        let rule = catalogue::find(draft.rule)?;
        let is_touched =
            !rule.is_incomplete_by_namespace || cluster.is_incomplete_in(draft.subject.namespace.as_deref());
        is_touched.then_some(rule.incomplete_input)
    };
    drafts.retain(|draft| worth(draft) != Some(IncompleteInput::Drop));
    for draft in drafts {
        let own = catalogue::find(draft.rule).map_or(Severity::Error, |rule| rule.severity);
        if worth(draft) == Some(IncompleteInput::Note) && draft.severity.unwrap_or(own) > Severity::Note {
            draft.severity(Severity::Note);
            lowered.push(draft.rule);
        }
    }
    lowered
}

fn settle_with<'r>(claims: Vec<Claim<'_>>, yields_to: impl Fn(&str) -> Vec<&'r str>) -> Vec<Draft> {
    let mut claimed: BTreeMap<&str, HashSet<Cause>> = BTreeMap::new();
    for claim in &claims {
        claimed.entry(claim.rule).or_default().extend(claim.causes.iter().cloned());
    }
    let mut preceding: HashMap<&str, Vec<&HashSet<Cause>>> = HashMap::new();
    for rule in claimed.keys() {
        let sets = yields_to(rule).into_iter().filter_map(|other| claimed.get(other)).collect();
        preceding.insert(rule, sets);
    }
    let mut drafts = Vec::new();
    for claim in claims {
        let sets = preceding.get(claim.rule).map_or(&[][..], Vec::as_slice);
        let is_covered = |cause: &Cause| sets.iter().any(|set| cause.and_containers().any(|it| set.contains(&it)));
        drafts.extend(claim.into_drafts(|cause| !is_covered(cause)));
    }
    drafts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::Direction::{self, Egress, Ingress};
    use crate::objects::{NamespaceId, PolicyId, WorkloadId};
    use crate::policy::RuleRef;
    use crate::source::{FileId, Location};
    use crate::yaml::Span;

    const RULE: RuleRef = RuleRef { policy: PolicyId(0), direction: Ingress, index: 1 };

    fn draft(rule: &'static str, message: &str) -> Draft {
        Draft::new(rule, Location::Bytes(FileId(0), Span::default()), message)
    }

    fn claim(rule: &'static str, cause: Cause) -> Claim<'static> {
        Claim::new(cause, draft(rule, rule))
    }

    fn side(workload: u32, direction: Direction) -> Cause {
        Cause::Side(NamespaceId(0), WorkloadId(workload), direction)
    }

    /// `c` yields to `b`, and `b` to `a`.
    fn settled(claims: Vec<Claim<'_>>) -> Vec<String> {
        let yields_to = |rule: &str| match rule {
            "b" => vec!["a"],
            "c" => vec!["b", "a"],
            _ => Vec::new(),
        };
        settle_with(claims, yields_to).into_iter().map(|draft| draft.message).collect()
    }

    #[test]
    fn a_claim_yields_to_the_same_cause_and_to_one_that_contains_it() {
        let peer = || claim("b", Cause::Peer(RULE, 0));
        assert_eq!(settled(vec![peer(), claim("a", Cause::Peer(RULE, 0))]), ["a"]);
        assert_eq!(settled(vec![peer(), claim("a", Cause::Rule(RULE))]), ["a"]);
        assert_eq!(settled(vec![peer(), claim("a", Cause::Policy(PolicyId(0)))]), ["a"]);
        assert_eq!(settled(vec![peer(), claim("a", Cause::Peer(RULE, 1))]), ["b", "a"]);
        assert_eq!(settled(vec![claim("b", Cause::Rule(RULE)), claim("a", Cause::Peer(RULE, 0))]), ["b", "a"]);
    }

    #[test]
    fn nothing_yields_the_other_way_or_to_itself() {
        assert_eq!(settled(vec![claim("a", Cause::Rule(RULE)), claim("b", Cause::Policy(PolicyId(0)))]), ["a", "b"]);
        assert_eq!(settled(vec![claim("b", Cause::Rule(RULE)), claim("b", Cause::Rule(RULE))]), ["b", "b"]);
    }

    #[test]
    fn yielding_is_transitive_through_claims_that_yielded_themselves() {
        let all = vec![claim("c", Cause::Rule(RULE)), claim("b", Cause::Rule(RULE)), claim("a", Cause::Rule(RULE))];
        assert_eq!(settled(all), ["a"]);
        let narrow =
            vec![claim("c", Cause::Port(RULE, 0)), claim("b", Cause::Port(RULE, 0)), claim("a", Cause::Rule(RULE))];
        assert_eq!(settled(narrow), ["a"]);
        assert_eq!(settled(vec![claim("c", Cause::Rule(RULE)), claim("a", Cause::Rule(RULE))]), ["a"]);
    }

    #[test]
    fn a_claim_about_several_things_keeps_what_is_left_to_it() {
        let composed = || {
            let causes = (0..3).map(|workload| side(workload, Egress)).collect();
            Claim::composed("b", causes, |left| vec![draft("b", &format!("{} left", left.len()))])
        };
        assert_eq!(settled(vec![composed()]), ["3 left"]);
        assert_eq!(settled(vec![composed(), claim("a", side(1, Egress))]), ["2 left", "a"]);
        assert_eq!(settled(vec![composed(), claim("a", side(1, Ingress))]), ["3 left", "a"]);
        assert_eq!(settled(vec![composed(), claim("a", Cause::Namespace(NamespaceId(0), Egress))]), ["a"]);
    }

    #[test]
    fn claims_without_a_cause_stand_by_themselves() {
        let claims = vec![Claim::certain(draft("a", "a")), Claim::certain(draft("b", "b"))];
        assert_eq!(settled(claims), ["a", "b"]);
    }
}
