//! `netlint man [COMMAND]`: the manual page, for `man -l -` and for packages.

use clap_mangen::Man;

use super::terminal::Terminal;
use super::{Exit, command, output};

/// The arguments of `man`.
#[derive(Debug, clap::Args)]
pub(super) struct ManArgs {
    /// The page of a command, instead of the page of netlint
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

pub(super) fn run(args: &ManArgs, terminal: &Terminal) -> Exit {
    let mut command = command();
    command.build();
    let page_of = match &args.command {
        None => Some(&command),
        Some(name) => command.find_subcommand(name),
    };
    let Some(page_of) = page_of else {
        let name = args.command.as_deref().unwrap_or_default();
        terminal.error(&format!("no command is named `{name}`"), Some("`netlint help` lists all commands"));
        return Exit::Usage;
    };
    let page = Man::new(page_of.clone()).source(concat!("netlint ", env!("CARGO_PKG_VERSION"))).manual("netlint");
    terminal.finish(output::to_stdout(|out| page.render(out)))
}
