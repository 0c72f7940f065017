//! The catalogue: what there is to say about each rule, read from the rules' pages. Knows no check.

mod page;
mod profile;
mod registry;

use std::sync::LazyLock;

use crate::diagnostic::Severity;
use crate::text::suggest::nearest;
pub use profile::Profile;
pub(crate) use registry::registry;

/// Makes the list of pages of the registry.
macro_rules! pages {
    ($($name:literal => $($segment:ident)::+,)*) => { &[$(include_str!(concat!("../../rules/", $name, ".md"))),*] };
}

/// The page of each rule.
const PAGES: &[&str] = registry!(pages);

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
    /// Whether `--fix` can fix it: `none`, `suggested` or `safe`.
    pub fix: &'static str,
    /// The version that brought it.
    pub since: &'static str,
    /// The rules that it yields to, as its page writes them: `[missing-default-deny, empty-peer-list]`.
    pub yields_to: &'static str,
    /// What its findings are worth where the input is incomplete.
    pub incomplete_input: IncompleteInput,
    /// Whether that holds only where what is missing might be in the namespace that a finding is about.
    pub is_incomplete_by_namespace: bool,
    /// Whether its findings are claims about every cluster that holds the place: where several do, it has to be right
    /// about all of them.
    pub is_about_all_clusters: bool,
    /// Its page, as Markdown without the front matter.
    pub page: &'static str,
}

/// What becomes of a rule's findings where the input leads to more than it holds: objects that nobody rendered, or
/// documents that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IncompleteInput {
    /// They stand: what is missing makes no difference.
    Keep,
    /// They are notes: what is missing might make them wrong.
    Note,
    /// They are left out: what they miss is likely among what is missing.
    Drop,
}

impl RuleInfo {
    /// The rules that speak in place of this one where they are about the same thing.
    pub fn precedents(&self) -> impl Iterator<Item = &'static str> + use<> {
        let names = self.yields_to.trim_start_matches('[').trim_end_matches(']');
        names.split(',').map(str::trim).filter(|name| !name.is_empty())
    }

    /// The sections of its page: their headings and texts, in order.
    pub fn sections(&self) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
        self.page.split("\n## ").filter_map(|section| section.trim_start_matches("## ").split_once('\n'))
    }

    /// Where its page can be read on the web.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/blob/main/rules/{}.md", env!("CARGO_PKG_REPOSITORY"), self.name)
    }
}

/// All rules, in the order of the registry.
#[must_use]
pub fn rules() -> &'static [RuleInfo] {
    static RULES: LazyLock<Vec<RuleInfo>> = LazyLock::new(|| PAGES.iter().map(|page| page::parse(page)).collect());
    &RULES
}

/// The rule of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static RuleInfo> {
    rules().iter().find(|rule| rule.name == name)
}

/// The place of a rule in the catalogue; that of no rule is behind all others.
#[must_use]
pub fn place(name: &str) -> usize {
    rules().iter().position(|rule| rule.name == name).unwrap_or(usize::MAX)
}

/// What to tell who names a rule that does not exist.
#[must_use]
pub fn advice(name: &str) -> String {
    match nearest(name, rules().iter().map(|rule| rule.name)) {
        Some(similar) => format!("did you mean `{similar}`?"),
        None => "`netlint rules` lists all rules".to_owned(),
    }
}

/// The rules that take precedence over a rule: those that its page names, and those that these yield to in their turn.
#[must_use]
pub fn yields_to(rule: &str) -> Vec<&'static str> {
    let mut all: Vec<&str> = find(rule).into_iter().flat_map(RuleInfo::precedents).collect();
    let mut next = 0;
    while let Some(&name) = all.get(next) {
        next += 1;
        for further in find(name).into_iter().flat_map(RuleInfo::precedents) {
            if !all.contains(&further) {
                all.push(further);
            }
        }
    }
    all
}
