//! Where reports go: `--format FORMAT[:FILE]`.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::str::FromStr;

use clap::ValueEnum;
use thiserror::Error;

use super::Exit;
use super::replace::replace;
use super::terminal::Terminal;
use crate::findings::Report;
use crate::report;
use crate::report::findings::{Format, Options};
use crate::source::Sources;

/// A format, of reports where nothing else is said, and the file that it goes to; standard output without one.
#[derive(Clone, Debug)]
pub(super) struct Output<F = Format> {
    pub(super) format: F,
    pub(super) file: Option<PathBuf>,
}

impl<F: ValueEnum> FromStr for Output<F> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, file) = text.split_once(':').map_or((text, None), |(name, file)| (name, Some(file)));
        if file.is_some_and(str::is_empty) {
            return Err(format!("no file after `{name}:`; write for example `{name}:report.txt`"));
        }
        let format = F::from_str(name, false).map_err(|_| unknown_format::<F>(name))?;
        Ok(Self { format, file: file.map(PathBuf::from) })
    }
}

fn unknown_format<F: ValueEnum>(name: &str) -> String {
    let values: Vec<_> = F::value_variants().iter().filter_map(ValueEnum::to_possible_value).collect();
    let names: Vec<_> = values.iter().map(clap::builder::PossibleValue::get_name).collect();
    match crate::text::suggest::nearest(name, names.iter().copied()) {
        Some(similar) => format!("unknown format; did you mean `{similar}`?"),
        None => format!("unknown format; known are {}", names.join(", ")),
    }
}

/// Why a report was not written.
#[derive(Debug, Error)]
pub(super) enum OutputError {
    /// Nobody reads standard output anymore.
    #[error("standard output is closed")]
    Closed,
    #[error("cannot write to standard output: {0}")]
    Stdout(io::Error),
    #[error("cannot write the report to `{}`: {source}", .file.display())]
    File { file: PathBuf, source: io::Error },
}

impl OutputError {
    pub(super) fn advice(&self) -> Option<&'static str> {
        match self {
            Self::File { source, .. } if source.kind() == io::ErrorKind::NotFound => Some("create its directory first"),
            Self::File { .. } => Some("name a file in a directory that you may write to: `--format json:report.json`"),
            Self::Closed | Self::Stdout(_) => None,
        }
    }
}

impl Terminal {
    /// Says why a report could not be written; a reader that went away needs no word.
    pub(super) fn finish(&self, written: Result<(), OutputError>) -> Exit {
        match written {
            Ok(()) | Err(OutputError::Closed) => Exit::Clean,
            Err(error) => {
                self.error(&error.to_string(), error.advice());
                Exit::Usage
            }
        }
    }
}

/// What `--format` calls a format.
pub(super) fn name_of<F: ValueEnum>(format: &F) -> String {
    format.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

/// Refuses two formats for standard output, and tells so.
pub(super) fn one_to_stdout<F: ValueEnum>(outputs: &[Output<F>], terminal: &Terminal) -> Result<(), Exit> {
    let mut to_stdout = outputs.iter().filter(|output| output.file.is_none());
    let (Some(_), Some(second)) = (to_stdout.next(), to_stdout.next()) else { return Ok(()) };
    let advice = format!("send all but one to a file: `--format {}:FILE`", name_of(&second.format));
    terminal.error("two formats cannot share standard output", Some(&advice));
    Err(Exit::Usage)
}

/// The formats in the order in which they are written: a closed standard output does not keep files from being written.
pub(super) fn files_first<F>(outputs: &[Output<F>]) -> impl Iterator<Item = &Output<F>> {
    let (files, stdout): (Vec<_>, Vec<_>) = outputs.iter().partition(|output| output.file.is_some());
    files.into_iter().chain(stdout)
}

/// Writes the report in one format.
pub(super) fn write(output: &Output, report: &Report, sources: &Sources, options: &Options) -> Result<(), OutputError> {
    let on_terminal = output.file.is_none();
    let options = Options { color: options.color && on_terminal, links: options.links && on_terminal, ..*options };
    output.write(|out| report::findings::render(output.format, report, sources, &options, out))
}

impl<F> Output<F> {
    /// Writes to the file, or to standard output without one.
    pub(super) fn write(&self, render: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), OutputError> {
        match &self.file {
            Some(file) => replace(file, render).map_err(|source| OutputError::File { file: file.clone(), source }),
            None => to_stdout(render),
        }
    }
}

/// Writes to standard output, where a reader that went away is distinguished from a failure.
pub(super) fn to_stdout(render: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), OutputError> {
    let mut out = BufWriter::new(io::stdout().lock());
    render(&mut out).and_then(|()| out.flush()).map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => OutputError::Closed,
        _ => OutputError::Stdout(error),
    })
}
