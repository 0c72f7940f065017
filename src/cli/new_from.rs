//! `check --new-from REV`: only what the revision does not have as well.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use super::Exit;
use super::reading::{Inputs, ReadingArgs};
use super::states::{leave_out_submodules, revision};
use super::terminal::Terminal;
use crate::analysis::{self, Divided, Options};
use crate::discover::InputError;
use crate::findings::Run;
use crate::text::phrase;

/// The findings of a revision, by fingerprint.
pub(super) struct Earlier {
    revision: String,
    fingerprints: BTreeSet<String>,
}

impl Earlier {
    /// Judges the same paths of the revision, under the same configuration. What is missing there is new.
    pub(super) fn read(
        revision_name: &str,
        typed: &[PathBuf],
        reading: &ReadingArgs,
        inputs: &mut Inputs,
        show_suppressed: bool,
        terminal: &Terminal,
    ) -> Result<Self, Exit> {
        let tree = revision(revision_name, terminal)?.files;
        leave_out_submodules(&mut inputs.files, terminal);
        let boundary = reading.boundary(&*tree, typed);
        let config = (*inputs.options.config).clone();
        let Inputs { files, options, .. } =
            reading.list_under(config, Arc::clone(&tree), typed, &boundary, terminal)?;
        let options = Options { show_suppressed, ..options };
        let mut divided = Divided::new(files, &options);
        divided.forgive(|error| matches!(error, InputError::Missing { .. }));
        let (models, errors): (Vec<analysis::Analysis>, _) = divided.analyse(&options);
        let models = if reading.names_cluster_of(&models) { reading.in_cluster(models, terminal)? } else { Vec::new() };
        let run = Run::new(models, errors, show_suppressed);
        for error in &run.errors {
            terminal.note(&format!("in `{revision_name}`: {error}"));
        }
        let findings = run.report.findings.iter();
        let fingerprints = findings.map(|finding| finding.fingerprint(run.sources())).collect();
        Ok(Self { revision: revision_name.to_owned(), fingerprints })
    }

    /// Leaves out of a run what the revision has as well.
    pub(super) fn leave_out(&self, run: &mut Run) {
        let Some(sources) = run.models.first().map(analysis::Analysis::sources) else { return };
        let report = &mut run.report;
        let before = report.findings.len();
        report.findings.retain(|finding| !self.fingerprints.contains(&finding.fingerprint(sources)));
        let known = before - report.findings.len();
        report.summary.count(&report.findings);
        if known > 0 {
            let number = phrase::count(known, "finding");
            report.notes.push(format!("{number} that `{}` has as well are not reported", self.revision));
        }
    }
}
