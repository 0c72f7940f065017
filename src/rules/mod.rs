//! The rules. Each is a page in `rules/`, a module here and one line in the registry below.

mod cause;
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
mod selectors;
mod traps;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::analysis::Analysis;
use crate::catalogue::{self, IncompleteInput, RuleInfo, registry};
use crate::diagnostic::Draft;
use crate::facts::Facts;
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

/// Fewer documents than these are checked before another thread has started.
const WORTH_A_THREAD: usize = 200;

/// Runs every rule over the cluster, on all cores. The claims come in the order of the catalogue, those of problems
/// found while reading first.
#[must_use]
pub(crate) fn run<'m>(analysis: &'m Analysis, facts: &'m Facts<'m>) -> Vec<Claim<'m>> {
    let config = analysis.config();
    let wanted: Vec<_> = CHECKS.iter().zip(catalogue::rules()).filter(|(_, info)| !config.is_off(info.name)).collect();
    let (next, threads) = (AtomicUsize::new(0), threads(analysis).min(wanted.len()));
    let work = || {
        let mut found = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some((rule, info)) = wanted.get(place) else { return found };
            found.push((place, rule.claims(info, analysis, facts)));
        }
    };
    let mut found = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut found = work();
        for other in others {
            found.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        found
    });
    found.sort_unstable_by_key(|(place, _)| *place);
    let found = found.into_iter().flat_map(|(_, claims)| claims);
    analysis.problems().iter().cloned().map(Claim::certain).chain(found).collect()
}

fn threads(analysis: &Analysis) -> usize {
    if analysis.documents() < WORTH_A_THREAD { 1 } else { rayon::current_num_threads() }
}

/// Runs one rule over the cluster, whatever the configuration says of it.
#[must_use]
pub fn check(analysis: &Analysis, name: &str) -> Vec<Draft> {
    let rule = CHECKS.iter().zip(catalogue::rules()).find(|(_, info)| info.name == name);
    let facts = Facts::new(analysis);
    let claims = rule.map_or_else(Vec::new, |(rule, info)| rule.claims(info, analysis, &facts));
    claims.into_iter().flat_map(|claim| claim.into_drafts(|_| true)).collect()
}

impl Check {
    fn claims<'m>(&self, info: &RuleInfo, analysis: &'m Analysis, facts: &'m Facts<'m>) -> Vec<Claim<'m>> {
        let Self::Analysis(check) = self else { return Vec::new() };
        if info.incomplete_input == IncompleteInput::Drop && !analysis.cluster().unknown.is_empty() {
            return Vec::new();
        }
        let mut context = Context::new(analysis, facts, info.name);
        check(&mut context);
        context.into_claims()
    }
}
