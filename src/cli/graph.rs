//! `netlint graph`: a picture of the connections.

use std::io::{self, IsTerminal};

use super::Exit;
use super::input::{InputArgs, Loaded};
use super::output::{self, Output, OutputError};
use super::terminal::Terminal;
use crate::connections::Connections;
use crate::graph::Graph;
use crate::report::{connections, graph};

/// The formats of `netlint graph`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// One page for a browser, which needs no network
    Html,
    /// A picture
    Svg,
    /// A Graphviz graph
    Dot,
    /// A Mermaid flowchart
    Mermaid,
}

/// The arguments of `graph`.
#[derive(Debug, clap::Args)]
pub(super) struct GraphArgs {
    /// Only connections from these: NAME, NS/NAME, NS/app=web, an address, `internet`, `*`
    #[arg(long, value_name = "SELECTOR")]
    from: Option<String>,
    /// Only connections to these, on this port: NAME, NS/NAME:80, NS/app=web:53/UDP, a Service, an address
    #[arg(long, value_name = "SELECTOR")]
    to: Option<String>,
    /// The format, and the file it goes to; repeatable
    ///
    /// FORMAT is html (one page that needs no network), svg (a picture), dot (Graphviz) or mermaid (a flowchart).
    #[arg(long = "format", value_name = "FORMAT[:FILE]", default_value = "html")]
    formats: Vec<Output<Format>>,
    #[command(flatten)]
    input: InputArgs,
}

pub(super) fn run(args: &GraphArgs, terminal: &Terminal) -> Exit {
    if let Err(exit) = output::one_to_stdout(&args.formats, terminal) {
        return exit;
    }
    let is_page = |output: &Output<Format>| output.format == Format::Html && output.file.is_none();
    if args.formats.iter().any(is_page) && io::stdout().is_terminal() {
        let advice = "write it to a file: `netlint graph --format html:graph.html`, and open that in a browser";
        terminal.error("a page is nothing for a terminal", Some(advice));
        return Exit::Usage;
    }
    let Loaded { analysis, is_complete } = match args.input.load(terminal) {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    let connections = match Connections::new(&analysis, args.from.as_deref(), args.to.as_deref()) {
        Ok(connections) => connections,
        Err(error) => {
            terminal.error(&error.message, Some(&error.help));
            return Exit::Usage;
        }
    };
    let is_drawn = args.formats.iter().any(|output| matches!(output.format, Format::Html | Format::Svg));
    let graph = match is_drawn.then(|| Graph::new(&connections)).transpose() {
        Ok(graph) => graph.unwrap_or_default(),
        Err(error) => {
            terminal.error(&error.to_string(), Some(error.advice()));
            return Exit::Usage;
        }
    };
    match write(args, &connections, &graph, terminal) {
        Ok(()) if is_complete => Exit::Clean,
        Ok(()) => Exit::Unreadable,
        failed => terminal.finish(failed),
    }
}

/// Files first: a closed standard output does not keep them from being written.
fn write(
    args: &GraphArgs,
    connections: &Connections<'_>,
    graph: &Graph,
    terminal: &Terminal,
) -> Result<(), OutputError> {
    if !terminal.quiet && !args.formats.iter().any(|output| output.format == Format::Html) {
        for note in connections.notes() {
            terminal.note(note);
        }
    }
    let cluster = connections.analysis.cluster();
    let (files, stdout): (Vec<_>, Vec<_>) = args.formats.iter().partition(|output| output.file.is_some());
    for output in files.into_iter().chain(stdout) {
        output.write(|out| match output.format {
            Format::Html => graph::write_html(graph, cluster, out),
            Format::Svg => graph::write_svg(graph, out),
            Format::Dot => connections::write(connections::Format::Dot, connections, terminal.quiet, out),
            Format::Mermaid => connections::write(connections::Format::Mermaid, connections, terminal.quiet, out),
        })?;
    }
    Ok(())
}
