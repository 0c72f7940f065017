//! `netlint completions SHELL`: a script that lets a shell complete netlint's command line.

use clap::builder::PossibleValuesParser;
use clap::{Arg, Args, ValueEnum};
use clap_complete::{Shell, generate};

use super::check::CheckArgs;
use super::terminal::Terminal;
use super::{Exit, command, output};
use crate::catalogue;
use crate::report::{connections, expect, findings};

/// The arguments of `completions`.
#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// bash, elvish, fish, powershell or zsh
    #[arg(value_name = "SHELL", value_enum, hide_possible_values = true)]
    shell: Shell,
}

pub(super) fn run(args: &CompletionsArgs, terminal: &Terminal) -> Exit {
    let rules = PossibleValuesParser::new(catalogue::rules().iter().map(|rule| rule.name));
    // `check` may be left out: its paths and options follow the bare name too.
    let mut command = CheckArgs::augment_args(command())
        .mut_arg("formats", completing::<findings::Format>)
        .mut_subcommand("check", |check| check.mut_arg("formats", completing::<findings::Format>))
        .mut_subcommand("connections", |connections| connections.mut_arg("formats", completing::<connections::Format>))
        .mut_subcommand("test", |test| test.mut_arg("formats", completing::<expect::Format>))
        .mut_subcommand("explain", |explain| explain.mut_arg("rule", |rule| rule.value_parser(rules)));
    let mut script = Vec::new();
    generate(args.shell, &mut command, "netlint", &mut script);
    terminal.finish(output::to_stdout(|out| out.write_all(&script)))
}

/// The option with the formats that it takes. A file may follow each, which shells complete no further.
fn completing<F: ValueEnum>(option: Arg) -> Arg {
    let values = F::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    option.value_parser(PossibleValuesParser::new(values))
}
