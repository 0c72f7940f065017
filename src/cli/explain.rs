//! `netlint explain RULE`: a rule's page, readable in a terminal.

use std::io::{self, Write};

use anstyle::Style;

use super::markdown::{self, Look};
use super::terminal::{Terminal, severity_style};
use super::{Exit, pager};
use crate::catalogue::{self, RuleInfo};
use crate::text::style::paint;
use crate::text::suggest::nearest;

/// The sections of a page that fit on one screen: the others are shown with `--examples`.
const FIRST_SCREEN: [&str; 3] = ["What it finds", "Why it matters", "How to fix"];

/// The arguments of `explain`.
#[derive(Debug, clap::Args)]
pub(super) struct ExplainArgs {
    /// The rule's name, as findings show it
    #[arg(value_name = "RULE")]
    rule: String,
    /// Show the examples, when the rule stays silent, and the references as well
    #[arg(long)]
    examples: bool,
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
    let mut page = Vec::new();
    if write_page(rule, args.examples, look, &mut page).is_err() {
        return Exit::Usage;
    }
    terminal.finish(pager::show(&page, terminal))
}

fn write_page(rule: &RuleInfo, examples: bool, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let severity = paint(severity_style(rule.severity), rule.severity.name(), look.color);
    writeln!(out, "{} ({severity}, {})", paint(Style::new().bold(), rule.name, look.color), rule.category)?;
    out.write_all(markdown::render(rule.summary, look).as_bytes())?;
    for (heading, text) in rule.sections() {
        if examples || FIRST_SCREEN.contains(&heading) {
            writeln!(out)?;
            out.write_all(markdown::render(&format!("## {heading}\n\n{}", text.trim()), look).as_bytes())?;
        }
    }
    writeln!(out)?;
    let yields_to: Vec<&str> = rule.precedents().collect();
    if !yields_to.is_empty() {
        let names = yields_to.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let yields = format!("It yields to {names}, where they report the same cause.");
        out.write_all(markdown::render(&yields, look).as_bytes())?;
    }
    if !examples {
        let more = format!("`netlint explain {} --examples` shows the examples.", rule.name);
        out.write_all(markdown::render(&more, look).as_bytes())?;
    }
    writeln!(out, "{}", paint(Style::new().dimmed(), &rule.url(), look.color))
}
