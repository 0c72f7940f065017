//! Which rules report, and how severely: the profile, then `rules` of the configuration, then the command line.

use super::{Config, Level};
use crate::catalogue::{self, Profile};
use crate::diagnostic::Draft;
use crate::text::phrase;

/// What is not read says nothing, so that this is told whatever rules are selected.
const ALWAYS: &str = "invalid-yaml";

/// What the command line says of rules. Empty, it says nothing.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// Instead of the profile of the configuration.
    pub profile: Option<Profile>,
    /// The only rules that report, by name.
    pub select: Vec<String>,
    /// Rules that do not report, by name.
    pub ignore: Vec<String>,
}

impl Config {
    /// Lets the command line have the last word.
    pub fn choose(&mut self, choice: Choice) {
        self.choice = choice;
    }

    /// Whether the rule does not report.
    pub(crate) fn is_off(&self, name: &str) -> bool {
        let Choice { profile, select, ignore } = &self.choice;
        let is_in = |names: &[String]| names.iter().any(|other| other == name);
        if is_in(ignore) {
            return true;
        }
        if !select.is_empty() && name != ALWAYS {
            return !is_in(select);
        }
        match self.levels.get(name) {
            Some(level) => *level == Level::Off,
            None => catalogue::find(name).is_some_and(|rule| rule.profile > profile.unwrap_or(self.profile)),
        }
    }

    /// What the file turns off and whoever runs netlint may not know, for a note. `excluded` is how many paths it leaves
    /// out.
    pub(crate) fn silences(&self, excluded: usize) -> Option<String> {
        let levels = |is_meant: fn(&catalogue::RuleInfo, Level) -> bool| {
            let listed = self.levels.iter().filter_map(|(name, level)| Some((catalogue::find(name)?, *level)));
            listed.filter(|(rule, level)| is_meant(rule, *level)).count()
        };
        let counts = [
            (levels(|rule, level| level == Level::Off && rule.profile <= Profile::Default), "rule", " off"),
            (levels(|rule, level| matches!(level, Level::At(at) if at < rule.severity)), "rule", " lowered"),
            (excluded, "path", " excluded"),
            (self.ignores.len(), "suppression", ""),
        ];
        let counts = counts.into_iter().filter(|(number, ..)| *number > 0);
        let mut parts: Vec<String> =
            counts.map(|(number, what, how)| format!("{}{how}", phrase::count(number, what))).collect();
        if self.profile < Profile::default() {
            parts.insert(0, format!("profile `{}`", self.profile.name()));
        }
        let name = self.name()?;
        (!parts.is_empty()).then(|| format!("by `{name}`: {}", parts.join(", ")))
    }

    /// The draft with the severity that the configuration gives to its rule; `None` where the rule is off. A finding
    /// to which the rule itself gives a lower severity keeps it.
    pub(crate) fn rate(&self, mut draft: Draft) -> Option<Draft> {
        if self.is_off(draft.rule) {
            return None;
        }
        if let Some(Level::At(severity)) = self.levels.get(draft.rule) {
            draft.severity = Some(draft.severity.map_or(*severity, |own| own.min(*severity)));
        }
        Some(draft)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn off(config: &str, choice: Choice) -> Vec<&'static str> {
        let mut config = Config::parse("netlint.yaml", config, crate::config::Base::default()).unwrap();
        config.choose(choice);
        catalogue::rules().iter().map(|rule| rule.name).filter(|name| config.is_off(name)).collect()
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn the_command_line_wins_over_the_file_and_the_file_over_the_profile() {
        let rule = "one-sided-allow";
        let security = || Choice { profile: Some(Profile::SecurityOnly), ..Choice::default() };
        assert!(!off("", Choice::default()).contains(&rule));
        assert!(off("profile: security-only", Choice::default()).contains(&rule));
        assert!(off("profile: strict", security()).contains(&rule));
        assert!(!off("rules: {one-sided-allow: note}", security()).contains(&rule));
        let select = Choice { select: names(&[rule]), ..security() };
        assert!(!off("rules: {one-sided-allow: off}", select).contains(&rule));
        let both = Choice { select: names(&[rule]), ignore: names(&[rule]), profile: None };
        assert!(off("", both).contains(&rule));
    }

    #[test]
    fn only_the_strict_profile_has_every_rule() {
        assert_eq!(off("profile: strict", Choice::default()), [""; 0]);
        let strict = catalogue::rules().iter().filter(|rule| rule.profile == Profile::Strict).map(|rule| rule.name);
        assert_eq!(off("", Choice::default()), strict.collect::<Vec<_>>());
    }

    #[test]
    fn what_cannot_be_read_is_told_whatever_is_selected() {
        let select = || Choice { select: names(&["one-sided-allow"]), ..Choice::default() };
        let others = off("", select());
        assert_eq!(others.len(), catalogue::rules().len() - 2);
        assert!(!others.contains(&"invalid-yaml"));
        assert!(off("", Choice { ignore: names(&["invalid-yaml"]), ..select() }).contains(&"invalid-yaml"));
    }
}
