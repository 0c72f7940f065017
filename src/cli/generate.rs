//! `netlint generate`: the NetworkPolicies that the input needs.

use super::Exit;
use super::input::{InputArgs, Loaded};
use super::manifests::{Target, WriteError};
use super::output;
use super::terminal::Terminal;
use crate::generate::{Generated, Mode, NotProved, generate};
use crate::report::generate::{self, Format};
use crate::text::phrase::count;

const EXAMPLES: &str = "\
Examples:
  netlint generate k8s                                  print what is missing
  netlint generate k8s --output policies                a file for each namespace
  netlint generate k8s --output policies.yaml           all in one file
  netlint generate k8s --output component:policies      a kustomize component
  netlint generate k8s --replace --output policies      start over

Every rule has what asks for it as a comment. `# REVIEW:` says that somebody has to look: what is not known is never
opened by a guess.

Exit status:
  0  the policies are proved, and written where --output says
  2  the command line is wrong, or the output is there already
  3  an input could not be read";

/// The arguments of `generate`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct GenerateArgs {
    /// Keep the NetworkPolicies of the input and add what they lack (the default)
    #[arg(long, conflicts_with = "replace")]
    only_missing: bool,
    /// Start over: what the NetworkPolicies of the input allow is evidence, and the new ones replace them
    #[arg(long)]
    replace: bool,
    /// Where to write: DIR, FILE.yaml, or `component:DIR` for a kustomize component [default: standard output]
    #[arg(long, value_name = "WHERE")]
    output: Option<Target>,
    /// Prove and print, and write no file
    #[arg(long)]
    dry_run: bool,
    /// Write into a directory that is not empty, and over a file that is there
    #[arg(long)]
    force: bool,
    /// The format of standard output
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "yaml")]
    format: Format,
    #[command(flatten)]
    input: InputArgs,
}

pub(super) fn run(args: &GenerateArgs, terminal: &Terminal) -> Exit {
    let target = args.output.as_ref().filter(|_| !args.dry_run);
    if let Some(refusal) = target.filter(|_| !args.force).and_then(Target::refusal) {
        terminal.error(&refusal, Some("name another place, or write over it with `--force`"));
        return Exit::Usage;
    }
    let Loaded { analysis, is_complete } =
        match args.input.load_without(args.output.as_ref().map(Target::path), terminal) {
            Ok(loaded) => loaded,
            Err(exit) => return exit,
        };
    if !is_complete {
        // Policies for a part of a cluster would close what the rest needs.
        terminal.error("nothing is written for an input that is known in part", Some("fix what could not be read"));
        return Exit::Unreadable;
    }
    let mode = if args.replace { Mode::Replace } else { Mode::OnlyMissing };
    let generated = match generate(&analysis, mode) {
        Ok(generated) => generated,
        Err(NotProved { failures }) => {
            let message = format!("the generated policies fail their proof: {}", failures.join("; "));
            terminal.error(&message, Some("this is a bug in netlint, and nothing was written: please report it"));
            return Exit::Usage;
        }
    };
    let paths = match target.map(|target| target.write(&generated)).transpose() {
        Ok(paths) => paths,
        Err(WriteError { message }) => {
            terminal.error(&message, Some("name a place that you may write to"));
            return Exit::Usage;
        }
    };
    if !terminal.quiet && args.format != Format::Json {
        tell(&generated, &analysis.assumptions(), terminal);
    }
    let written = output::to_stdout(|out| match (&paths, args.format) {
        (Some(_), Format::Yaml) if terminal.quiet => Ok(()),
        (Some(paths), Format::Yaml) => writeln!(out, "{}", summary(&generated, paths)),
        (None, Format::Yaml) if generated.policies == 0 => writeln!(out, "# Nothing is missing."),
        (paths, format) => generate::write(format, &generated, paths.as_deref().unwrap_or_default(), out),
    });
    terminal.finish(written)
}

/// What somebody has to look at, and what the reader must know.
fn tell(generated: &Generated, assumptions: &[String], terminal: &Terminal) {
    for note in assumptions.iter().chain(&generated.notes) {
        terminal.note(note);
    }
    for line in &generated.review {
        terminal.note(&format!("review: {line}"));
    }
    if generated.marked > 0 {
        let places = count(generated.marked, "place");
        terminal.note(&format!("{places} in the policies to look at, marked `# REVIEW:`"));
    }
    if !generated.replaced.is_empty() {
        let policies = count(generated.replaced.len(), "NetworkPolicy");
        terminal.note(&format!("delete {policies} that these replace: {}", generated.replaced.join(", ")));
    }
}

fn summary(generated: &Generated, paths: &[String]) -> String {
    let policies = count(generated.policies, "policy");
    let connections = count(generated.connections, "connection");
    match paths {
        [] => "nothing is missing, and nothing was written".to_owned(),
        [one] => format!("wrote {policies} for {connections} to `{one}`"),
        files => format!("wrote {policies} for {connections} to {}", count(files.len(), "file")),
    }
}
