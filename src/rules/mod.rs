//! The rules. Each is a page in `rules/`, a module here and one line in the registry below.

mod context;
mod correctness;
mod egress;
mod in_force;
pub(crate) mod intent;
mod isolation;
mod metrics;
mod nearest;
mod page;
mod peers;
mod pods;
mod ports;
mod reachability;
mod selectors;
mod shared;
mod traps;
mod unknown;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::config::Profile;
use crate::finding::{Draft, Severity};
use crate::model::Model;
use crate::suggest::nearest;
pub(crate) use context::Context;
use shared::Shared;

/// A rule: its page and what it does. Everything that is said about it comes from the page.
struct Rule {
    page: &'static str,
    check: Check,
}

/// How a rule finds things.
#[derive(Clone, Copy)]
enum Check {
    /// By asking the model.
    Model(fn(&mut Context<'_>)),
    /// While documents are read: `manifest` reports it.
    Reading,
    /// Once findings are suppressed: `suppress` reports it.
    Suppressing,
}

/// Names a rule's page, which lies under the rule's own name.
macro_rules! page {
    ($name:literal) => {
        include_str!(concat!("../../rules/", $name, ".md"))
    };
}

/// The registry, in the order of `netlint rules`.
const RULES: &[Rule] = &[
    Rule { page: page!("missing-default-deny"), check: Check::Model(isolation::missing_default_deny::check) },
    Rule { page: page!("allow-all-defeats-deny"), check: Check::Model(isolation::allow_all_defeats_deny::check) },
    Rule { page: page!("host-network-bypass"), check: Check::Model(isolation::host_network_bypass::check) },
    Rule { page: page!("database-reachable"), check: Check::Model(reachability::database_reachable::check) },
    Rule { page: page!("tier-violation"), check: Check::Model(reachability::tier_violation::check) },
    Rule { page: page!("tier-matches-nothing"), check: Check::Model(reachability::tier_matches_nothing::check) },
    Rule { page: page!("overlapping-tiers"), check: Check::Model(reachability::overlapping_tiers::check) },
    Rule { page: page!("failed-expectation"), check: Check::Model(reachability::failed_expectation::check) },
    Rule { page: page!("any-namespace-ingress"), check: Check::Model(reachability::any_namespace_ingress::check) },
    Rule { page: page!("internet-ingress"), check: Check::Model(reachability::internet_ingress::check) },
    Rule { page: page!("unreachable-service"), check: Check::Model(reachability::unreachable_service::check) },
    Rule { page: page!("unrestricted-egress"), check: Check::Model(egress::unrestricted_egress::check) },
    Rule { page: page!("missing-dns-egress"), check: Check::Model(egress::missing_dns_egress::check) },
    Rule { page: page!("metadata-service-reachable"), check: Check::Model(egress::metadata_service_reachable::check) },
    Rule { page: page!("one-sided-allow"), check: Check::Model(reachability::one_sided_allow::check) },
    Rule { page: page!("selector-matches-nothing"), check: Check::Model(selectors::selector_matches_nothing::check) },
    Rule { page: page!("peer-matches-nothing"), check: Check::Model(selectors::peer_matches_nothing::check) },
    Rule { page: page!("unknown-namespace"), check: Check::Model(selectors::unknown_namespace::check) },
    Rule { page: page!("split-peer"), check: Check::Model(selectors::split_peer::check) },
    Rule { page: page!("pod-ip-block"), check: Check::Model(selectors::pod_ip_block::check) },
    Rule { page: page!("blocked-client"), check: Check::Model(intent::blocked_client::check) },
    Rule { page: page!("blocked-webhook"), check: Check::Model(intent::blocked_webhook::check) },
    Rule { page: page!("blocked-metrics"), check: Check::Model(intent::blocked_metrics::check) },
    Rule { page: page!("blocked-api-server"), check: Check::Model(intent::blocked_api_server::check) },
    Rule { page: page!("quorum-ports-blocked"), check: Check::Model(intent::quorum_ports_blocked::check) },
    Rule { page: page!("undefined-named-port"), check: Check::Model(ports::undefined_named_port::check) },
    Rule { page: page!("service-port-in-policy"), check: Check::Model(ports::service_port_in_policy::check) },
    Rule { page: page!("missing-protocol"), check: Check::Model(ports::missing_protocol::check) },
    Rule { page: page!("port-of-wrong-side"), check: Check::Model(ports::port_of_wrong_side::check) },
    Rule { page: page!("port-not-exposed"), check: Check::Model(ports::port_not_exposed::check) },
    Rule { page: page!("all-ports-allowed"), check: Check::Model(ports::all_ports_allowed::check) },
    Rule { page: page!("empty-peer-list"), check: Check::Model(traps::empty_peer_list::check) },
    Rule { page: page!("namespace-name-label"), check: Check::Model(traps::namespace_name_label::check) },
    Rule { page: page!("volatile-label"), check: Check::Model(traps::volatile_label::check) },
    Rule { page: page!("reopened-except"), check: Check::Model(traps::reopened_except::check) },
    Rule { page: page!("ipv6-hole"), check: Check::Model(traps::ipv6_hole::check) },
    Rule { page: page!("invalid-yaml"), check: Check::Reading },
    Rule { page: page!("invalid-field"), check: Check::Reading },
    Rule { page: page!("unknown-field"), check: Check::Reading },
    Rule { page: page!("deprecated-api"), check: Check::Reading },
    Rule { page: page!("ignored-rules"), check: Check::Model(correctness::ignored_rules::check) },
    Rule { page: page!("implicit-policy-types"), check: Check::Model(correctness::implicit_policy_types::check) },
    Rule { page: page!("duplicate-resource"), check: Check::Model(correctness::duplicate_resource::check) },
    Rule { page: page!("redundant-rule"), check: Check::Model(correctness::redundant_rule::check) },
    Rule { page: page!("unrendered-template"), check: Check::Reading },
    Rule { page: page!("unknown-suppression"), check: Check::Suppressing },
    Rule { page: page!("unused-suppression"), check: Check::Suppressing },
];

/// What there is to say about a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleInfo {
    /// Its identifier, for example `one-sided-allow`.
    pub name: &'static str,
    /// What it finds, in one sentence without a full stop.
    pub summary: &'static str,
    /// The group it belongs to.
    pub category: &'static str,
    /// The severity of its findings, where they do not say otherwise.
    pub severity: Severity,
    /// The narrowest profile that it is in.
    pub profile: Profile,
    /// Whether `--fix` can mend it: `none`, `suggested` or `safe`.
    pub fix: &'static str,
    /// The version that brought it.
    pub since: &'static str,
    /// Its page, as Markdown without the front matter.
    pub page: &'static str,
}

impl RuleInfo {
    /// Where its page can be read on the web.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/blob/main/rules/{}.md", env!("CARGO_PKG_REPOSITORY"), self.name)
    }
}

/// All rules, in the order of the registry.
#[must_use]
pub fn catalogue() -> &'static [RuleInfo] {
    static CATALOGUE: OnceLock<Vec<RuleInfo>> = OnceLock::new();
    CATALOGUE.get_or_init(|| RULES.iter().map(|rule| page::parse(rule.page)).collect())
}

/// The rule of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static RuleInfo> {
    catalogue().iter().find(|rule| rule.name == name)
}

/// What to tell who names a rule that does not exist.
#[must_use]
pub fn advice(name: &str) -> String {
    match nearest(name, catalogue().iter().map(|rule| rule.name)) {
        Some(similar) => format!("did you mean `{similar}`?"),
        None => "`netlint rules` lists all rules".to_owned(),
    }
}

/// Fewer documents than these are checked before another thread has started.
const WORTH_A_THREAD: usize = 200;

/// Runs every rule over the model, on all cores. The drafts come in no particular order, but always in the same.
#[must_use]
pub fn run(model: &Model) -> Vec<Draft> {
    let config = model.config();
    let wanted: Vec<_> = RULES.iter().zip(catalogue()).filter(|(_, info)| !config.is_off(info.name)).collect();
    let (next, shared) = (AtomicUsize::new(0), Shared::default());
    let work = || {
        let mut found = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some((rule, info)) = wanted.get(place) else { return found };
            found.push((place, rule.drafts(info, model, &shared)));
        }
    };
    // Not in rayon's pool: there, a rule that waits for what another one is working out could be started by the thread
    // that works it out, and wait for itself.
    let threads = if model.documents() < WORTH_A_THREAD { 1 } else { rayon::current_num_threads() };
    if threads > 1 {
        model.prepare();
    }
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
    model.problems().iter().cloned().chain(found).collect()
}

/// Runs one rule over the model, whatever the configuration says of it.
#[must_use]
pub fn check(model: &Model, name: &str) -> Vec<Draft> {
    let rule = RULES.iter().zip(catalogue()).find(|(_, info)| info.name == name);
    rule.map_or_else(Vec::new, |(rule, info)| rule.drafts(info, model, &Shared::default()))
}

impl Rule {
    fn drafts<'m>(&self, info: &RuleInfo, model: &'m Model, shared: &'m Shared<'m>) -> Vec<Draft> {
        let Check::Model(check) = self.check else { return Vec::new() };
        let mut context = Context::new(model, shared, info.name);
        check(&mut context);
        unknown::temper(info.name, model, context.into_drafts())
    }
}
