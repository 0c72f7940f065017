//! A kustomization file, as it is written.

use std::path::{Path, PathBuf};

use super::error::{Refusal, Result};
use super::shape::{self, Unknown};
use super::value::{Content, Value};
use crate::discover::KUSTOMIZATION_NAMES;
use crate::source::{FileId, Location, Origin};
use crate::yaml::{self, FieldPath, Span};

/// A kustomization file.
#[derive(Debug)]
pub(super) struct Kustomization {
    /// The file.
    pub(super) file: FileId,
    /// Where it is, from the root of the file system.
    pub(super) directory: PathBuf,
    /// What it says, as far as it can be read.
    pub(super) fields: Value,
    /// Why kustomize does not even begin to build it.
    pub(super) refusal: Option<Box<Refusal>>,
}

const VERSION: &str = "kustomize.config.k8s.io/v1beta1";
const COMPONENT_VERSION: &str = "kustomize.config.k8s.io/v1alpha1";

impl Kustomization {
    /// Reads the file with this text.
    pub(super) fn read(file: FileId, directory: PathBuf, text: &str) -> Self {
        let root = Origin { file, document: 0, path: FieldPath::root() };
        let (fields, refusal) = match parse(file, text) {
            Ok(mut fields) => {
                let checked = check(&mut fields);
                (fields, checked.err())
            }
            Err(refusal) => (Value::null(root), Some(refusal)),
        };
        Self { file, directory, fields, refusal }
    }

    /// Whether it only changes what others list.
    pub(super) fn is_component(&self) -> bool {
        self.fields.text("kind") == "Component"
    }

    /// The entries of `resources`, and of its former name `bases`.
    pub(super) fn resources(&self) -> impl Iterator<Item = &Value> {
        self.fields.list("resources").iter().chain(self.fields.list("bases"))
    }

    /// Everything that may be another kustomization.
    pub(super) fn parts(&self) -> impl Iterator<Item = &Value> {
        let keys = ["components", "generators", "transformers", "validators"];
        self.resources().chain(keys.into_iter().flat_map(|key| self.fields.list(key)))
    }

    /// The items of `images`, and of its former name.
    pub(super) fn images(&self) -> impl Iterator<Item = &Value> {
        self.fields.list("images").iter().chain(self.fields.list("imageTags"))
    }

    /// Where a field is written, or where the file begins.
    pub(super) fn place(&self, key: &str) -> Origin {
        self.fields.get(key).map_or_else(|| self.fields.origin.clone(), |value| value.origin.clone())
    }
}

/// The first document of the file, which is all that kustomize reads.
fn parse(file: FileId, text: &str) -> Result<Value> {
    for chunk in yaml::split(text) {
        let document = yaml::parse(text, chunk).map_err(|error| {
            let message = format!("kustomize cannot read this kustomization: {}", error.message);
            let mut refusal = Refusal::new(Location::Bytes(file, error.span), message);
            refusal.help.clone_from(&error.help);
            refusal
        })?;
        if let Some(root) = document.root() {
            return Ok(Value::read(root, Origin { file, document: chunk.index, path: FieldPath::root() }));
        }
    }
    Ok(Value::null(Origin { file, document: 0, path: FieldPath::root() }))
}

fn check(fields: &mut Value) -> Result<()> {
    shape::KUSTOMIZATION.check(fields, Unknown::Refused)?;
    if is_empty(fields) {
        let file = fields.origin.file;
        let message = "the kustomization is empty: kustomize refuses it";
        return Err(Refusal::new(Location::Bytes(file, Span::default()), message)
            .help("list what it consists of under `resources`, or remove the file"));
    }
    let place = |key: &str| fields.get(key).map_or(&fields.origin, |value| &value.origin);
    let kind = match fields.text("kind") {
        "" => "Kustomization",
        kind => kind,
    };
    if !["Kustomization", "Component"].contains(&kind) {
        return Err(Refusal::at(place("kind"), format!("`{kind}` is not a kind of kustomization"))
            .help("write `kind: Kustomization` or `kind: Component`"));
    }
    let version = if kind == "Component" { COMPONENT_VERSION } else { VERSION };
    if !["", version].contains(&fields.text("apiVersion")) {
        let message = format!("kustomize refuses this `apiVersion` for a {kind}");
        return Err(Refusal::at(place("apiVersion"), message).help(format!("write `apiVersion: {version}`")));
    }
    Ok(())
}

/// Whether it says nothing: an empty list counts, except under names that kustomize keeps for older files.
fn is_empty(fields: &Value) -> bool {
    fields.entries().iter().all(|(name, value)| match &value.content {
        Content::Null => true,
        Content::Text(text) => text.is_empty() || ["kind", "apiVersion"].contains(&name.as_str()),
        Content::List(items) => {
            items.is_empty() && ["bases", "imageTags", "helmChartInflationGenerator"].contains(&name.as_str())
        }
        _ => false,
    })
}

/// Whether a file with this name is a kustomization.
pub(super) fn is_kustomization(name: &str) -> bool {
    Path::new(name).file_name().is_some_and(|name| KUSTOMIZATION_NAMES.iter().any(|known| name == *known))
}
