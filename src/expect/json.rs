//! For programs: one JSON object whose shape is frozen by its `schemaVersion`.
//!
//! `expected` is `allowed`, `denied` or `only`; `from` lists the sources, for `only` those that may connect. `outcome`
//! is `passed`, `failed`, `uncertain` where a failure hangs on what the input does not show, or `unclear` where the
//! expectation names nothing. `pairs` contradict the expectation; they have the shape of those of `query`.

use std::io::{self, Write};

use serde::Serialize;

use super::{Checked, Outcome};
use crate::config::Claim;
use crate::locate;
use crate::model::Model;
use crate::query;
use crate::report::json::{JsonLabel, write_value};

pub(super) fn write(model: &Model, results: &[Checked<'_>], out: &mut dyn Write) -> io::Result<()> {
    let passed = results.iter().filter(|result| result.is_met()).count();
    let summary = JsonSummary {
        files: model.sources().len(),
        documents: model.documents(),
        workloads: model.cluster().workloads.len(),
        policies: model.cluster().policies.len(),
        passed,
        failed: results.len() - passed,
    };
    write!(out, "{{\"schemaVersion\":1,\"netlint\":\"{}\",\"summary\":", env!("CARGO_PKG_VERSION"))?;
    write_value(&summary, out)?;
    write!(out, ",\n\"expectations\":[")?;
    let mut separator = "\n";
    for result in results {
        write!(out, "{separator}{{\"expectation\":")?;
        separator = ",\n";
        write_result(model, result, out)?;
        write!(out, ",\"pairs\":[")?;
        if let Outcome::Failed { contrary, .. } = &result.outcome {
            query::json::write_pairs(contrary, out)?;
        }
        write!(out, "]}}")?;
    }
    write!(out, "],\n\"notes\":")?;
    write_value(&model.notes(), out)?;
    writeln!(out, "}}")
}

fn write_result(model: &Model, result: &Checked<'_>, out: &mut dyn Write) -> io::Result<()> {
    let (expected, from) = match &result.expectation.claim {
        Claim::Allowed { from, allow: true } => ("allowed", std::slice::from_ref(from)),
        Claim::Allowed { from, allow: false } => ("denied", std::slice::from_ref(from)),
        Claim::Only(sources) => ("only", sources.as_slice()),
    };
    write_value(&JsonExpectation { expected, from, to: &result.expectation.to }, out)?;
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
    let labels = locate::labels(vec![(result.place().into(), String::new())], model.sources());
    write_value(&labels.first().map(|label| JsonLabel::new(label, model.sources())), out)
}

#[derive(Serialize)]
struct JsonSummary {
    files: usize,
    documents: usize,
    workloads: usize,
    policies: usize,
    passed: usize,
    failed: usize,
}

#[derive(Serialize)]
struct JsonExpectation<'a> {
    expected: &'static str,
    from: &'a [String],
    to: &'a str,
}
