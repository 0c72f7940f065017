//! Manifests written into a directory, a file or a kustomize component.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::replace::replace;
use crate::edit::scalar;
use crate::generate::Generated;
use crate::report::generate::manifests;

/// The word for a kustomize component, and the directory that it is put into where none is named.
const COMPONENT: (&str, &str) = ("component", "network-policies");

/// The word for the kustomizations of the input.
const KUSTOMIZE: &str = "kustomize";

/// Where manifests are written to.
#[derive(Clone, Debug)]
pub(super) enum Target {
    /// A file for each namespace, in this directory.
    Directory(PathBuf),
    /// All in this file.
    File(PathBuf),
    /// A file for each namespace, in this directory, and a kustomization for them.
    Component(PathBuf),
    /// Files in the directories of the input's kustomizations.
    Kustomize,
}

/// That manifests were not written.
#[derive(Debug)]
pub(super) struct WriteError {
    pub(super) message: String,
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == KUSTOMIZE {
            return Ok(Self::Kustomize);
        }
        let (word, directory) = text.split_once(':').unwrap_or((text, COMPONENT.1));
        if word == COMPONENT.0 && !directory.is_empty() {
            return Ok(Self::Component(directory.into()));
        }
        if text.is_empty() || word == COMPONENT.0 {
            return Err("no directory; write for example `policies` or `component:policies`".to_owned());
        }
        let path = PathBuf::from(text);
        let is_manifest = path.extension().is_some_and(|it| it == "yaml" || it == "yml");
        Ok(if is_manifest { Self::File(path) } else { Self::Directory(path) })
    }
}

impl Target {
    /// The directory or file; `None` where it is the input's own.
    pub(super) fn path(&self) -> Option<&Path> {
        match self {
            Self::Directory(path) | Self::File(path) | Self::Component(path) => Some(path),
            Self::Kustomize => None,
        }
    }

    /// Why nothing may be written there without being told to; `None` where it may.
    pub(super) fn refusal(&self) -> Option<String> {
        let path = self.path()?;
        let metadata = path.symlink_metadata().ok()?;
        let name = path.display();
        match self {
            Self::File(_) => Some(format!("`{name}` is there already")),
            _ if !metadata.is_dir() && !path.is_dir() => Some(format!("`{name}` is not a directory")),
            _ => fs::read_dir(path).ok()?.next().map(|_| format!("the directory `{name}` is not empty")),
        }
    }

    /// Writes the files, and returns their paths.
    pub(super) fn write(&self, generated: &Generated) -> Result<Vec<String>, WriteError> {
        if generated.files.is_empty() {
            return Ok(Vec::new());
        }
        let directory = match self {
            Self::File(file) => {
                write(file, &manifests(generated))?;
                return Ok(vec![file.display().to_string()]);
            }
            Self::Directory(directory) | Self::Component(directory) => directory,
            Self::Kustomize => return Ok(Vec::new()),
        };
        fs::create_dir_all(directory).map_err(|error| cannot(directory, &error))?;
        let mut paths = Vec::new();
        let mut names = Vec::new();
        for file in &generated.files {
            let name = format!("{}.yaml", file_name(&file.namespace));
            let path = directory.join(&name);
            write(&path, &file.text)?;
            paths.push(path.display().to_string());
            names.push(name);
        }
        if let Self::Component(_) = self {
            let resources: String = names.iter().map(|name| format!("  - {}\n", scalar(name))).collect();
            let text =
                format!("apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources:\n{resources}");
            write(&directory.join("kustomization.yaml"), &text)?;
        }
        Ok(paths)
    }
}

/// The name of a namespace, with nothing in it that leads elsewhere.
fn file_name(namespace: &str) -> String {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || it == '-' || it == '_';
    namespace.chars().map(|it| if is_plain(it) { it } else { '-' }).collect()
}

/// Replaces what is at a path; a link is not followed.
pub(super) fn write(path: &Path, text: &str) -> Result<(), WriteError> {
    replace(path, |out| out.write_all(text.as_bytes())).map_err(|error| cannot(path, &error))
}

fn cannot(path: &Path, error: &io::Error) -> WriteError {
    WriteError { message: format!("cannot write `{}`: {error}", path.display()) }
}
