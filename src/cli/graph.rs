//! `netlint graph`: a picture of the connections, or of what a change makes of them.

use super::Exit;
use super::choice::ChoiceArgs;
use super::diff::{Compared, Runs, compare, from_here};
use super::drawing;
use super::input::{self, InputArgs, Loaded};
use super::output::{self, Output, OutputError};
use super::states;
use super::terminal::Terminal;
use crate::analysis::{Analysis, Options};
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

const DIFF: &str = "\
With --diff, the page shows what a change opens and closes among the connections of HEAD: what is new thick, what is gone
dashed, what has other ports dotted. BASE is a git revision, which the work tree is compared with, or a directory, which
is compared with the directory that PATH names.

  netlint graph k8s --format html:graph.html
  netlint graph k8s --diff origin/main --format html:change.html
  netlint graph new/ --diff old/ > change.html";

/// The arguments of `graph`.
#[derive(Debug, clap::Args)]
#[command(after_help = DIFF)]
pub(super) struct GraphArgs {
    /// Only connections from these: NAME, NS/NAME, NS/app=web, an address, `internet`, `*`
    #[arg(long, value_name = "SELECTOR")]
    from: Option<String>,
    /// Only connections to these, on this port: NAME, NS/NAME:80, NS/app=web:53/UDP, a Service, an address
    #[arg(long, value_name = "SELECTOR")]
    to: Option<String>,
    /// Show what changed since this git revision or directory
    #[arg(long, value_name = "BASE", conflicts_with_all = ["from", "to"])]
    diff: Option<String>,
    /// The format, and the file it goes to; repeatable
    ///
    /// FORMAT is html (one page that needs no network), svg (a picture), dot (Graphviz) or mermaid (a flowchart).
    #[arg(long = "format", value_name = "FORMAT[:FILE]", default_value = "html")]
    formats: Vec<Output<Format>>,
    #[command(flatten)]
    input: InputArgs,
}

pub(super) fn run(args: &GraphArgs, terminal: &Terminal) -> Exit {
    match draw(args, terminal) {
        Ok(exit) | Err(exit) => exit,
    }
}

fn draw(args: &GraphArgs, terminal: &Terminal) -> Result<Exit, Exit> {
    output::one_to_stdout(&args.formats, terminal)?;
    refuse_formats(args, terminal)?;
    let (base, Loaded { analysis, is_complete }) = match &args.diff {
        None => (None, args.input.load(terminal)?),
        Some(base) => both_states(base, args, terminal)?,
    };
    let connections = Connections::new(&analysis, args.from.as_deref(), args.to.as_deref());
    let connections = connections.map_err(|error| drawing::unknown(&error, terminal))?;
    let is_drawn = args.formats.iter().any(|output| matches!(output.format, Format::Html | Format::Svg));
    let drawn = match &base {
        _ if !is_drawn => Ok(Graph::default()),
        None if args.diff.is_none() => Graph::new(&connections),
        // The two states are the same where BASE was not analysed.
        base => Graph::of_change(base.as_ref().unwrap_or(&analysis), &connections),
    };
    let graph = drawn.map_err(|error| drawing::too_large(&error, terminal))?;
    Ok(match write(args, &connections, &graph, terminal) {
        Ok(()) if is_complete => Exit::Clean,
        Ok(()) => Exit::Unreadable,
        failed => terminal.finish(failed),
    })
}

/// Refuses a page that would fill a terminal, and lists of connections where a change is asked for.
fn refuse_formats(args: &GraphArgs, terminal: &Terminal) -> Result<(), Exit> {
    let is_page = |output: &Output<Format>| output.format == Format::Html && output.file.is_none();
    if args.formats.iter().any(is_page) {
        drawing::refuse_on_terminal("graph", terminal)?;
    }
    let is_list = |output: &Output<Format>| matches!(output.format, Format::Dot | Format::Mermaid);
    if args.diff.is_some() && args.formats.iter().any(is_list) {
        terminal.error("`--diff` is drawn as html or svg", Some("`netlint diff --format mermaid` writes a flowchart"));
        return Err(Exit::Usage);
    }
    Ok(())
}

/// Reads both states of a change: BASE, and HEAD.
fn both_states(base: &str, args: &GraphArgs, terminal: &Terminal) -> Result<(Option<Analysis>, Loaded), Exit> {
    let typed = args.input.paths.as_slice();
    let mut trees = states::states(None, &[base.to_owned()], terminal)?;
    let mut below = typed;
    if let (true, [directory]) = (trees.base.is_directory(), typed) {
        let named = [base.to_owned(), directory.to_string_lossy().into_owned()];
        (trees, below) = (states::states(None, &named, terminal)?, &[]);
    }
    let reading = from_here(&args.input.reading);
    let compared = compare(&trees, below, &reading, &ChoiceArgs::default(), terminal)?;
    let Compared { runs: Runs { base, head }, .. } = compared;
    input::tell_errors(&head.errors, terminal);
    let mut is_complete = head.errors.is_empty();
    let base = match base {
        Some(base) => {
            input::tell_errors(&base.errors, terminal);
            is_complete &= base.errors.is_empty();
            let empty = || Analysis::from_texts(&[], &Options::default());
            Some(one(base.models, terminal)?.unwrap_or_else(empty))
        }
        None => None,
    };
    let analysis = one(head.models, terminal)?.ok_or_else(|| drawing::nothing(terminal))?;
    Ok((base, Loaded { analysis, is_complete }))
}

/// The one cluster of a state, if it has any.
fn one(mut models: Vec<Analysis>, terminal: &Terminal) -> Result<Option<Analysis>, Exit> {
    drawing::only(&models, terminal)?;
    models.retain(Analysis::has_objects);
    Ok(models.pop())
}

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
    for output in output::files_first(&args.formats) {
        output.write(|out| match output.format {
            Format::Html => graph::write_html(graph, out),
            Format::Svg => graph::write_svg(graph, out),
            Format::Dot => connections::write(connections::Format::Dot, connections, terminal.quiet, out).map(drop),
            Format::Mermaid => {
                connections::write(connections::Format::Mermaid, connections, terminal.quiet, out).map(drop)
            }
        })?;
    }
    Ok(())
}
