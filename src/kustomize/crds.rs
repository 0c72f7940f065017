//! `crds`: OpenAPI definitions whose extensions say which fields of custom resources hold names and labels.

use super::config::{Config, Reference};
use super::error::{Refusal, Result};
use super::field_spec::{Conflict, FieldSpec, merge};
use super::object::Gvk;
use super::value::{Content, Value};

/// How deep definitions may lie in one another.
const DEEPEST: usize = 32;

/// What a file of definitions adds to the fields of transformers. `entry` names the file.
pub(super) fn config(definitions: &Value, entry: &Value) -> Result<Config> {
    let is_definition = |value: &Value| matches!(value.content, Content::Map(_) | Content::Null);
    if !matches!(definitions.content, Content::Map(_)) || !definitions.entries().iter().all(|(_, it)| is_definition(it))
    {
        return Err(Refusal::at(&entry.origin, "kustomize cannot read this file under `crds`")
            .help("`crds` wants OpenAPI definitions; list a CustomResourceDefinition under `resources`"));
    }
    let mut config = Config::default();
    for (name, definition) in definitions.entries() {
        let is_kind = ["kind", "apiVersion", "metadata"].iter().all(|key| property(definition, key));
        if is_kind {
            let kind = name.rsplit('.').next().unwrap_or_default();
            let mut reader = Reader { definitions, config: &mut config, kind };
            reader.read(name, &mut Vec::new()).map_err(|problem| match problem {
                Problem::Conflict => Refusal::at(&entry.origin, "a field of these definitions contradicts another one"),
                Problem::Endless => Refusal::at(&entry.origin, "these definitions refer to one another in a circle"),
            })?;
        }
    }
    Ok(config)
}

enum Problem {
    Conflict,
    Endless,
}

impl From<Conflict> for Problem {
    fn from(_: Conflict) -> Self {
        Self::Conflict
    }
}

fn schema(definition: &Value) -> Option<&Value> {
    definition.entries().iter().find(|(key, _)| key.eq_ignore_ascii_case("schema")).map(|(_, schema)| schema)
}

fn property(definition: &Value, key: &str) -> bool {
    let properties = schema(definition).and_then(|schema| schema.get("properties"));
    properties.is_some_and(|properties| properties.entries().iter().any(|(name, _)| name == key))
}

struct Reader<'r> {
    definitions: &'r Value,
    config: &'r mut Config,
    kind: &'r str,
}

impl Reader<'_> {
    fn read(&mut self, name: &str, path: &mut Vec<String>) -> std::result::Result<(), Problem> {
        if path.len() > DEEPEST {
            return Err(Problem::Endless);
        }
        let definitions = self.definitions;
        let definition = definitions.entries().iter().find(|(own, _)| own == name).map(|(_, value)| value);
        let properties = definition.and_then(schema).and_then(|schema| schema.get("properties"));
        for (name, property) in properties.map(Value::entries).unwrap_or_default() {
            path.push(name.to_string());
            let has = |key: &str| property.get(key).is_some_and(|value| matches!(value.content, Content::Text(_)));
            if has("x-kubernetes-annotation") {
                let field = self.field(path);
                merge(&mut self.config.annotations, [field])?;
            }
            if has("x-kubernetes-label-selector") {
                let field = self.field(path);
                merge(&mut self.config.common_labels, [field])?;
            }
            if has("x-kubernetes-identity") {
                let field = self.field(path);
                merge(&mut self.config.name_prefix, [field])?;
            }
            if has("x-kubernetes-object-ref-api-version") && has("x-kubernetes-object-ref-kind") {
                let key = property.text("x-kubernetes-object-ref-name-key");
                path.push(if key.is_empty() { "name" } else { key }.to_owned());
                let target = Gvk {
                    group: "".into(),
                    version: property.text("x-kubernetes-object-ref-api-version").into(),
                    kind: property.text("x-kubernetes-object-ref-kind").into(),
                };
                let reference = Reference { target, referrers: vec![self.field(path)] };
                self.config.merge_reference(&reference)?;
                path.pop();
            }
            let reference = property.text("$ref");
            if !reference.is_empty() {
                self.read(reference, path)?;
            }
            path.pop();
        }
        Ok(())
    }

    fn field(&self, path: &[String]) -> FieldSpec {
        let gvk = Gvk { group: "".into(), version: "".into(), kind: self.kind.into() };
        FieldSpec { gvk, path: path.join("/"), create: false }
    }
}
