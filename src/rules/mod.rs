//! The rules. Each is a page in `rules/`, a module here and one line in the registry below.

mod context;
mod correctness;
mod egress;
mod intent;
mod isolation;
mod ports;
mod precedence;
mod reachability;
mod selectors;
mod traps;
mod unknown;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::analysis::Analysis;
use crate::catalogue::{self, RuleInfo, registry};
use crate::diagnostic::Draft;
use crate::facts::Facts;
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

/// Runs every rule over the model, on all cores. The drafts come in no particular order, but always in the same.
#[must_use]
pub fn run(analysis: &Analysis) -> Vec<Draft> {
    let config = analysis.config();
    let wanted: Vec<_> = CHECKS.iter().zip(catalogue::rules()).filter(|(_, info)| !config.is_off(info.name)).collect();
    let (next, facts) = (AtomicUsize::new(0), Facts::new(analysis));
    let work = || {
        let mut found = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some((rule, info)) = wanted.get(place) else { return found };
            found.push((place, rule.drafts(info, analysis, &facts)));
        }
    };
    // Not in rayon's pool: there, a rule that waits for what another one is working out could be started by the thread
    // that works it out, and wait for itself.
    let threads = if analysis.documents() < WORTH_A_THREAD { 1 } else { rayon::current_num_threads() };
    let mut found = thread::scope(|scope| {
        let others: Vec<_> = (1..threads.min(wanted.len())).map(|_| scope.spawn(work)).collect();
        let mut found = work();
        for other in others {
            found.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        found
    });
    found.sort_unstable_by_key(|(place, _)| *place);
    let found = found.into_iter().flat_map(|(_, drafts)| drafts);
    analysis.problems().iter().cloned().chain(found).collect()
}

/// Runs one rule over the model, whatever the configuration says of it.
#[must_use]
pub fn check(analysis: &Analysis, name: &str) -> Vec<Draft> {
    let rule = CHECKS.iter().zip(catalogue::rules()).find(|(_, info)| info.name == name);
    rule.map_or_else(Vec::new, |(rule, info)| rule.drafts(info, analysis, &Facts::new(analysis)))
}

impl Check {
    fn drafts<'m>(&self, info: &RuleInfo, analysis: &'m Analysis, facts: &'m Facts<'m>) -> Vec<Draft> {
        let Self::Analysis(check) = self else { return Vec::new() };
        let mut context = Context::new(analysis, facts, info.name);
        check(&mut context);
        unknown::temper(info.name, analysis, context.into_drafts())
    }
}
