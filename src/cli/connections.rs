//! `netlint connections`: every permitted connection.

use super::Exit;
use super::input::{InputArgs, Loaded};
use super::output::{self, Output, OutputError};
use super::terminal::Terminal;
use crate::connections::{Connections, MOST_LISTED};
use crate::report::connections::{self, Format};
use crate::report::exposure;

/// The arguments of `connections`.
#[derive(Debug, clap::Args)]
pub(super) struct ConnectionsArgs {
    /// Only connections from these: NAME, NS/NAME, NS/app=web, an address, `internet`, `*`
    #[arg(long, value_name = "SELECTOR")]
    from: Option<String>,
    /// Only connections to these, on this port: NAME, NS/NAME:80, NS/app=web:53/UDP, a Service, an address
    #[arg(long, value_name = "SELECTOR")]
    to: Option<String>,
    /// List who else could connect to each workload, and what else it could reach
    ///
    /// Beyond the workloads of the input, that is: pods that it does not show, with their namespaces and labels, addresses
    /// outside, the ingress controller. With --from, only what those workloads reach; with --to, only who reaches those.
    #[arg(long)]
    exposure: bool,
    /// Only what nothing in the input asks for: settings, routes, monitors, webhooks, expectations
    #[arg(long)]
    unexplained: bool,
    /// The format of the list, and the file it goes to; repeatable
    ///
    /// FORMAT is text, json, csv, markdown (a table), dot (Graphviz) or mermaid (a flowchart).
    #[arg(long = "format", value_name = "FORMAT[:FILE]", default_value = "text")]
    formats: Vec<Output<Format>>,
    #[command(flatten)]
    input: InputArgs,
}

pub(super) fn run(args: &ConnectionsArgs, terminal: &Terminal) -> Exit {
    if let Err(exit) = output::one_to_stdout(&args.formats, terminal) {
        return exit;
    }
    if args.exposure
        && let Some(output) = args.formats.iter().find(|output| !exposure::has_format(output.format))
    {
        let name = if output.format == Format::Dot { "dot" } else { "mermaid" };
        terminal.error(
            &format!("`--exposure` cannot be written as {name}"),
            Some("use text, json, csv or markdown; `netlint graph` draws exposure"),
        );
        return Exit::Usage;
    }
    let Loaded { analysis, is_complete } = match args.input.load(terminal) {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    let connections = match Connections::new(&analysis, args.from.as_deref(), args.to.as_deref()) {
        Ok(connections) if args.unexplained => connections.unexplained(),
        Ok(connections) => connections,
        Err(error) => {
            terminal.error(&error.message, Some(&error.help));
            return Exit::Usage;
        }
    };
    match write(args, &connections, terminal) {
        Ok(is_whole) if is_complete && is_whole => Exit::Clean,
        Ok(_) => Exit::Unreadable,
        Err(error) => terminal.finish(Err(error)),
    }
}

fn write(args: &ConnectionsArgs, connections: &Connections<'_>, terminal: &Terminal) -> Result<bool, OutputError> {
    if !terminal.quiet && !args.formats.iter().any(|output| output.format.has_notes()) {
        for note in connections.notes() {
            terminal.note(note);
        }
    }
    let exposed = args.exposure.then(|| exposure::Listed::new(connections));
    let mut is_whole = true;
    for output in output::files_first(&args.formats) {
        output.write(|out| {
            match &exposed {
                Some(exposed) => exposure::write(output.format, exposed, terminal.quiet, out)?,
                None => is_whole &= connections::write(output.format, connections, terminal.quiet, out)?,
            }
            Ok(())
        })?;
    }
    if !is_whole {
        let message = format!("the input permits more than {MOST_LISTED} connections: the list is cut off");
        terminal.error(&message, Some("list some of them with `--from` and `--to`, for example `--to shop/*`"));
    }
    Ok(is_whole)
}
