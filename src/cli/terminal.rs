//! What the terminal can show, and messages for people on standard error.

use std::env;
use std::io::{self, IsTerminal, Write};

use anstyle::{AnsiColor, Style};

use super::GlobalArgs;
use crate::diagnostic::{Finding, Severity};
use crate::findings::Report;
use crate::report;
use crate::report::findings::Format;
use crate::source::Sources;
use crate::text::{escape, job_log};

/// When to write colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum ColorChoice {
    /// On a terminal, as the environment wishes
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// How to talk to the person who runs netlint.
#[derive(Debug)]
pub(super) struct Terminal {
    /// Whether standard output takes colours.
    pub(super) color: bool,
    /// Whether it makes links of OSC 8 clickable; never without colours.
    pub(super) links: bool,
    /// Whether it takes line drawing characters beyond ASCII.
    pub(super) unicode: bool,
    /// Its columns.
    pub(super) width: usize,
    /// Whether standard output is a terminal.
    pub(super) is_terminal: bool,
    /// Whether text is wrapped to the columns: on a terminal, and where COLUMNS asks for it.
    pub(super) wrap: bool,
    /// Whether somebody would see a line of progress on standard error.
    pub(super) progress: bool,
    /// `--quiet`
    pub(super) quiet: bool,
    verbose: bool,
    /// Whether standard error takes colours.
    color_errors: bool,
}

/// The style that reports give to a severity.
pub(super) fn severity_style(severity: Severity) -> Style {
    let color = match severity {
        Severity::Error => AnsiColor::Red,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Note => AnsiColor::Cyan,
    };
    color.on_default()
}

impl Terminal {
    pub(super) fn new(args: &GlobalArgs) -> Self {
        let is_terminal = io::stdout().is_terminal();
        let variable = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
        let color = wants_color(args.color, is_terminal, variable);
        Self {
            color,
            links: color && supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout),
            unicode: supports_unicode::on(supports_unicode::Stream::Stdout),
            width: width(is_terminal, variable),
            is_terminal,
            wrap: is_terminal || variable("COLUMNS").is_some(),
            progress: io::stderr().is_terminal() && !is_dumb(variable) && !args.quiet && !args.verbose,
            quiet: args.quiet,
            verbose: args.verbose,
            color_errors: wants_color(args.color, io::stderr().is_terminal(), variable),
        }
    }

    /// Says what went wrong and what to do about it.
    pub(super) fn error(&self, message: &str, advice: Option<&str>) {
        say(&format!("error: {}", escape::line(message)));
        if let Some(advice) = advice {
            say(&format!("  help: {}", escape::line(advice)));
        }
    }

    /// Says what a report has no room for.
    pub(super) fn note(&self, note: &str) {
        say(&format!("note: {}", escape::line(note)));
    }

    /// Says what is wrong with a configuration or a kustomization, as a report would.
    pub(super) fn findings(&self, findings: &[Finding], sources: &Sources) {
        let options = report::findings::Options {
            color: self.color_errors,
            unicode: self.unicode,
            width: self.width,
            wrap: self.wrap,
            quiet: true,
            ..report::findings::Options::default()
        };
        let report = Report { findings: findings.to_vec(), ..Report::default() };
        // A closed stream leaves nobody to tell.
        let _ = report::findings::render(Format::Human, &report, sources, &options, &mut io::stderr().lock());
    }

    /// Says a line that is harmless already.
    pub(super) fn say(&self, line: &str) {
        say(line);
    }

    /// Says what only matters with `--verbose`.
    pub(super) fn detail(&self, message: impl FnOnce() -> String) {
        if self.verbose {
            say(&escape::line(&message()));
        }
    }
}

fn say(line: &str) {
    // A closed stream leaves nobody to tell.
    let _ = writeln!(io::stderr().lock(), "{}", job_log::line(line));
}

/// The flag wins; then NO_COLOR (no-color.org), FORCE_COLOR, CLICOLOR_FORCE and CLICOLOR (bixense.com/clicolors).
fn wants_color(choice: ColorChoice, is_terminal: bool, variable: impl Fn(&str) -> Option<String>) -> bool {
    let is_set = |name| variable(name).is_some_and(|value| value != "0" && value != "false");
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto if variable("NO_COLOR").is_some() => false,
        ColorChoice::Auto if is_set("FORCE_COLOR") || is_set("CLICOLOR_FORCE") => true,
        ColorChoice::Auto if variable("CLICOLOR").is_some_and(|value| value == "0") => false,
        ColorChoice::Auto => is_terminal && !is_dumb(variable),
    }
}

/// Whether the terminal says of itself that it can do nothing but print.
fn is_dumb(variable: impl Fn(&str) -> Option<String>) -> bool {
    variable("TERM").is_some_and(|value| value == "dumb")
}

/// COLUMNS, else the terminal's, else 80; within what is pleasant to read.
fn width(is_terminal: bool, variable: impl Fn(&str) -> Option<String>) -> usize {
    let asked = variable("COLUMNS").and_then(|columns| columns.parse().ok());
    let seen = || is_terminal.then(terminal_size::terminal_size).flatten().map(|(width, _)| usize::from(width.0));
    asked.or_else(seen).unwrap_or(80).clamp(40, 160)
}

#[cfg(test)]
mod tests {
    use super::{ColorChoice, wants_color, width};

    fn color(choice: ColorChoice, is_terminal: bool, variables: &[(&str, &str)]) -> bool {
        let variable =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        wants_color(choice, is_terminal, variable)
    }

    #[test]
    fn the_flag_wins_over_the_environment() {
        assert!(color(ColorChoice::Always, false, &[("NO_COLOR", "1")]));
        assert!(!color(ColorChoice::Never, true, &[("FORCE_COLOR", "1")]));
    }

    #[test]
    fn the_environment_wins_over_the_terminal() {
        assert!(color(ColorChoice::Auto, true, &[]));
        assert!(!color(ColorChoice::Auto, false, &[]));
        assert!(!color(ColorChoice::Auto, true, &[("NO_COLOR", "1"), ("FORCE_COLOR", "1")]));
        assert!(!color(ColorChoice::Auto, true, &[("CLICOLOR", "0")]));
        assert!(!color(ColorChoice::Auto, true, &[("TERM", "dumb")]));
        assert!(color(ColorChoice::Auto, false, &[("FORCE_COLOR", "1")]));
        assert!(color(ColorChoice::Auto, false, &[("CLICOLOR_FORCE", "1")]));
        assert!(!color(ColorChoice::Auto, false, &[("CLICOLOR_FORCE", "0")]));
    }

    #[test]
    fn the_width_stays_readable() {
        let columns = |value: &'static str| width(false, move |_| Some(value.to_owned()));
        assert_eq!([columns("100"), columns("1"), columns("9999"), columns("many")], [100, 40, 160, 80]);
    }
}
