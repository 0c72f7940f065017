//! Where reports go: `--format FORMAT[:FILE]`.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::ValueEnum;
use thiserror::Error;

use crate::report::{self, Format, Options, Report};
use crate::source::Sources;

/// A format and the file that it goes to; standard output without one.
#[derive(Clone, Debug)]
pub(super) struct Output {
    pub(super) format: Format,
    pub(super) file: Option<PathBuf>,
}

impl FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, file) = text.split_once(':').map_or((text, None), |(name, file)| (name, Some(file)));
        if file.is_some_and(str::is_empty) {
            return Err(format!("no file after `{name}:`; write for example `{name}:report.txt`"));
        }
        let format = Format::from_str(name, false).map_err(|_| unknown_format(name))?;
        Ok(Self { format, file: file.map(PathBuf::from) })
    }
}

fn unknown_format(name: &str) -> String {
    let values: Vec<_> = Format::value_variants().iter().filter_map(ValueEnum::to_possible_value).collect();
    let names: Vec<_> = values.iter().map(clap::builder::PossibleValue::get_name).collect();
    match crate::suggest::nearest(name, names.iter().copied()) {
        Some(similar) => format!("unknown format; did you mean `{similar}`?"),
        None => format!("unknown format; known are {}", names.join(", ")),
    }
}

/// Why a report was not written.
#[derive(Debug, Error)]
pub(super) enum OutputError {
    /// Nobody reads standard output any more.
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

/// Writes the report in one format.
pub(super) fn write(output: &Output, report: &Report, sources: &Sources, options: &Options) -> Result<(), OutputError> {
    match &output.file {
        Some(file) => {
            let options = Options { color: false, links: false, ..*options };
            write_file(file, |out| report::render(output.format, report, sources, &options, out))
                .map_err(|source| OutputError::File { file: file.clone(), source })
        }
        None => to_stdout(|out| report::render(output.format, report, sources, options, out)),
    }
}

/// Writes to standard output, where a reader that went away is told apart from a failure.
pub(super) fn to_stdout(render: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), OutputError> {
    let mut out = BufWriter::new(io::stdout().lock());
    render(&mut out).and_then(|()| out.flush()).map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => OutputError::Closed,
        _ => OutputError::Stdout(error),
    })
}

/// Writes a file beside its place and renames it, so that nobody ever reads half a report. What is not a regular
/// file (`/dev/stderr`, a named pipe) is written directly.
fn write_file(file: &Path, render: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let write = |target: fs::File| {
        let mut out = BufWriter::new(target);
        render(&mut out)?;
        out.flush()
    };
    if fs::metadata(file).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir()) {
        return write(fs::File::options().write(true).open(file)?);
    }
    if file.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let target = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let mut beside = target.file_name().unwrap_or_default().to_owned();
    beside.push(format!(".{}.tmp", std::process::id()));
    let beside = target.with_file_name(beside);
    let written = fs::File::create(&beside).and_then(write).and_then(|()| fs::rename(&beside, &target));
    if written.is_err() {
        // The first error is the one worth telling.
        let _ = fs::remove_file(&beside);
    }
    written
}
