//! `netlint schema`: the JSON Schema of netlint.yaml.

use super::terminal::Terminal;
use super::{Exit, output};
use crate::config;

pub(super) fn run(terminal: &Terminal) -> Exit {
    terminal.finish(output::to_stdout(|out| {
        serde_json::to_writer_pretty(&mut *out, &config::schema())?;
        writeln!(out)
    }))
}
