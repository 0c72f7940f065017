//! Long text on a terminal, a screen at a time.

use std::env;
use std::io::Write;
use std::process::{Command, Stdio};

use super::output::{self, OutputError};
use super::terminal::Terminal;

/// Shows a text: on a terminal that has fewer lines through the program of PAGER, else `less`. Where there is no such
/// program, and where nobody is looking, it is written as it is.
pub(super) fn show(text: &[u8], terminal: &Terminal) -> Result<(), OutputError> {
    let rows = terminal_size::terminal_size().map_or(usize::MAX, |(_, height)| usize::from(height.0));
    let lines = text.iter().filter(|&&byte| byte == b'\n').count();
    if terminal.is_terminal && lines >= rows && page(text).is_some() {
        return Ok(());
    }
    output::to_stdout(|out| out.write_all(text))
}

/// Runs the pager; `None` where it cannot be started.
fn page(text: &[u8]) -> Option<()> {
    let wanted = env::var("PAGER").ok().filter(|pager| !pager.trim().is_empty());
    let pager = wanted.unwrap_or_else(|| "less".to_owned());
    let mut words = pager.split_whitespace();
    let mut command = Command::new(words.next()?);
    // As git does it: leave at the end of a short text, keep colours, and leave the text on the screen.
    command.args(words).stdin(Stdio::piped()).env("LESS", env::var("LESS").unwrap_or_else(|_| "FRX".to_owned()));
    let mut child = command.spawn().ok()?;
    if let Some(mut stdin) = child.stdin.take() {
        // Whoever leaves before the end has seen enough.
        let _ = stdin.write_all(text);
    }
    child.wait().ok().map(|_| ())
}
