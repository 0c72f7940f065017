//! Texts that are read as resources or patches: files, and values of a kustomization.

use super::context::Context;
use super::error::Result;
use super::object::Object;
use super::read::{self, Text};
use super::value::Value;
use crate::source::{FileId, Origin};
use crate::yaml::{self, FieldPath};

/// A text and where it is written.
#[derive(Clone, Debug)]
pub(super) struct Source {
    text: String,
    file: FileId,
    /// The value that holds it, where nothing inside it can be pointed at.
    holder: Option<Origin>,
}

impl Source {
    /// The text of a file.
    pub(super) fn of_file(file: FileId, context: &Context<'_, '_>) -> Self {
        Self { text: context.files.text(file).to_owned(), file, holder: None }
    }

    /// The text that is the value of a field.
    pub(super) fn of_value(value: &Value, context: &mut Context<'_, '_>) -> Self {
        match context.files.texts().sources.embed(&value.origin) {
            Some(file) => Self { text: context.files.text(file).to_owned(), file, holder: None },
            None => {
                Self { text: value.as_text().to_owned(), file: value.origin.file, holder: Some(value.origin.clone()) }
            }
        }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The objects of the text.
    pub(super) fn objects(&self, context: &mut Context<'_, '_>) -> Result<Vec<Object>> {
        let mut objects = read::objects(Text { file: self.file, text: &self.text }).map_err(|mut refusal| {
            if let Some(holder) = &self.holder {
                refusal.place = holder.clone().value().into();
            }
            refusal
        })?;
        let size: usize = objects.iter().map(|object| object.tree.len()).sum();
        let place = self.holder.clone().unwrap_or_else(|| self.root());
        context.spend(1 + size, &place)?;
        if let Some(holder) = &self.holder {
            for object in &mut objects {
                object.place = holder.clone();
                object.tree.relocate(holder);
            }
        }
        Ok(objects)
    }

    /// The value of its first document, by the rules of YAML 1.1; `None` where it is no YAML.
    pub(super) fn value(&self) -> Option<Value> {
        let root = self.root();
        for chunk in yaml::split(&self.text) {
            let document = yaml::parse(&self.text, chunk).ok()?;
            if let Some(node) = document.root() {
                let mut value = Value::read(node, Origin { document: chunk.index, ..root });
                if let Some(holder) = &self.holder {
                    value.relocate(holder);
                }
                return Some(value);
            }
        }
        Some(Value::null(self.holder.clone().unwrap_or(root)))
    }

    fn root(&self) -> Origin {
        Origin { file: self.file, document: 0, path: FieldPath::root() }
    }
}
