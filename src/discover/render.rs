//! Texts that other programs make of kustomizations and charts.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use super::InputError;

/// What is to be rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Renderable {
    Kustomization,
    Chart,
}

impl Renderable {
    /// The programs that render it, each with what precedes the directory; the first on PATH is taken.
    fn programs(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::Kustomization => &[&["kustomize", "build"], &["kubectl", "kustomize"]],
            Self::Chart => &[&["helm", "template"]],
        }
    }
}

/// A rendered text, and the command that printed it.
#[derive(Debug)]
pub(crate) struct RenderedText {
    pub(crate) command: String,
    pub(crate) bytes: Vec<u8>,
}

/// Renders a directory, which reports call `name`.
pub(super) fn render(what: Renderable, directory: &Path, name: &str) -> Result<RenderedText, InputError> {
    for program in what.programs() {
        let Some((first, arguments)) = program.split_first() else { continue };
        let command = format!("{} {name}", program.join(" "));
        let output = Command::new(first).args(arguments).arg(directory).stdin(Stdio::null()).output();
        match output {
            Ok(output) if output.status.success() => return Ok(RenderedText { command, bytes: output.stdout }),
            Ok(output) => {
                let message = reason(&String::from_utf8_lossy(&output.stderr));
                return Err(InputError::Unrendered { name: name.to_owned(), command, message });
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                return Err(InputError::Unrendered { name: name.to_owned(), command, message: error.to_string() });
            }
        }
    }
    let programs = what.programs().iter().filter_map(|program| program.first()).map(|name| format!("`{name}`"));
    let programs = programs.collect::<Vec<_>>().join(" nor ");
    Err(InputError::NoRenderer { name: name.to_owned(), programs, is_chart: what == Renderable::Chart })
}

/// What a program says of its failure, on one line of bearable length.
fn reason(errors: &str) -> String {
    const LONGEST: usize = 300;
    let lines = errors.lines().map(|line| {
        // kubectl logs its error: `E0131 10:00:00.000000 1 run.go:72] "command failed" err="…"`.
        let line = line.split_once("\"command failed\" err=").map_or(line, |(_, error)| error);
        line.trim_matches([' ', '\t', '"', '<', '>'])
    });
    let text = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    let text = ["Error: ", "error: "].iter().fold(text.as_str(), |text, word| text.strip_prefix(word).unwrap_or(text));
    match text.char_indices().nth(LONGEST) {
        _ if text.is_empty() => "it does not say why".to_owned(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
