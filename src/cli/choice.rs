//! Which rules are to report: `--profile`, `--select` and `--ignore`.

use clap::builder::{PossibleValue, TypedValueParser};
use clap::error::ErrorKind;

use crate::catalogue::{self, Profile};
use crate::config::Choice;

/// The arguments that choose rules.
#[derive(Debug, clap::Args)]
pub(super) struct ChoiceArgs {
    /// Which rules run: default, strict (every rule) or security-only
    ///
    /// It overrides the `profile` of the configuration. A rule that the configuration names under `rules` runs in
    /// every profile.
    #[arg(
        long,
        value_name = "PROFILE",
        value_enum,
        hide_possible_values = true,
        env = "NETLINT_PROFILE",
        hide_env = true
    )]
    profile: Option<Profile>,
    /// Report these rules alone, and documents that cannot be read; repeatable
    ///
    /// Several names may be separated by commas. A selected rule runs whatever profile and configuration say.
    #[arg(long, value_name = "RULE", value_parser = RuleName, value_delimiter = ',', hide_possible_values = true)]
    select: Vec<String>,
    /// Leave these rules out; repeatable
    #[arg(long, value_name = "RULE", value_parser = RuleName, value_delimiter = ',', hide_possible_values = true)]
    ignore: Vec<String>,
}

impl ChoiceArgs {
    /// Whether only some rules are asked for.
    pub(super) fn selects(&self) -> bool {
        !self.select.is_empty()
    }

    pub(super) fn choice(&self) -> Choice {
        Choice { profile: self.profile, select: self.select.clone(), ignore: self.ignore.clone() }
    }
}

/// Takes the name of a rule. Shells complete it.
#[derive(Clone, Copy)]
struct RuleName;

impl TypedValueParser for RuleName {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<String, clap::Error> {
        let name = value.to_string_lossy();
        if catalogue::find(&name).is_some() {
            return Ok(name.into_owned());
        }
        let place = arg.map(|arg| format!(" for `{arg}`")).unwrap_or_default();
        let message = format!("no rule is named `{name}`{place}\n\n  help: {}\n", catalogue::advice(&name));
        Err(clap::Error::raw(ErrorKind::InvalidValue, message).with_cmd(command))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(catalogue::rules().iter().map(|rule| PossibleValue::new(rule.name).help(rule.summary))))
    }
}
