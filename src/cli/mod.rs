//! The command line: arguments in, report and exit status out.

mod baseline;
mod check;
mod choice;
mod completions;
mod connections;
mod copies;
mod diff;
mod drawing;
mod explain;
mod fix;
mod generate;
mod generate_kustomized;
mod generated;
mod graph;
mod init;
mod input;
mod man;
mod manifests;
mod markdown;
mod new_from;
mod output;
mod pager;
mod progress;
mod query;
mod reading;
mod replace;
mod rewrite;
mod rules;
mod schema;
mod states;
mod statistics;
mod suppressions;
mod terminal;
mod test;
mod version;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use terminal::{ColorChoice, Terminal};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Nothing at or above `--fail-on`.
    Clean = 0,
    /// Findings at or above `--fail-on`.
    Findings = 1,
    /// The command line or the configuration is wrong.
    Usage = 2,
    /// An input could not be read; the others were checked.
    Unreadable = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

const EXIT_STATUS: &str = "\
Without a command, `netlint [PATH]...` means `netlint check [PATH]...`; `netlint check --help` lists its options.

Exit status:
  0  no finding at or above --fail-on
  1  findings
  2  the command line or the configuration is wrong
  3  an input could not be read";

/// Prove what the NetworkPolicies in Kubernetes manifests really do
#[derive(Debug, Parser)]
#[command(name = "netlint", version, after_help = EXIT_STATUS)]
#[command(override_usage = "netlint [OPTIONS] [PATH]...\n       netlint [OPTIONS] <COMMAND>")]
struct Cli {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(subcommand)]
    command: Command,
}

/// Options that every command takes.
#[derive(Debug, clap::Args)]
struct GlobalArgs {
    /// Whether to write colours: auto, always or never
    ///
    /// `auto` writes them to a terminal, as far as NO_COLOR, FORCE_COLOR, CLICOLOR and CLICOLOR_FORCE do not say
    /// otherwise.
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t, hide_possible_values = true)]
    color: ColorChoice,
    /// Print findings only, without notes and summary
    #[arg(short, long, global = true)]
    quiet: bool,
    /// Say on standard error which files are read, which cluster they are in, and what `--render` runs
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    verbose: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Lint manifests (the default)
    Check(check::CheckArgs),
    /// List every permitted connection
    Connections(connections::ConnectionsArgs),
    /// Draw the connections: one page to look at
    Graph(graph::GraphArgs),
    /// Say whether one connection is permitted, and why
    Query(query::QueryArgs),
    /// Show what a change opens and closes, with the lines that do it
    Diff(diff::DiffArgs),
    /// Check the connections that netlint.yaml expects
    Test(test::TestArgs),
    /// List what is not reported because somebody said so
    Suppressions(suppressions::SuppressionsArgs),
    /// Write the NetworkPolicies that the manifests need
    Generate(generate::GenerateArgs),
    /// List the rules
    Rules(rules::RulesArgs),
    /// Explain a rule: what it finds, why it matters, how to fix it
    Explain(explain::ExplainArgs),
    /// Write a first netlint.yaml, fitted to the manifests
    Init(init::InitArgs),
    /// Print the JSON Schema of netlint.yaml, for editors
    Schema,
    /// Print a completion script for a shell
    Completions(completions::CompletionsArgs),
    /// Print a manual page
    Man(man::ManArgs),
}

/// Runs the command line `args`, the program's name included.
#[must_use]
pub fn run(args: impl IntoIterator<Item = OsString>) -> Exit {
    let args: Vec<OsString> = args.into_iter().collect();
    if version::is_asked_for(&args) {
        return version::print();
    }
    let cli = match Cli::try_parse_from(with_command(args)) {
        Ok(cli) => cli,
        Err(error) => {
            // A closed stream leaves nobody to tell.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Clean };
        }
    };
    let terminal = Terminal::new(&cli.global);
    match cli.command {
        Command::Check(args) => check::run(&args, &terminal),
        Command::Connections(args) => connections::run(&args, &terminal),
        Command::Graph(args) => graph::run(&args, &terminal),
        Command::Query(args) => query::run(&args, &terminal),
        Command::Diff(args) => diff::run(&args, &terminal),
        Command::Test(args) => test::run(&args, &terminal),
        Command::Suppressions(args) => suppressions::run(&args, &terminal),
        Command::Generate(args) => generate::run(&args, &terminal),
        Command::Rules(args) => rules::run(&args, &terminal),
        Command::Explain(args) => explain::run(&args, &terminal),
        Command::Init(args) => init::run(&args, &terminal),
        Command::Schema => schema::run(&terminal),
        Command::Completions(args) => completions::run(&args, &terminal),
        Command::Man(args) => man::run(&args, &terminal),
    }
}

/// The command line as clap knows it.
fn command() -> clap::Command {
    Cli::command()
}

/// The names of all commands.
fn command_names() -> Vec<String> {
    command().get_subcommands().map(|command| command.get_name().to_owned()).collect()
}

/// Puts `check` before the first argument that is neither a global option nor a command.
fn with_command(mut args: Vec<OsString>) -> Vec<OsString> {
    let mut position = 1;
    while let Some(arg) = args.get(position).and_then(|arg| arg.to_str()) {
        match arg {
            "--color" => position += 2,
            "-q" | "-v" | "--quiet" | "--verbose" => position += 1,
            _ if arg.starts_with("--color=") => position += 1,
            _ => break,
        }
    }
    let next = args.get(position).and_then(|arg| arg.to_str());
    let is_complete = next.is_some_and(|arg| {
        ["help", "-h", "--help", "-V", "--version"].contains(&arg) || command_names().iter().any(|name| name == arg)
    });
    if !is_complete {
        args.insert(position.min(args.len()), "check".into());
    }
    args
}
