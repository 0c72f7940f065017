//! Templates that are not rendered, and so say nothing: the rule `unrendered-template`.

use std::collections::BTreeMap;
use std::path::Path;

use crate::diagnostic::{Draft, Subject};
use crate::discover::Texts;
use crate::source::{FileId, Location, Origin, Sources};
use crate::text::phrase::{self, count};
use crate::yaml::{FieldPath, Span};

/// The rule's name.
const RULE: &str = "unrendered-template";

/// How many other templates of a directory are shown.
const SHOWN: usize = 3;

/// Helm charts whose templates were passed over, each with their number. A chart that may not be pointed at, because
/// its `Chart.yaml` is left out, is a note.
pub(crate) fn of_charts(charts: BTreeMap<String, usize>, texts: &mut Texts) -> (Vec<Draft>, Vec<String>) {
    let (mut drafts, mut notes) = (Vec::new(), Vec::new());
    for (chart, number) in charts {
        let verb = if number == 1 { "is" } else { "are" };
        let message =
            format!("{} of the chart `{chart}` {verb} not rendered, and not checked", count(number, "template"));
        let help = format!("run `helm template {chart} | netlint -`");
        match texts.file(&texts.absolute(&Path::new(&chart).join("Chart.yaml"))) {
            Some(file) => {
                let name = Origin { file, document: 0, path: FieldPath::root().key("name") };
                let mut draft = Draft::new(RULE, name.value(), message);
                draft.about(Subject { kind: "Chart".to_owned(), namespace: None, name: chart }).help(help);
                drafts.push(draft);
            }
            None => notes.push(format!("{message}: {help}")),
        }
    }
    (drafts, notes)
}

/// Files that do not parse because they are templates, each with its first braces: one finding for each directory.
pub(crate) fn of_files(files: &[(FileId, Span)], sources: &Sources) -> Vec<Draft> {
    let mut directories: BTreeMap<&str, Vec<(FileId, Span)>> = BTreeMap::new();
    for &(file, braces) in files {
        let directory = sources.name(file).rsplit_once('/').map_or("", |(directory, _)| directory);
        directories.entry(directory).or_default().push((file, braces));
    }
    let drafts = directories.into_values().filter_map(|together| {
        let (&(first, braces), others) = together.split_first()?;
        let names = phrase::list(together.iter().map(|(file, _)| sources.name(*file)));
        let (verb, them) =
            if others.is_empty() { ("is an unrendered template", "it") } else { ("are unrendered templates", "them") };
        let mut draft = Draft::new(RULE, Location::Bytes(first, braces), format!("{names} {verb}, and not checked"));
        for &(file, braces) in others.iter().take(SHOWN) {
            draft.because(Location::Bytes(file, braces), "a template too");
        }
        draft.help(format!("render {them} and pipe the result to `netlint -`"));
        Some(draft)
    });
    drafts.collect()
}

/// A finding of the rule, for commands that report no findings.
pub(crate) fn note(draft: &Draft) -> Option<String> {
    (draft.rule == RULE).then(|| format!("{}: {}", draft.message, draft.help.as_deref().unwrap_or_default()))
}
