//! Writes a generated estate: `cargo run --release --example generate -- DIRECTORY [NAME=NUMBER]…`.
//!
//! The names are the fields of [`estate::Shape`]: `namespaces`, `tiers`, `workloads`, `policies`, `irrelevant`,
//! `crds`, `file_per_workload`, `forgotten_dns`, `open_database`, `typo` and `seed`.

#[path = "../benches/estate/mod.rs"]
mod estate;

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let mut arguments = std::env::args().skip(1);
    let directory = arguments.next().ok_or("name a directory to write to")?;
    let mut shape = estate::Shape::default();
    for argument in arguments {
        let (name, value) = argument.split_once('=').ok_or_else(|| format!("`{argument}` is not NAME=NUMBER"))?;
        let number: usize = value.parse().map_err(|_| format!("`{value}` is not a number"))?;
        match name {
            "namespaces" => shape.namespaces = number,
            "tiers" => shape.tiers = number,
            "workloads" => shape.workloads = number,
            "policies" => shape.policies = number,
            "irrelevant" => shape.irrelevant = number,
            "crds" => shape.crds = number,
            "file_per_workload" => shape.file_per_workload = number > 0,
            "forgotten_dns" => shape.forgotten_dns = number,
            "open_database" => shape.open_database = number,
            "typo" => shape.typo = number,
            "seed" => shape.seed = number as u64,
            _ => return Err(format!("`{name}` is no parameter")),
        }
    }
    for file in estate::generate(&shape) {
        let path = Path::new(&directory).join(&file.path);
        let write = || {
            std::fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
            std::fs::write(&path, &file.text)
        };
        write().map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}
