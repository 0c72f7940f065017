//! JUnit XML: the configuration is the suite, each expectation a test case.

use std::io::{self, Write};

use crate::analysis::Analysis;
use crate::expect::{Checked, Outcome};
use crate::report::expect::text::summary_line;
use crate::report::findings::Options;
use crate::report::findings::junit::{attribute, escape};
use crate::report::query::text::write_pairs;
use crate::text::escape::block;

pub(super) fn write(models: &[Analysis], results: &[Checked<'_>], out: &mut dyn Write) -> io::Result<()> {
    let (tests, failures) = (results.len(), results.iter().filter(|result| !result.is_met()).count());
    let file = attribute(models.first().and_then(|analysis| analysis.config().name()).unwrap_or_default());
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(out, r#"<testsuites name="netlint" tests="{tests}" failures="{failures}" errors="0">"#)?;
    writeln!(out, r#"  <testsuite name="{file}" tests="{tests}" failures="{failures}" errors="0" skipped="0">"#)?;
    for result in results {
        let name = attribute(&result.title());
        let line = result.position().line;
        write!(out, r#"    <testcase classname="{file}" name="{name}" file="{file}" line="{line}""#)?;
        let Some(failure) = result.failure() else {
            writeln!(out, "/>")?;
            continue;
        };
        let explanation = explanation(result)?;
        let message = attribute(&failure);
        writeln!(
            out,
            ">\n      <failure type=\"error\" message=\"{message}\">{explanation}</failure>\n    </testcase>"
        )?;
    }
    let mut told = crate::analysis::notes(models);
    told.push(summary_line(models, results));
    let told: Vec<String> = told.iter().map(|line| escape(&crate::text::escape::line(line))).collect();
    writeln!(out, "    <system-out>{}</system-out>", told.join("\n"))?;
    writeln!(out, "  </testsuite>\n</testsuites>")
}

/// The lines that cause a failure, as `netlint query` draws them.
fn explanation(result: &Checked<'_>) -> io::Result<String> {
    let mut drawn = Vec::new();
    if let Outcome::Failed { contrary, .. } = &result.outcome {
        write_pairs(contrary, &Options { quiet: true, ..Options::default() }, &mut drawn)?;
    }
    let mut text = String::from_utf8_lossy(&drawn).trim_end().to_owned();
    if let Some(help) = result.help() {
        text.push_str(&format!("\n\nhelp: {help}"));
    }
    Ok(escape(&block(text.trim_start())))
}
