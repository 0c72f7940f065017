//! The whole lint and its steps, against floors measured in the same run.
//!
//! Run with `cargo bench --bench lint`. The floors are (a) reading the files and (b) running the general parser's
//! events over their texts, with nothing made of them, on the same cores.

#![expect(clippy::print_stdout, reason = "the report of a benchmark")]

mod estate;
mod measure;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::Duration;
use std::{env, fs, io};

use clap::ValueEnum as _;
use estate::{Shape, generate};
use measure::{median, median_ratio, peak_memory, ratio, time, verdict};
use netlint::analysis::{Analysis, Options, load};
use netlint::diagnostic::locate;
use netlint::discover::{Discovery, Excludes, discover};
use netlint::file_tree::{Boundary, SharedTree, WorkTree};
use netlint::findings::{analyze, judge};
use netlint::reach::{Reachability, Reading};
use netlint::report::findings::Format;
use netlint::source::FileId;
use netlint::yaml::{parse, parse_fast, parse_general, split};
use netlint::{catalogue, cluster, manifest, report, rules};
use rayon::prelude::*;

/// What this program does when it is a floor.
const READ: &str = "read";
const READ_ON_ALL_CORES: &str = "read-on-all-cores";

/// Runs of each measurement; the median counts.
const RUNS: usize = 7;

fn main() -> ExitCode {
    // As programs of their own, the floors of whole runs: one for few small files, and one for many bytes.
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [word, directory] = arguments.as_slice() {
        let paths = list(Path::new(directory));
        let bytes: usize = match word.as_str() {
            READ => paths.iter().filter_map(|path| Some(fs::read(path).ok()?.len())).sum(),
            READ_ON_ALL_CORES => read(&paths).iter().map(String::len).sum(),
            _ => return ExitCode::FAILURE,
        };
        println!("{bytes}");
        return ExitCode::SUCCESS;
    }
    match report() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn report() -> io::Result<()> {
    let directory = tempfile::tempdir()?;
    let estate = directory.path().join("estate");
    write(&estate, &Shape { namespaces: 500, workloads: 20, file_per_workload: true, ..Shape::default() })?;
    small_files(&estate);
    let changed = directory.path().join("changed");
    write(&changed, &Shape { namespaces: 500, workloads: 20, file_per_workload: true, ..Shape::default() })?;
    changes(&estate, &changed)?;
    let asking = directory.path().join("asking");
    write(&asking, &Shape { namespaces: 500, workloads: 20, evidence: true, ..Shape::default() })?;
    writing(&asking);
    let irrelevant = directory.path().join("irrelevant");
    write(&irrelevant, &Shape { namespaces: 20, irrelevant: 97, crds: 50, ..Shape::default() })?;
    remove_relevant(&irrelevant)?;
    irrelevant_files(&irrelevant);
    let faulty = directory.path().join("faulty");
    let mistakes = Shape { forgotten_dns: 2, open_database: 3, typo: 5, ..Shape::default() };
    write(&faulty, &Shape { namespaces: 500, workloads: 20, irrelevant: 20, ..mistakes })?;
    steps(&faulty);
    start();
    println!("at most {} MiB of memory in this process", peak_memory().unwrap_or_default());
    Ok(())
}

fn write(directory: &Path, shape: &Shape) -> io::Result<()> {
    for file in generate(shape) {
        let path = directory.join(&file.path);
        fs::create_dir_all(path.parent().unwrap_or(directory))?;
        fs::write(path, file.text)?;
    }
    Ok(())
}

/// Leaves only the files of documents that have nothing to do with the network.
fn remove_relevant(directory: &Path) -> io::Result<()> {
    for path in list(directory).into_iter().filter(|path| !path.ends_with("other.yaml")) {
        fs::remove_file(path)?;
    }
    Ok(())
}

fn list(directory: &Path) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(directory).into_iter().flatten();
    entries.map(walkdir::DirEntry::into_path).filter(|path| path.is_file()).collect()
}

fn find(directory: &Path) -> Discovery {
    let tree: SharedTree = Arc::new(WorkTree::new(directory));
    discover(&tree, &[PathBuf::from(".")], &Excludes::default(), &Boundary::unbounded())
}

fn read(paths: &[PathBuf]) -> Vec<String> {
    paths.par_iter().filter_map(|path| fs::read(path).ok().and_then(|bytes| String::from_utf8(bytes).ok())).collect()
}

/// The general parser's events, counted.
fn events(texts: &[String]) -> usize {
    texts.par_iter().map(|text| granit_parser::Parser::new_from_str(text).count()).sum()
}

/// From the directory to the report in JSON.
fn lint(directory: &Path) -> usize {
    let analysis = analyze(find(directory), &Options::default());
    let mut out = Vec::new();
    let (report, sources) = (&analysis.report, analysis.sources());
    let _ = report::findings::render(Format::Json, report, sources, &report::findings::Options::default(), &mut out);
    out.len()
}

/// The whole program, as it is started from a shell.
fn program(directory: &Path) -> Duration {
    let mut command = Command::new(env!("CARGO_BIN_EXE_netlint"));
    command.args(["check", "--isolated", "--format", "json"]).arg(directory).stdout(Stdio::null());
    time(|| command.status())
}

/// A program that only reads.
fn floor_program(word: &str, directory: &Path) -> Duration {
    let Ok(this) = env::current_exe() else { return Duration::ZERO };
    time(|| Command::new(&this).arg(word).arg(directory).stdout(Stdio::null()).status())
}

fn floors(directory: &Path) -> (Duration, Duration, usize) {
    let paths = list(directory);
    let texts = read(&paths);
    let bytes = texts.iter().map(String::len).sum();
    let reading = median(RUNS, || time(|| read(&paths)));
    let parsing = median(3, || time(|| events(&texts)));
    println!("{} files, {:.1} MB", paths.len(), bytes as f64 / 1e6);
    println!("  (a) reading            {reading:>10.2?}");
    println!("  (b) the parser's events{parsing:>10.2?}");
    (reading, parsing, bytes)
}

/// The whole program where it writes policies, against the same where it only checks.
fn writing(directory: &Path) {
    println!("an estate of 10,000 workloads whose policies are written anew");
    let generate = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_netlint"));
        command.args(["generate", "--replace", "--quiet"]).arg(directory).stdout(Stdio::null());
        time(|| command.status())
    };
    let measured = median_ratio(RUNS, || ratio(generate(), program(directory)));
    println!("{}", verdict("netlint generate against netlint check", measured, 3.0));
}

fn small_files(directory: &Path) {
    println!("an estate with a file for each workload");
    let (reading, parsing, bytes) = floors(directory);
    let (paths, texts) = (list(directory), read(&list(directory)));
    let whole = median_ratio(RUNS, || {
        let floor = time(|| read(&paths)) + time(|| events(&texts));
        ratio(program(directory), floor)
    });
    println!("{}", verdict("the whole program against (a) + (b)", whole, 1.0));
    println!("  (a) + (b) at {:.1} MB/s", bytes as f64 / 1e6 / (reading + parsing).as_secs_f64());
    let documents = |parser: fn(&str) -> usize| time(|| texts.iter().map(|text| parser(text)).sum::<usize>());
    let fast = || documents(|text| split(text).into_iter().filter_map(|it| parse_fast(text, it)).count());
    let general = || documents(|text| split(text).into_iter().filter_map(|it| parse_general(text, it).ok()).count());
    let gain = median_ratio(RUNS, || ratio(general(), fast()));
    println!("{}", verdict(&format!("8 against the gain of the fast path, x{gain:.1}"), 8.0 / gain, 1.0));
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.map_or_else(|_| Duration::ZERO, |pool| pool.install(|| time(|| lint(directory))))
    };
    let gain = median_ratio(RUNS, || ratio(on(1), on(2)));
    println!("{}", verdict(&format!("1.6 against the gain of a second core, x{gain:.2}"), 1.6 / gain, 1.0));
}

/// Two states of an estate, one after the other: equal, with a policy changed in one namespace, and in each of them.
fn changes(base: &Path, head: &Path) -> io::Result<()> {
    println!("two states of the estate");
    let against_check = || median_ratio(RUNS, || ratio(compare(base, head), program(head)));
    println!("{}", verdict("`diff` of equal states against one `check`", against_check(), 1.3));
    let mut namespaces: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    for path in list(head) {
        namespaces.entry(path.parent().unwrap_or(head).to_owned()).or_default().push(path);
    }
    let mut changed = 0;
    for files in namespaces.into_values() {
        let mut is_changed = false;
        for path in files {
            let text = fs::read_to_string(&path)?;
            let other = text.replace("port: 5432", "port: 5433");
            is_changed |= other != text;
            fs::write(path, other)?;
        }
        changed += usize::from(is_changed);
        if is_changed && changed == 1 {
            println!("{}", verdict("with one namespace changed", against_check(), 2.2));
        }
    }
    println!("{}", verdict(&format!("with {changed} namespaces changed"), against_check(), 2.2));
    Ok(())
}

/// `netlint diff`, as it is started from a shell.
fn compare(base: &Path, head: &Path) -> Duration {
    let mut command = Command::new(env!("CARGO_BIN_EXE_netlint"));
    command.args(["diff", "--isolated", "--format", "json"]).args([base, head]).stdout(Stdio::null());
    time(|| command.status())
}

fn irrelevant_files(directory: &Path) {
    println!("CRDs, ConfigMaps and Secrets");
    floors(directory);
    // Both start with fresh memory, which costs as much as reading does.
    let whole = median_ratio(5 * RUNS, || ratio(program(directory), floor_program(READ_ON_ALL_CORES, directory)));
    println!("{}", verdict("the program against one that only reads", whole, 3.0));
}

/// Each step by itself, as a share of their sum.
fn steps(directory: &Path) {
    println!("an estate with mistakes, step by step");
    let (reading, ..) = floors(directory);
    let row = |name: &str, time: Duration| println!("  {name:<34}{time:>10.2?}  x{:.2} of (a)", ratio(time, reading));
    row("discover", median(RUNS, || time(|| find(directory))));
    let texts = read(&list(directory));
    let parsed = |text: &String| split(text).into_iter().filter(|chunk| parse(text, *chunk).is_ok()).count();
    row("parse", median(RUNS, || time(|| texts.par_iter().map(parsed).sum::<usize>())));
    let read_all = || {
        let contents = texts.par_iter().enumerate().map(|(index, text)| manifest::read(FileId(index as u32), text));
        contents.collect::<Vec<_>>()
    };
    row("parse and read", median(RUNS, || time(read_all)));
    let assemble = || {
        let resources = read_all().into_iter().flat_map(|content| content.resources).collect();
        time(|| cluster::assemble(resources, None, &[], None))
    };
    row("assemble", median(RUNS, assemble));
    let models = || load(find(directory), &Options::default()).0;
    let reach = |analysis: &Analysis| {
        let under = |reading| Reachability::new(analysis.cluster(), reading, analysis.pod_blocks());
        time(|| [Reading::Least, Reading::Most].map(under))
    };
    row("reach, both bounds", median(3, || models().iter().map(reach).sum()));
    let models = models();
    let Some(analysis) = models.first() else { return };
    for rule in catalogue::rules() {
        let time = median(3, || time(|| rules::check(analysis, rule.name)));
        if time.as_micros() >= 100 {
            row(rule.name, time);
        }
    }
    let severity =
        |rule: &str| catalogue::find(rule).map_or(netlint::diagnostic::Severity::Error, |rule| rule.severity);
    row(
        "spans",
        median(RUNS, || {
            let drafts = netlint::findings::drafts(analysis);
            time(|| locate(drafts, analysis.sources(), severity))
        }),
    );
    let report = judge(&models, false);
    println!("  {} findings", report.findings.len());
    for format in Format::value_variants() {
        let render = || {
            let mut out = Vec::new();
            report::findings::render(
                *format,
                &report,
                analysis.sources(),
                &report::findings::Options::default(),
                &mut out,
            )
            .map(|()| out)
        };
        let name = format.to_possible_value();
        let name = name.as_ref().map_or("", |name| name.get_name());
        row(&format!("render {name}"), median(3, || time(render)));
    }
    row("the whole", median(RUNS, || time(|| lint(directory))));
}

/// The program on the demo, against a program that reads the same files.
fn start() {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/secure-app");
    println!("start-up on testdata/secure-app: {:.2?}", median(51, || program(&demo)));
    let whole = median_ratio(51, || ratio(program(&demo), floor_program(READ, &demo)));
    println!("{}", verdict("the program against one that only reads", whole, 3.0));
}
