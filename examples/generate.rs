//! Writes a generated estate: `cargo run --example generate -- --help` lists its settings.

#[path = "../benches/estate/mod.rs"]
mod estate;

use std::path::PathBuf;
use std::process::ExitCode;
use std::{fs, io};

use clap::Parser;
use clap::error::ErrorKind;

/// Write the manifests of a generated estate
#[derive(Debug, Parser)]
#[command(name = "generate")]
struct Arguments {
    /// Where to write; created if it does not exist
    directory: PathBuf,
    #[command(flatten)]
    shape: estate::Shape,
}

fn main() -> ExitCode {
    match write(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => clap::Error::raw(ErrorKind::Io, format!("{error}\n")).exit(),
    }
}

fn write(arguments: &Arguments) -> io::Result<()> {
    for file in estate::generate(&arguments.shape) {
        let path = arguments.directory.join(&file.path);
        let write = || {
            fs::create_dir_all(path.parent().unwrap_or(&arguments.directory))?;
            fs::write(&path, &file.text)
        };
        write().map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
    }
    Ok(())
}
