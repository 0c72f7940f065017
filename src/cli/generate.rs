//! `netlint generate`: the NetworkPolicies that the input needs.

use super::Exit;
use super::generate_kustomized::{self, OfFiles};
use super::generated::{not_proved, summary, tell};
use super::input::{InputArgs, Loaded, tell_several};
use super::manifests::{Target, WriteError};
use super::output;
use super::terminal::Terminal;
use crate::analysis::Analysis;
use crate::generate::{Mode, generate};
use crate::report::generate::{self, Format};

const EXAMPLES: &str = "\
Examples:
  netlint generate k8s                                  print what is missing
  netlint generate k8s --output policies                a file for each namespace
  netlint generate k8s --output policies.yaml           all in one file
  netlint generate k8s --output component:policies      a kustomize component
  netlint generate k8s --output kustomize               into the bases and overlays of k8s
  netlint generate k8s --replace --output policies      start over

Every rule has what asks for it as a comment. `# REVIEW:` says that somebody has to look: what is not known is never
opened by a guess.

Overlays of one base are written together: what all of them need goes to the base, the rest to each overlay, as
network-policies.yaml beside the kustomization, which lists it. Without --output kustomize this is printed. With
--cluster, one overlay is looked at, and nothing goes to its base.

Exit status:
  0  the policies are proved, and written where --output says
  2  the command line is wrong, or the output is there already
  3  an input could not be read, or a kustomization could not be changed";

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
    /// Where to write: DIR, FILE.yaml, `component:DIR` for a kustomize component, or `kustomize` for the kustomizations
    /// of the input [default: standard output]
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
    let inputs = match args.input.list_without(args.output.as_ref().and_then(Target::path), terminal) {
        Ok(inputs) => inputs,
        Err(exit) => return exit,
    };
    let of_files = OfFiles::new(&inputs);
    let Loaded { analysis: models, is_complete } = match args.input.load_listed(inputs, terminal) {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    if !is_complete {
        // Policies for a part of a cluster would close what the rest needs.
        terminal.error("nothing is written for an input that is known in part", Some("fix what could not be read"));
        return Exit::Unreadable;
    }
    let is_for_kustomize = matches!(args.output, Some(Target::Kustomize));
    match models.as_slice() {
        [_, _, ..] if args.output.is_some() && !is_for_kustomize => {
            tell_several(&names(&models), terminal);
            Exit::Usage
        }
        [analysis] if !is_for_kustomize => single(args, target, analysis, terminal),
        _ if args.replace => {
            let advice = "choose one with `--cluster`, and name a directory or file with `--output`";
            terminal.error("`--replace` starts over in one cluster, and not in kustomizations", Some(advice));
            Exit::Usage
        }
        models => {
            let is_written = is_for_kustomize && !args.dry_run;
            generate_kustomized::run((is_written, args.force), args.format, &of_files, models, terminal)
        }
    }
}

fn names(models: &[Analysis]) -> Vec<&str> {
    models.iter().filter_map(Analysis::name).collect()
}

/// Writes the policies of one cluster.
fn single(args: &GenerateArgs, target: Option<&Target>, analysis: &Analysis, terminal: &Terminal) -> Exit {
    let mode = if args.replace { Mode::Replace } else { Mode::OnlyMissing };
    let generated = match generate(analysis, mode) {
        Ok(generated) => generated,
        Err(failed) => return not_proved(&failed, terminal),
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
