//! Markdown for a comment on a pull request: a sentence, a table of what opens and closes with links to the lines, and
//! the details folded.

use std::io::{self, Write};

use super::Options;
use crate::diagnostic::{Finding, Label};
use crate::diff::{ChangeKind, ClusterDifference, Located, Review, Side};
use crate::report::diff::exposed::exposed;
use crate::report::diff::groups::{Group, groups};
use crate::report::diff::words;
use crate::report::findings::markdown::{code, prose};
use crate::text::phrase::{count, enumerate};

/// The most characters that GitHub takes for a comment. Bytes are counted, which are never fewer.
const LONGEST: usize = 65_536;
/// Kept for what is said where the report is cut.
const LAST_WORDS: usize = 300;
/// Lines of connections of one group beyond these are counted.
const LINES: usize = 5;
/// Places named for a group; the details name all.
const PLACES: usize = 3;

pub(super) fn write(review: &Review<'_>, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page { text: String::new(), options, review, is_cut: false };
    page.write();
    out.write_all(page.text.as_bytes())
}

/// What is written so far, as long as there is room.
struct Page<'p> {
    text: String,
    options: &'p Options,
    review: &'p Review<'p>,
    is_cut: bool,
}

impl Page<'_> {
    fn write(&mut self) {
        let review = self.review;
        self.add(&format!("### netlint: {}\n\n", words::summary(review)), 0);
        for gate in &review.failed {
            self.add(&format!("> **Failed:** {}\n\n", code(gate.name())), 0);
        }
        for cluster in &review.clusters {
            self.cluster(cluster);
        }
        self.findings("new finding", &review.new, Side::Head);
        self.silenced();
        self.findings("resolved finding", &review.gone, Side::Base);
        self.fold("note", review.notes.iter().map(|note| format!("- {}\n", prose(note))).collect(), "");
        if self.is_cut {
            self.text.push_str(
                "\n**Cut here:** a comment has room for no more. `netlint diff` shows all of it; so does \
                 `--format json`.\n",
            );
        }
    }

    /// Adds a piece if there is room for it and what closes what is open.
    fn add(&mut self, piece: &str, to_close: usize) -> bool {
        let has_room = self.text.len() + piece.len() + to_close + LAST_WORDS <= LONGEST;
        if has_room && !self.is_cut {
            self.text.push_str(piece);
        }
        self.is_cut |= !has_room;
        !self.is_cut
    }

    fn cluster(&mut self, cluster: &ClusterDifference) {
        let groups = groups(cluster, &self.review.sources);
        if cluster.difference.is_empty() {
            return;
        }
        if let Some(name) = &cluster.name {
            self.add(&format!("#### {}\n\n", code(name)), 0);
        }
        if !groups.is_empty() {
            self.add("| Connection | Ports | Because |\n|---|---|---|\n", 0);
            for group in &groups {
                self.rows(group);
            }
            self.add("\n", 0);
        }
        for cause in cluster.unseen() {
            self.add(&format!("- {}\n", self.cause(cause)), 0);
        }
        if !cluster.difference.unseen.is_empty() {
            self.add("\n", 0);
        }
        let difference = &cluster.difference;
        let isolation = difference.isolation.iter().map(|change| {
            let causes = cluster.causes_of_isolation(change).take(PLACES);
            let causes: Vec<String> = causes.map(|cause| self.cause(cause)).collect();
            format!("- {}: {}\n", prose(&words::isolation(change)), causes.join("<br>"))
        });
        let isolation: Vec<String> = isolation.collect();
        self.fold("changed isolation", isolation, "");
        let exposure = exposed(cluster).into_iter().map(|line| {
            let sentence = line.sentence(&code(&enumerate(line.workloads.iter().cloned())), &prose(&line.other));
            let causes = line.causes.iter().filter_map(|id| cluster.causes.get(id.0)).take(PLACES);
            let causes: Vec<String> = causes.map(|cause| self.cause(cause)).collect();
            format!("- {sentence}: {}\n", causes.join("<br>"))
        });
        let exposure = exposure.collect();
        self.fold("change of exposure", exposure, "");
        let objects = [
            ("added", difference.workloads.head.iter().map(words::workload_with_kind).collect::<Vec<_>>()),
            ("removed", difference.workloads.base.iter().map(words::workload_with_kind).collect()),
            ("added", difference.policies.head.iter().map(words::object).collect()),
            ("removed", difference.policies.base.iter().map(words::object).collect()),
        ];
        let objects = objects.iter().flat_map(|(word, names)| names.iter().map(move |name| (word, name)));
        let objects = objects.map(|(word, name)| format!("- {word}: {}\n", code(name))).collect();
        self.fold("added or removed object", objects, "");
        let all = groups.iter().flat_map(|group| self.details(group, cluster)).collect();
        self.fold_as("Every connection with its causes", all, "| Connection | Ports | Causes |\n|---|---|---|\n");
    }

    /// A group in the table: its first lines, and the first causes beside them.
    fn rows(&mut self, group: &Group<'_>) {
        let lines = group.lines();
        let mut connections: Vec<String> = Vec::new();
        let mut ports: Vec<&str> = Vec::new();
        for line in lines.iter().take(LINES) {
            connections.push(format!("{} → {}", code(&line.from), code(&line.to)));
            if ports.last() != Some(&line.ports.as_str()) {
                ports.push(&line.ports);
            }
        }
        let hidden: usize = lines.iter().skip(LINES).map(|line| line.pairs).sum();
        if hidden > 0 {
            connections.push(format!("and {hidden} more"));
        }
        let causes = group.causes.iter().filter(|cause| cause.is_changed);
        let mut causes: Vec<&Located> = causes.copied().collect();
        if causes.is_empty() {
            causes.clone_from(&group.causes);
        }
        let because: Vec<String> = causes.iter().take(PLACES).map(|cause| self.cause(cause)).collect();
        let (mark, connections) = (mark(group.kind), connections.join("<br>"));
        let row = format!("| {mark} {connections} | {} | {} |\n", ports.join("<br>"), because.join("<br>"));
        self.add(&row, 0);
    }

    fn details(&self, group: &Group<'_>, cluster: &ClusterDifference) -> Vec<String> {
        let row = |change: &&crate::diff::Change| {
            let causes: Vec<String> = cluster.causes_of(change).map(|cause| self.cause(cause)).collect();
            let (from, to) = (code(&words::end(&change.from)), code(&words::end(&change.to)));
            let mark = mark(group.kind);
            format!("| {mark} {from} → {to} | {} | {} |\n", words::ports(change), causes.join("<br>"))
        };
        group.changes.iter().map(row).collect()
    }

    fn findings(&mut self, what: &str, findings: &[&Finding], side: Side) {
        let row = |finding: &&Finding| {
            let place = self.place(side, &finding.primary);
            let help = finding.help.as_ref().filter(|_| side == Side::Head);
            let help = help.map(|help| format!("<br><b>Help:</b> {}", prose(help))).unwrap_or_default();
            let (rule, severity) = (code(finding.rule), finding.severity.name());
            format!("| {severity} {rule} | {place} | {}{help} |\n", prose(&finding.message))
        };
        let rows = findings.iter().map(row).collect();
        self.fold(what, rows, "| Finding | Where | What |\n|---|---|---|\n");
    }

    /// What is silenced is never folded away.
    fn silenced(&mut self) {
        let review = self.review;
        if review.silenced.is_empty() {
            return;
        }
        self.add("**What this change keeps from being reported:**\n\n", 0);
        for silenced in &review.silenced {
            let place = silenced.label.as_ref().map(|label| format!(" ({})", self.place(Side::Head, label)));
            self.add(&format!("- {}{}\n", prose(&silenced.message), place.unwrap_or_default()), 0);
        }
        self.add("\n", 0);
    }

    /// Folds rows under their number.
    fn fold(&mut self, what: &str, rows: Vec<String>, head: &str) {
        let title = count(rows.len(), what);
        self.fold_as(&title, rows, head);
    }

    /// Folds rows under a title.
    fn fold_as(&mut self, title: &str, rows: Vec<String>, head: &str) {
        const END: &str = "\n</details>\n\n";
        if rows.is_empty() {
            return;
        }
        let start = format!("<details><summary>{title}</summary>\n\n{head}");
        if !self.add(&start, END.len()) {
            return;
        }
        for row in rows {
            if !self.add(&row, END.len()) {
                break;
            }
        }
        self.text.push_str(END);
    }

    /// A link to the place, and what is said there.
    fn cause(&self, cause: &Located) -> String {
        let before = if cause.side == Side::Base { "before: " } else { "" };
        format!("{before}{} {}", self.place(cause.side, &cause.label), prose(&cause.label.message))
    }

    fn place(&self, side: Side, label: &Label) -> String {
        let sources = self.review.sources.of(side);
        let [first, last] = [label.span.start, label.span.end].map(|at| sources.position(label.file, at).line);
        let path = sources.name(label.file);
        let text = code(&format!("{path}:{first}"));
        match self.options.links.url(side, path, first, last) {
            Some(url) => format!("[{text}]({url})"),
            None => text,
        }
    }
}

fn mark(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Opened => "**opened**<br>",
        ChangeKind::Closed => "closed<br>",
        ChangeKind::Changed => "changed<br>",
    }
}
