//! Fuzzing on a stable toolchain: `cargo run --release --example fuzz -- TARGET [SECONDS] [SEED]`.
//!
//! Texts grow out of the manifests in `testdata` by random edits, the same for the same seed. The targets:
//!
//! - `parsers`: what the fast path accepts must be the tree of the general parser;
//! - `lint`: whatever the bytes, a whole run ends with a report in every format.
//!
//! A text that fails stays behind as `fuzz-TARGET-failure.yaml` in the directory of temporary files.

mod mutate;

use std::error::Error;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};
use std::{env, fs, panic};

use clap::ValueEnum as _;
use mutate::Mutator;
use netlint::analysis::analyze;
use netlint::discover::{Discovery, FileEntry, Input};
use netlint::model::Options;
use netlint::report::{self, Format};
use netlint::yaml::{Document, decode, parse_fast, parse_general, split};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What is done with a text; tells whether it got as far as it can.
type Target = fn(&[u8], &Path) -> Result<bool, String>;

fn run() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let target: Target = match name.as_str() {
        "parsers" => parsers,
        "lint" => lint,
        _ => return Err("name a target: parsers or lint".into()),
    };
    let budget = Duration::from_secs(arguments.next().map_or(Ok(10), |seconds| seconds.parse())?);
    let seed = arguments.next().map_or(Ok(1), |seed| seed.parse())?;

    let file = env::temp_dir().join(format!("fuzz-{name}-{}.yaml", std::process::id()));
    let mut mutator = Mutator::new(seeds()?, seed);
    let (start, mut executions, mut accepted) = (Instant::now(), 0_u64, 0_u64);
    while start.elapsed() < budget {
        let text = mutator.next();
        match panic::catch_unwind(|| target(&text, &file)) {
            Ok(Ok(full)) => accepted += u64::from(full),
            failed => {
                let kept = env::temp_dir().join(format!("fuzz-{name}-failure.yaml"));
                fs::write(&kept, &text)?;
                let why = failed.ok().and_then(Result::err).unwrap_or_else(|| "it panics".to_owned());
                return Err(format!("{why}\nexecution {executions} of seed {seed}, in {}", kept.display()).into());
            }
        }
        executions += 1;
    }
    // Not there where the target needs none.
    let _ = fs::remove_file(&file);
    writeln!(io::stdout(), "{name}: {executions} executions, {accepted} of them without a mistake, seed {seed}")?;
    Ok(())
}

/// The manifests of `testdata`, and one in all styles.
fn seeds() -> io::Result<Vec<Vec<u8>>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let mut paths: Vec<PathBuf> = walkdir::WalkDir::new(root)
        .into_iter()
        .filter_map(|entry| Some(entry.ok()?.into_path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    paths.sort();
    let styles = include_bytes!("styles.yaml").to_vec();
    let manifests: io::Result<Vec<_>> = paths.iter().map(fs::read).collect();
    // Again and again, since it holds as much as all others.
    Ok(manifests?.into_iter().chain(std::iter::repeat_n(styles, paths.len())).collect())
}

/// Tells whether the fast path accepts every document.
fn parsers(bytes: &[u8], _: &Path) -> Result<bool, String> {
    let Ok(text) = decode(bytes.to_vec()) else { return Ok(false) };
    let mut all = true;
    for chunk in split(&text) {
        match (parse_fast(&text, chunk), parse_general(&text, chunk)) {
            (None, _) => all = false,
            (Some(fast), Ok(general)) if fast == general => {}
            (Some(fast), Ok(general)) => return Err(difference(&fast, &general)),
            (Some(_), Err(error)) => return Err(format!("the fast path accepts what is wrong: {error}")),
        }
    }
    Ok(all)
}

/// The first line in which the descriptions of two documents differ.
fn difference(fast: &Document<'_>, general: &Document<'_>) -> String {
    let (fast, general) = (format!("{fast:#?}"), format!("{general:#?}"));
    let differ = fast.lines().zip(general.lines()).enumerate().find(|(_, (fast, general))| fast != general);
    format!("the trees differ: {differ:?}")
}

/// Tells whether there is something to check.
fn lint(bytes: &[u8], file: &Path) -> Result<bool, String> {
    fs::write(file, bytes).map_err(|error| error.to_string())?;
    let entry = FileEntry { name: "fuzz.yaml".to_owned(), input: Input::File(file.to_owned()) };
    let inputs = Discovery { files: vec![entry], ..Discovery::default() };
    let analysis = analyze(inputs, &Options::default());
    for format in Format::value_variants() {
        let mut out = Vec::new();
        report::render(*format, &analysis.report, analysis.sources(), &report::Options::default(), &mut out)
            .map_err(|error| error.to_string())?;
        if String::from_utf8(out).is_err() {
            return Err(format!("{format:?} is no UTF-8"));
        }
    }
    Ok(analysis.report.summary.documents > 0)
}
