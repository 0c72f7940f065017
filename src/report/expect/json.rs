//! For programs: one JSON object whose shape is frozen by its `schemaVersion`.
//!
//! `expected` is `allowed`, `denied` or `only`; `from` lists the sources, for `only` those that may connect. `outcome`
//! is `passed`, `failed`, `uncertain` where a failure depends on what the input does not show, or `unclear` where the
//! expectation names nothing. `cluster` is null where there is one cluster only. `pairs` contradict the
//! expectation, at most 100 of `pairCount`; they have the shape of those of `query`.

use std::io::{self, Write};

use serde::Serialize;

use super::Totals;
use crate::analysis::{self, Analysis};
use crate::config::Claim;
use crate::diagnostic;
use crate::expect::{Checked, Outcome};
use crate::report::findings::json::JsonLabel;
use crate::text::json::write_value;

pub(super) fn write(models: &[Analysis], results: &[Checked<'_>], out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{{\"schemaVersion\":1,\"netlint\":\"{}\",\"summary\":", env!("CARGO_PKG_VERSION"))?;
    write_value(&Totals::new(models, results), out)?;
    write!(out, ",\n\"expectations\":[")?;
    let mut separator = "\n";
    for result in results {
        write!(out, "{separator}{{\"expectation\":")?;
        separator = ",\n";
        write_result(result, out)?;
        let count = if let Outcome::Failed { count, .. } = &result.outcome { *count } else { 0 };
        write!(out, ",\"pairCount\":{count},\"pairs\":[")?;
        if let Outcome::Failed { contrary, .. } = &result.outcome {
            crate::report::query::json::write_pairs(contrary, out)?;
        }
        write!(out, "]}}")?;
    }
    write!(out, "],\n\"notes\":")?;
    write_value(&analysis::notes(models), out)?;
    writeln!(out, "}}")
}

fn write_result(result: &Checked<'_>, out: &mut dyn Write) -> io::Result<()> {
    let (expected, from) = match &result.expectation.claim {
        Claim::Allowed { from, allow: true } => ("allowed", std::slice::from_ref(from)),
        Claim::Allowed { from, allow: false } => ("denied", std::slice::from_ref(from)),
        Claim::Only(sources) => ("only", sources.as_slice()),
    };
    write_value(&JsonExpectation { expected, from, to: &result.expectation.to }, out)?;
    write!(out, ",\"cluster\":")?;
    write_value(&result.cluster(), out)?;
    let outcome = match &result.outcome {
        Outcome::Met(_) => "passed",
        Outcome::Failed { certain: true, .. } => "failed",
        Outcome::Failed { certain: false, .. } => "uncertain",
        Outcome::Unclear { .. } => "unclear",
    };
    write!(out, ",\"outcome\":\"{outcome}\",\"message\":")?;
    write_value(&result.failure(), out)?;
    write!(out, ",\"help\":")?;
    write_value(&result.help(), out)?;
    write!(out, ",\"notes\":")?;
    write_value(&result.notes(), out)?;
    write!(out, ",\"location\":")?;
    let labels = diagnostic::labels(vec![(result.place().into(), String::new())], result.analysis.sources());
    write_value(&labels.first().map(|label| JsonLabel::new(label, result.analysis.sources())), out)
}

#[derive(Serialize)]
struct JsonExpectation<'a> {
    expected: &'static str,
    from: &'a [String],
    to: &'a str,
}
