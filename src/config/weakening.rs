//! What a configuration reports less of than an earlier one.

use std::collections::BTreeSet;

use super::file::{File, Ignore};
use super::{Config, file_of};
use crate::catalogue::{self, RuleInfo};
use crate::diagnostic::Severity;
use crate::source::{FileId, Origin};
use crate::yaml::FieldPath;

/// Something that a change of the configuration silences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weakening {
    /// Whether findings are suppressed; otherwise less is looked for.
    pub is_suppression: bool,
    /// What, in one line.
    pub message: String,
    /// Where the later configuration says so, if it has a place for it.
    pub origin: Option<Origin>,
}

/// What the configuration `head` silences that `base` does not.
#[must_use]
pub fn weakenings(base: &Config, head: &Config) -> Vec<Weakening> {
    let (old, (new, root)) = (base.file().0, head.file());
    let mut found = rules(base, head, &root);
    let mut less = |message: String, origin: Origin| {
        found.push(Weakening {
            is_suppression: false,
            message,
            origin: Some(origin).filter(|_| head.name().is_some()),
        });
    };
    for (index, glob) in new.exclude.iter().enumerate().filter(|(_, glob)| !old.exclude.contains(glob)) {
        less(format!("`exclude` now leaves out `{glob}`"), root.key("exclude").index(index));
    }
    for path in old.paths.iter().filter(|path| !new.paths.is_empty() && !new.paths.contains(path)) {
        less(format!("`paths` no longer has `{path}`"), root.key("paths"));
    }
    if old.paths.is_empty() && !new.paths.is_empty() {
        less("`paths` now limits what is checked".to_owned(), root.key("paths"));
    }
    let entries = |file: &File| file.expect.iter().map(|it| format!("{it:?}")).collect::<Vec<_>>();
    let (old_expect, new_expect) = (entries(&old), entries(&new));
    let missing = old.expect.iter().zip(&old_expect).filter(|(_, text)| !new_expect.contains(text));
    for (expected, _) in missing {
        less(format!("`expect` no longer has an entry about `{}`", expected.to), root.key("expect"));
    }
    if !old.tiers.0.is_empty() && format!("{:?}", old.tiers) != format!("{:?}", new.tiers) {
        less("`tiers` differ".to_owned(), root.key("tiers"));
    }
    for gate in old.diff.fail_on.iter().filter(|gate| !new.diff.fail_on.contains(gate)) {
        less(format!("`diff.failOn` no longer has `{gate}`"), root.key("diff"));
    }
    found.extend(ignores(&old.ignore, &new.ignore, &root));
    found
}

/// Rules that are off or less severe.
fn rules(base: &Config, head: &Config, root: &Origin) -> Vec<Weakening> {
    let written = |rule: &RuleInfo| match head.levels.contains_key(rule.name) {
        true => root.key("rules").key(rule.name),
        false => root.key("profile"),
    };
    let weaker = catalogue::rules().iter().filter_map(|rule| {
        let [before, after] = [base, head].map(|config| config.severity(rule));
        let message = match (before, after) {
            (Some(_), None) => format!("the rule `{}` is now off", rule.name),
            (Some(before), Some(after)) if after < before => {
                format!("findings of `{}` are now of severity `{}`", rule.name, after.name())
            }
            _ => return None,
        };
        let origin = Some(written(rule)).filter(|_| head.name().is_some());
        Some(Weakening { is_suppression: false, message, origin })
    });
    weaker.collect()
}

fn ignores(old: &[Ignore], new: &[Ignore], root: &Origin) -> Vec<Weakening> {
    let each = |entries: &[Ignore]| -> Vec<(String, usize, Ignore)> {
        let entries = entries.iter().enumerate();
        entries.flat_map(|(index, entry)| entry.rule.each().map(move |rule| (rule, index, entry.clone()))).collect()
    };
    let key = |(rule, _, entry): &(String, usize, Ignore)| {
        (rule.clone(), entry.resource.clone(), entry.path.clone(), entry.until.clone())
    };
    let known: BTreeSet<_> = each(old).iter().map(key).collect();
    let added = each(new).into_iter().filter(|entry| !known.contains(&key(entry)));
    let weakening = |(rule, index, entry): (String, usize, Ignore)| {
        let of =
            entry.resource.as_ref().or(entry.path.as_ref()).map(|what| format!(" of `{what}`")).unwrap_or_default();
        let until = entry.until.as_ref().map(|until| format!(" until {until}")).unwrap_or_default();
        let reason = entry.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        Weakening {
            is_suppression: true,
            message: format!("`ignore` now hides `{rule}`{of}{until}{reason}"),
            origin: Some(root.key("ignore").index(index)),
        }
    };
    added.map(weakening).collect()
}

impl Config {
    /// What the file says, and the root of its document; the defaults where there is no file.
    fn file(&self) -> (File, Origin) {
        let read = self.source.as_ref().and_then(|source| file_of(&source.text).ok());
        let nothing =
            || (File::default(), Origin { file: FileId::CONFIGURATION, document: 0, path: FieldPath::root() });
        read.unwrap_or_else(nothing)
    }

    /// The severity of a rule's findings; `None` where it does not report.
    fn severity(&self, rule: &RuleInfo) -> Option<Severity> {
        if self.is_off(rule.name) {
            return None;
        }
        match self.levels.get(rule.name) {
            Some(super::Level::At(severity)) => Some(*severity),
            _ => Some(rule.severity),
        }
    }
}
