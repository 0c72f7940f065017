//! What `netlint generate` tells about policies, wherever they go.

use super::Exit;
use super::terminal::Terminal;
use crate::generate::{Generated, NotProved};
use crate::text::phrase::count;

/// Says that policies are not what they are meant to be.
pub(super) fn not_proved(NotProved { failures }: &NotProved, terminal: &Terminal) -> Exit {
    let message = format!("the generated policies fail their proof: {}", failures.join("; "));
    terminal.error(&message, Some("this is a bug in netlint, and nothing was written: please report it"));
    Exit::Usage
}

/// What somebody has to look at, and what the reader must know.
pub(super) fn tell(generated: &Generated, assumptions: &[String], terminal: &Terminal) {
    for note in assumptions.iter().chain(&generated.notes) {
        terminal.note(note);
    }
    for line in &generated.review {
        terminal.note(&format!("review: {line}"));
    }
    if generated.marked > 0 {
        let places = count(generated.marked, "place");
        terminal.note(&format!("{places} in the policies to look at, marked `# REVIEW:`"));
    }
    if !generated.replaced.is_empty() {
        let policies = count(generated.replaced.len(), "NetworkPolicy");
        terminal.note(&format!("delete {policies} that these replace: {}", generated.replaced.join(", ")));
    }
}

pub(super) fn summary(generated: &Generated, paths: &[String]) -> String {
    let policies = count(generated.policies, "policy");
    let connections = count(generated.connections, "connection");
    match paths {
        [] => "nothing is missing, and nothing was written".to_owned(),
        [one] => format!("wrote {policies} for {connections} to `{one}`"),
        files => format!("wrote {policies} for {connections} to {}", count(files.len(), "file")),
    }
}
