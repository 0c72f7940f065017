//! Text that the log of a job takes as text.
//!
//! The runner of GitHub Actions reads commands out of what programs print on either stream: `::command::` where a line
//! begins with it, blanks left out, and the older `##[command]` anywhere in a line (`ActionCommand` in the runner's
//! source). Azure Pipelines has `##vso[command]` (`Command` in its agent's source). Whoever opens a pull request writes
//! the names and values that reports show.

use std::borrow::Cow;
use std::io::{self, Write};

/// What begins a command anywhere in a line, each behind two `#`.
const BEHIND_SIGNS: [&str; 2] = ["[", "vso["];

/// What begins a command, at the beginning of a line.
pub(crate) const COMMAND: &str = "::";

/// A line for people, with a backslash in what would be a command.
pub(crate) fn line(line: &str) -> Cow<'_, str> {
    let is_command = line.trim_start().starts_with(COMMAND);
    let line = without_signs(line, r"##\");
    if is_command { Cow::Owned(line.replacen(COMMAND, r"\::", 1)) } else { line }
}

/// A text in which the two `#` of a command are said otherwise.
pub(crate) fn without_signs<'t>(text: &'t str, signs: &str) -> Cow<'t, str> {
    let mut text = Cow::Borrowed(text);
    if text.contains("##") {
        for behind in BEHIND_SIGNS {
            let command = format!("##{behind}");
            if text.contains(&command) {
                text = Cow::Owned(text.replace(&command, &format!("{signs}{behind}")));
            }
        }
    }
    text
}

/// Passes text for people on, line by line, without commands in it.
pub(crate) struct JobLog<W: Write> {
    out: W,
    unfinished: Vec<u8>,
}

impl<W: Write> JobLog<W> {
    pub(crate) fn new(out: W) -> Self {
        Self { out, unfinished: Vec::new() }
    }

    /// Passes on a last line that does not end. Without this it is lost.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.pass_on()
    }

    fn pass_on(&mut self) -> io::Result<()> {
        let bytes = std::mem::take(&mut self.unfinished);
        match std::str::from_utf8(&bytes) {
            Ok(text) => self.out.write_all(line(text).as_bytes())?,
            Err(_) => self.out.write_all(line(&String::from_utf8_lossy(&bytes)).as_bytes())?,
        }
        self.unfinished = bytes;
        self.unfinished.clear();
        Ok(())
    }
}

impl<W: Write> Write for JobLog<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.unfinished.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                self.pass_on()?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Writes text for people, without commands in it.
pub(crate) fn write(out: &mut dyn Write, render: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut log = JobLog::new(out);
    render(&mut log)?;
    log.finish()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::io::Write as _;

    use super::{JobLog, line};

    #[test]
    fn commands_are_text() {
        assert_eq!(line("::error::pwned"), r"\::error::pwned");
        assert_eq!(line(" \t\u{a0}::error::pwned"), " \t\u{a0}\\::error::pwned");
        assert_eq!(line("name ###[error]pwned"), r"name ###\[error]pwned");
        assert_eq!(line("##vso[task.setvariable]x"), r"##\vso[task.setvariable]x");
        assert_eq!(line("a :: b # [x] ## y"), "a :: b # [x] ## y");
    }

    #[test]
    fn pieces_of_lines_are_read_together() {
        let mut out = Vec::new();
        let mut log = JobLog::new(&mut out);
        for piece in ["a\n ", ":", ":b::c #", "#", "[x]\n", ":", ":d"] {
            log.write_all(piece.as_bytes()).unwrap();
        }
        log.finish().unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "a\n \\::b::c ##\\[x]\n\\::d");
    }
}
