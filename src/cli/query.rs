//! `netlint query`: one verdict, explained.

use super::input::{InputArgs, Loaded};
use super::terminal::Terminal;
use super::{Exit, output};
use crate::query::Verdict;
use crate::report;
use crate::report::query::{self, Format};

const ENDPOINTS: &str = "\
Endpoints:
  frontend, shop/frontend      a workload, else a Service, else an Ingress; also
  deploy/frontend, shop/pod/x  with its kind, abbreviated as for kubectl
  app=web, shop/app=web,v=1    every workload whose pods have these labels
  shop/store-0                 one pod of a StatefulSet or an Indexed Job
  shop/*, *                    every workload of a namespace, of the input
  203.0.113.7, 10.0.0.0/8      addresses outside the cluster
  internet                     every address outside the cluster
  ingress-controller           as FROM
  any-pod, shop/any-pod        a pod that the input does not show

PORT is that of the pods, by number or name; after a Service it is the Service's, and leads to its target port.
Without a port, a connection is allowed if any port of it is. Several pairs are allowed if every one is.

Exit status:
  0  allowed
  1  denied
  2  the command line is wrong, or names nothing
  3  an input could not be read";

/// The arguments of `query`.
#[derive(Debug, clap::Args)]
#[command(after_help = ENDPOINTS)]
pub(super) struct QueryArgs {
    /// Where the connection comes from
    #[arg(value_name = "FROM")]
    from: String,
    /// Where it goes; an IPv6 address with a port is written in brackets
    #[arg(value_name = "TO[:PORT[/PROTO]]")]
    to: String,
    /// The format of the answer
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    input: InputArgs,
}

pub(super) fn run(args: &QueryArgs, terminal: &Terminal) -> Exit {
    let Loaded { analysis, is_complete } = match args.input.load(terminal) {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    let answer = match crate::query::ask(&analysis, &args.from, &args.to) {
        Ok(answer) => answer,
        Err(error) => {
            terminal.error(&error.message, Some(&error.help));
            return Exit::Usage;
        }
    };
    let options = report::findings::Options {
        color: terminal.color,
        unicode: terminal.unicode,
        width: terminal.width,
        quiet: terminal.quiet,
        ..report::findings::Options::default()
    };
    match output::to_stdout(|out| query::write(args.format, &answer, &options, out)) {
        Ok(()) if !is_complete => Exit::Unreadable,
        Ok(()) if answer.verdict() == Verdict::Allowed => Exit::Clean,
        Ok(()) => Exit::Findings,
        failed => terminal.finish(failed),
    }
}
