//! The same object twice in one cluster: the one that is applied last overwrites the other, policies included.

use std::collections::BTreeMap;

use crate::cluster::Replaced;
use crate::diagnostic::Severity;
use crate::rules::Context;
use crate::source::{FileId, Origin};
use crate::text::phrase;

/// How many of the objects that another file defines as well are shown.
const SHOWN: usize = 3;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let mut between_files: BTreeMap<(FileId, FileId), Vec<&Replaced>> = BTreeMap::new();
    for replaced in &context.cluster().replaced {
        let files = (replaced.first.file, replaced.second.file);
        match files.0 == files.1 {
            true => report(context, &[replaced]),
            // What one file has in common with another has one cause.
            false => between_files.entry(files).or_default().push(replaced),
        }
    }
    for together in between_files.values() {
        report(context, together);
    }
}

fn report(context: &mut Context<'_>, together: &[&Replaced]) {
    let Some(first) = together.first() else { return };
    let name = |origin: &Origin| origin.keys(["metadata", "name"]).value();
    let message = match together {
        [one] => {
            let subject = &one.subject;
            format!("{} `{}` is defined twice, and this one replaces the other", subject.kind, subject.name)
        }
        several => {
            let named = |one: &&Replaced| format!("{} `{}`", one.subject.kind, one.subject.name);
            let names = phrase::enumerate(several.iter().map(named));
            format!("{names} are defined in another file too, and these replace them")
        }
    };
    let sources = context.analysis().sources();
    let directory = |origin: &Origin| sources.name(origin.file).rsplit_once('/').map(|(directory, _)| directory);
    let apart = directory(&first.first) != directory(&first.second);
    let draft = context.report(name(&first.second), first.subject.clone(), message);
    if apart {
        // As a rule one is made from the other, or stands for it in another place.
        draft.severity(Severity::Note);
    }
    for one in together.iter().take(SHOWN) {
        draft.because(name(&one.first), "overwritten");
    }
    draft.help("delete or rename one; if they are for different clusters, name these under `clusters` in netlint.yaml");
}
