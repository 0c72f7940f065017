//! Fuzzing on a stable toolchain: `cargo run --release --example fuzz -- TARGET [SECONDS] [SEED]`,
//! the seconds being those of the processor.
//!
//! Texts grow out of the manifests in `testdata` by random edits, the same for the same seed. The targets:
//!
//! - `parsers`: what the fast path accepts must be the tree of the general parser;
//! - `lint`: whatever the bytes, a whole run ends with a report in every format;
//! - `calico`: whatever an object of Calico's says is read, and its selectors are put into scope or refused;
//! - `selectors`: what Calico would write of a selector means the same, and an error points into it;
//! - `admin`: policies of `policy.networking.k8s.io`, of which nothing is refused in silence or read by halves;
//! - `cilium`: policies of Cilium, whole or cut, are read without loss, and every answer about them ends;
//! - `engine`: random clusters, in which the engine must agree with the oracle of the tests about every connection.
//!
//! A text that fails stays behind as `fuzz-TARGET-failure.yaml` in the directory of temporary files.

#![expect(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the files that it shares with the tests"
)]

mod admin;
mod calico;
mod cilium;
#[path = "../../tests/it/reach/cluster.rs"]
mod cluster;
#[path = "../../tests/it/reach/comparison.rs"]
mod comparison;
#[path = "../../tests/it/reach/emit.rs"]
mod emit;
#[path = "../../tests/it/reach/engine.rs"]
mod engine;
#[path = "../../tests/it/reach/generate.rs"]
mod generate;
#[path = "../../tests/it/reach/manifest.rs"]
mod manifest;
mod mutate;
#[path = "../../tests/it/reach/oracle.rs"]
mod oracle;
#[path = "../../tests/it/reach/probes.rs"]
mod probes;

use std::error::Error;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{env, fs, panic};

use clap::ValueEnum as _;
use generate::Size;
use mutate::Mutator;
use netlint::analysis::Options;
use netlint::discover::{Excludes, discover};
use netlint::file_tree::{Boundary, SharedTree, WorkTree};
use netlint::findings::analyze;
use netlint::report;
use netlint::report::findings::Format;
use netlint::yaml::{Document, decode, parse_fast, parse_general, split};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

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
    let target: Option<Target> = match name.as_str() {
        "parsers" => Some(parsers),
        "lint" => Some(lint),
        "admin" => Some(admin::admin),
        "calico" => Some(calico::objects),
        "cilium" => Some(cilium::read),
        "selectors" => Some(calico::selectors),
        "engine" => None,
        _ => return Err("name a target: parsers, lint, admin, calico, cilium, selectors or engine".into()),
    };
    let budget = Duration::from_secs(arguments.next().map_or(Ok(10), |seconds| seconds.parse())?);
    let seed = arguments.next().map_or(Ok(1), |seed| seed.parse())?;

    let Some(target) = target else { return engines(budget, seed) };
    let file = env::temp_dir().join(format!("fuzz-{name}-{}.yaml", std::process::id()));
    let mut seeds = match name.as_str() {
        "selectors" => calico::selector_seeds(),
        "cilium" => vec![cilium::SEED.to_vec()],
        _ => seeds()?,
    };
    if name == "admin" {
        seeds.retain(|text| String::from_utf8_lossy(text).contains(admin::GROUP));
    }
    let mut mutator = Mutator::new(seeds, seed);
    let (clock, mut executions, mut accepted) = (Clock::start(), 0_u64, 0_u64);
    while executions % 64 != 0 || clock.elapsed() < budget {
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

/// Counts the time of the processor, so that what else the machine does costs no executions.
struct Clock {
    start: Instant,
}

impl Clock {
    fn start() -> Self {
        Self { start: Instant::now() }
    }

    /// The time that this process took; where the system does not tell, the time that went by.
    fn elapsed(&self) -> Duration {
        Self::of_processor().unwrap_or_else(|| self.start.elapsed())
    }

    /// User and system time of `/proc/self/stat`, in hundredths of a second.
    fn of_processor() -> Option<Duration> {
        let stat = fs::read_to_string("/proc/self/stat").ok()?;
        let (_, fields) = stat.rsplit_once(')')?;
        let ticks: u64 = fields.split_whitespace().skip(11).take(2).filter_map(|it| it.parse::<u64>().ok()).sum();
        Some(Duration::from_millis(10 * ticks))
    }
}

/// Small and large clusters in turn.
fn engines(budget: Duration, seed: u64) -> Result<(), Box<dyn Error>> {
    let mut bytes = [0; 32];
    bytes.iter_mut().zip(seed.to_le_bytes()).for_each(|(byte, of_seed)| *byte = of_seed);
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    let (small, large) = (generate::case(Size::SMALL), generate::case(Size::LARGE));
    let (clock, mut executions) = (Clock::start(), 0_u64);
    while executions % 64 != 0 || clock.elapsed() < budget {
        let case = if executions % 16 == 0 { large.new_tree(&mut runner) } else { small.new_tree(&mut runner) };
        let case = case.map_err(|reason| reason.to_string())?.current();
        if let Err(error) = comparison::agree(&case) {
            let kept = env::temp_dir().join("fuzz-engine-failure.yaml");
            fs::write(&kept, case.text())?;
            return Err(format!("{error}\nexecution {executions} of seed {seed}, in {}", kept.display()).into());
        }
        executions += 1;
    }
    writeln!(io::stdout(), "engine: {executions} executions, all of them in agreement, seed {seed}")?;
    Ok(())
}

/// The manifests of `testdata` and of the rules' pages, one in all styles, and Calico's objects.
fn seeds() -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let below = |directory: &str, wanted: &str| {
        let files = walkdir::WalkDir::new(root.join(directory)).into_iter().filter_map(|it| Some(it.ok()?.into_path()));
        let mut files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|it| it == wanted)).collect();
        files.sort();
        files
    };
    let mut seeds: Vec<Vec<u8>> = below("testdata", "yaml").iter().map(fs::read).collect::<io::Result<_>>()?;
    for page in below("rules", "md") {
        let page = fs::read_to_string(page)?;
        let blocks = page.split("```").filter_map(|block| block.strip_prefix("yaml"));
        seeds.extend(blocks.filter_map(|block| Some(block.split_once('\n')?.1.as_bytes().to_vec())));
    }
    if seeds.is_empty() {
        return Err(format!("{} has no manifests any more to start from", root.display()).into());
    }
    // Again and again, since they hold as much as many others.
    let often = seeds.len() / 4;
    seeds.extend(std::iter::repeat_n(include_bytes!("styles.yaml").to_vec(), often));
    seeds.extend(std::iter::repeat_n(include_bytes!("calico.yaml").to_vec(), often));
    seeds.push(include_bytes!("admin.yaml").to_vec());
    Ok(seeds)
}

/// Says whether the fast path accepts every document.
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

/// Says whether there is something to check.
fn lint(bytes: &[u8], file: &Path) -> Result<bool, String> {
    fs::write(file, bytes).map_err(|error| error.to_string())?;
    let tree: SharedTree = Arc::new(WorkTree::new(&env::temp_dir()));
    let analysis =
        analyze(discover(&tree, &[file.to_owned()], &Excludes::default(), &Boundary::unbounded()), &Options::default());
    for format in Format::value_variants() {
        let mut out = Vec::new();
        report::findings::render(
            *format,
            &analysis.report,
            analysis.sources(),
            &report::findings::Options::default(),
            &mut out,
        )
        .map_err(|error| error.to_string())?;
        if String::from_utf8(out).is_err() {
            return Err(format!("{format:?} is no UTF-8"));
        }
    }
    Ok(analysis.report.summary.documents > 0)
}
