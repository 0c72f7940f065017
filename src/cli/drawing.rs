//! The page of a change, which `graph --diff` and `diff --format html` write.

use std::io::{self, IsTerminal};

use super::Exit;
use super::input;
use super::terminal::Terminal;
use crate::analysis::{Analysis, Options};
use crate::connections::Connections;
use crate::diff::Both;
use crate::endpoint::EndpointError;
use crate::findings::Run;
use crate::graph::{Graph, TooLarge};

/// Refuses a page that would fill a terminal.
pub(super) fn refuse_on_terminal(command: &str, terminal: &Terminal) -> Result<(), Exit> {
    if !io::stdout().is_terminal() {
        return Ok(());
    }
    let advice =
        format!("write it to a file: `netlint {command} --format html:{command}.html`, and open that in a browser");
    terminal.error("a page would fill the terminal", Some(&advice));
    Err(Exit::Usage)
}

/// Draws what a change does to the one cluster of the input.
pub(super) fn of_change(runs: Both<&Run>, terminal: &Terminal) -> Result<Graph, Exit> {
    let head = only(&runs.head.models, terminal)?.ok_or_else(|| nothing(terminal))?;
    let empty = Analysis::from_texts(&[], &Options::default());
    let base = only(&runs.base.models, terminal)?.unwrap_or(&empty);
    let connections = Connections::new(head, None, None).map_err(|error| unknown(&error, terminal))?;
    Graph::of_change(base, &connections).map_err(|error| too_large(&error, terminal))
}

/// The one cluster of a state, if it has any.
pub(super) fn only<'m>(models: &'m [Analysis], terminal: &Terminal) -> Result<Option<&'m Analysis>, Exit> {
    let holding: Vec<&Analysis> = models.iter().filter(|it| it.has_objects()).collect();
    match holding.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        several => {
            let names: Vec<&str> = several.iter().filter_map(|it| it.name()).collect();
            input::tell_several(&names, terminal);
            Err(Exit::Usage)
        }
    }
}

/// Says that there is nothing to draw.
pub(super) fn nothing(terminal: &Terminal) -> Exit {
    terminal.error("HEAD holds no manifests", Some("name a directory that holds some"));
    Exit::Usage
}

/// Says that an end is not in the input.
pub(super) fn unknown(error: &EndpointError, terminal: &Terminal) -> Exit {
    terminal.error(&error.message, Some(&error.help));
    Exit::Usage
}

/// Says that a drawing would be of no use.
pub(super) fn too_large(error: &TooLarge, terminal: &Terminal) -> Exit {
    terminal.error(&error.to_string(), Some(error.advice()));
    Exit::Usage
}
