//! `netlint explain RULE`: a rule's page, readable in a terminal.

use std::io::{self, Write};

use super::markdown::{self, Look};
use super::terminal::{Style, Terminal};
use super::{Exit, output};
use crate::catalogue::{self, RuleInfo};
use crate::text::suggest::nearest;

/// The arguments of `explain`.
#[derive(Debug, clap::Args)]
pub(super) struct ExplainArgs {
    /// The rule's name, as findings show it
    #[arg(value_name = "RULE")]
    rule: String,
}

pub(super) fn run(args: &ExplainArgs, terminal: &Terminal) -> Exit {
    let Some(rule) = catalogue::find(&args.rule) else {
        let advice = match nearest(&args.rule, catalogue::rules().iter().map(|rule| rule.name)) {
            Some(similar) => format!("did you mean `netlint explain {similar}`?"),
            None => "`netlint rules` lists all rules".to_owned(),
        };
        terminal.error(&format!("no rule is named `{}`", args.rule), Some(&advice));
        return Exit::Usage;
    };
    let look = Look { color: terminal.color, unicode: terminal.unicode, width: terminal.width };
    terminal.finish(output::to_stdout(|out| write_page(rule, look, out)))
}

fn write_page(rule: &RuleInfo, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let severity = Style::of(rule.severity).paint(rule.severity.name(), look.color);
    writeln!(out, "{} ({severity}, {})", Style::Bold.paint(rule.name, look.color), rule.category)?;
    out.write_all(markdown::render(rule.summary, look).as_bytes())?;
    writeln!(out)?;
    out.write_all(markdown::render(rule.page, look).as_bytes())?;
    writeln!(out, "\n{}", Style::Dim.paint(&rule.url(), look.color))
}
