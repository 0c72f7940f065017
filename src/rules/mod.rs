//! The rules. Each is a page in `rules/`, a module here and one line in the registry below.

mod admin;
mod calico;
mod cause;
mod cilium;
mod claim;
mod context;
mod correctness;
mod egress;
mod explanations;
mod intent;
mod isolation;
mod key;
mod ports;
mod reachability;
mod repairs;
mod selectors;
mod snippets;
mod traps;

use rayon::prelude::*;

use crate::analysis::Analysis;
use crate::catalogue::{self, IncompleteInput, RuleInfo, registry};
use crate::diagnostic::Draft;
use crate::facts::Facts;
use crate::facts::evidence::Depth;
pub use cause::Cause;
pub use claim::Claim;
pub(crate) use claim::Left;
pub(crate) use context::Context;

/// How a rule finds things.
#[derive(Clone, Copy)]
enum Check {
    /// By asking the analysis.
    Analysis(fn(&mut Context<'_>)),
    /// Elsewhere: while documents are read, or once findings are suppressed.
    Elsewhere,
}

/// Makes the list of checks of the registry.
macro_rules! checks {
    (@ reading) => { Check::Elsewhere };
    (@ suppressing) => { Check::Elsewhere };
    (@ $category:ident :: $module:ident) => { Check::Analysis($category::$module::check) };
    ($($name:literal => $($segment:ident)::+,)*) => { &[$(checks!(@ $($segment)::+)),*] };
}

/// The check of each rule, in the order of the catalogue.
const CHECKS: &[Check] = registry!(checks);

/// The rules that ask for evidence that costs much, those that ask for most first.
const ASK_FOR_EVIDENCE: [(&str, Depth); 2] =
    [("wider-than-needed", Depth::Intent), ("blocked-client", Depth::Settings)];

/// Fewer documents than these are checked before another thread has started.
const WORTH_A_THREAD: usize = 200;

/// The facts that the rules need which are not off.
#[must_use]
pub(crate) fn facts(analysis: &Analysis) -> Facts<'_> {
    Facts::new(analysis, depth(|name| !analysis.config().is_off(name)))
}

/// How much evidence is needed by rules that are on.
fn depth(is_on: impl Fn(&str) -> bool) -> Depth {
    let needed = ASK_FOR_EVIDENCE.into_iter().find(|(name, _)| is_on(name));
    needed.map_or(Depth::Objects, |(_, depth)| depth)
}

/// Runs every rule over the cluster, on all cores. The claims come in the order of the catalogue, those of problems
/// found while reading first.
#[must_use]
pub(crate) fn run<'m>(analysis: &'m Analysis, facts: &'m Facts<'m>) -> Vec<Claim<'m>> {
    let config = analysis.config();
    let wanted: Vec<_> = CHECKS.iter().zip(catalogue::rules()).filter(|(_, info)| !config.is_off(info.name)).collect();
    let claims = |(rule, info): &(&Check, &RuleInfo)| rule.claims(info, analysis, facts);
    let found: Vec<Vec<Claim<'m>>> = if analysis.documents() < WORTH_A_THREAD {
        wanted.iter().map(claims).collect()
    } else {
        wanted.par_iter().with_max_len(1).map(claims).collect()
    };
    analysis.problems().iter().cloned().map(Claim::certain).chain(found.into_iter().flatten()).collect()
}

/// Runs one rule over the cluster, whatever the configuration says of it.
#[must_use]
pub fn check(analysis: &Analysis, name: &str) -> Vec<Draft> {
    let rule = CHECKS.iter().zip(catalogue::rules()).find(|(_, info)| info.name == name);
    let facts = Facts::new(analysis, depth(|other| other == name));
    let claims = rule.map_or_else(Vec::new, |(rule, info)| rule.claims(info, analysis, &facts));
    claims.into_iter().flat_map(|claim| claim.into_drafts(|_| true)).collect()
}

impl Check {
    fn claims<'m>(&self, info: &RuleInfo, analysis: &'m Analysis, facts: &'m Facts<'m>) -> Vec<Claim<'m>> {
        let Self::Analysis(check) = self else { return Vec::new() };
        let is_dropped = info.incomplete_input == IncompleteInput::Drop && !info.is_incomplete_by_namespace;
        if is_dropped && analysis.cluster().is_incomplete() {
            return Vec::new();
        }
        let mut context = Context::new(analysis, facts, info.name);
        check(&mut context);
        context.into_claims()
    }
}
