//! What a command reads: paths, and how they are to be understood.

use std::path::{Path, PathBuf};

use super::terminal::Terminal;
use super::{Exit, command_names};
use crate::analysis;
use crate::discover::{Discovery, Excludes, InputError, STDIN_NAME, discover};
use crate::model::{Model, Options};
use crate::suggest::nearest;

/// The arguments of every command that reads manifests.
#[derive(Debug, clap::Args)]
pub(super) struct InputArgs {
    /// Directories, files, or `-` for standard input
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// The namespace of resources that name none
    #[arg(long, value_name = "NS")]
    namespace: Option<String>,
    /// Leave out paths below directories; repeatable
    #[arg(long = "exclude", value_name = "GLOB")]
    excludes: Vec<String>,
}

/// What was read.
pub(super) struct Loaded {
    pub(super) model: Model,
    /// Whether every input could be read.
    pub(super) is_complete: bool,
}

impl InputArgs {
    /// Lists the files to read; what is wrong with the arguments is told.
    pub(super) fn discover(&self, terminal: &Terminal) -> Result<Discovery, Exit> {
        let excludes = Excludes::new(&self.excludes).map_err(|error| {
            terminal.error(&error.to_string(), Some(error.advice()));
            Exit::Usage
        })?;
        let inputs = discover(&self.paths, &excludes);
        for file in &inputs.files {
            terminal.detail(&format!("reading {}", file.name));
        }
        Ok(inputs)
    }

    /// How the input is to be understood.
    pub(super) fn options(&self) -> Options {
        Options { namespace: self.namespace.clone(), ..Options::default() }
    }

    /// Reads the model; inputs that cannot be read are told, and an input without manifests is refused.
    pub(super) fn load(&self, terminal: &Terminal) -> Result<Loaded, Exit> {
        let (model, errors) = analysis::load(self.discover(terminal)?, &self.options());
        self.tell_errors(&errors, terminal);
        if errors.is_empty() && self.is_empty(model.documents()) {
            return Err(self.tell_empty(model.sources().len(), &model.notes(), terminal));
        }
        Ok(Loaded { model, is_complete: errors.is_empty() })
    }

    /// Tells which inputs could not be read.
    pub(super) fn tell_errors(&self, errors: &[InputError], terminal: &Terminal) {
        for error in errors {
            terminal.error(&error.to_string(), advice(error).as_deref());
        }
    }

    /// Whether whole directories, or standard input, held no Kubernetes object. Single files may be anything: hooks
    /// name whatever was changed.
    pub(super) fn is_empty(&self, documents: usize) -> bool {
        documents == 0 && !self.paths.iter().all(|path| path.is_file())
    }

    /// Tells that there was nothing to read, and what to do about it.
    pub(super) fn tell_empty(&self, files: usize, notes: &[String], terminal: &Terminal) -> Exit {
        let hint = match notes.first() {
            Some(note) => note,
            None if self.paths.iter().all(|path| path == Path::new("-")) => {
                "the command before `| netlint -` printed none; run it alone to see why"
            }
            None if files > 0 => {
                "name the directory of the manifests, or render them first: `kustomize build . | netlint -`"
            }
            None => "manifests are files that end in `.yaml`, `.yml` or `.json`",
        };
        terminal.error(&format!("no Kubernetes manifests in {}", self.list_paths()), Some(hint));
        Exit::Usage
    }

    fn list_paths(&self) -> String {
        let name = |path: &PathBuf| match path == Path::new("-") {
            true => format!("`{STDIN_NAME}`"),
            false => format!("`{}`", path.display()),
        };
        self.paths.iter().map(name).collect::<Vec<_>>().join(", ")
    }
}

/// The error's own advice, or the command that was meant by a path that does not exist.
fn advice(error: &InputError) -> Option<String> {
    let command = || {
        let names = command_names();
        let InputError::Missing { name, .. } = error else { return None };
        let command = nearest(name, names.iter().map(String::as_str))?;
        if command == name {
            Some(format!("the command comes first: `netlint {command}`"))
        } else {
            Some(format!("did you mean the command `netlint {command}`?"))
        }
    };
    error.advice().or_else(command)
}
