//! What the JSON Schema of netlint.yaml says beyond the structs that read it.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use super::level::Level;
use crate::catalogue;

/// Where the schema can be read on the web.
pub const SCHEMA_URL: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/raw/main/netlint.schema.json");

/// The name of a rule.
pub(super) fn rule(_: &mut SchemaGenerator) -> Schema {
    let names: Vec<&str> = catalogue::rules().iter().map(|rule| rule.name).collect();
    json_schema!({"type": "string", "enum": names})
}

/// The name of a rule, or several.
pub(super) fn one_rule_or_several(generator: &mut SchemaGenerator) -> Schema {
    let rule = rule(generator);
    json_schema!({"anyOf": [rule, {"type": "array", "items": rule, "minItems": 1}]})
}

/// A day of the calendar.
pub(super) fn day(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": ["string", "null"], "format": "date"})
}

/// A level for each rule.
pub(super) fn levels(generator: &mut SchemaGenerator) -> Schema {
    let level = generator.subschema_for::<Level>();
    let of = |rule: &catalogue::RuleInfo| {
        (rule.name.to_owned(), json!({"description": format!("{}.", rule.summary), "allOf": [level]}))
    };
    let properties: serde_json::Map<String, Value> = catalogue::rules().iter().map(of).collect();
    json_schema!({"type": "object", "properties": properties, "additionalProperties": false})
}

/// An expectation has `from` and `allow`, or `only`.
pub(super) fn one_claim(schema: &mut Schema) {
    let claims = json!([
        {"required": ["from", "allow"], "not": {"required": ["only"]}},
        {"required": ["only"], "properties": {"from": false, "allow": false}},
    ]);
    schema.insert("oneOf".to_owned(), claims);
}

/// A key with nothing behind it is as good as none.
pub(super) fn keys_without_value(schema: &mut Schema) {
    let Some(Value::Object(properties)) = schema.get_mut("properties") else { return };
    for property in properties.values_mut().filter_map(Value::as_object_mut) {
        match property.get("type") {
            Some(Value::String(one)) => {
                let both = json!([one, "null"]);
                property.insert("type".to_owned(), both);
            }
            Some(_) => {}
            None => {
                let description = property.remove("description");
                let own = Value::Object(std::mem::take(property));
                property.insert("anyOf".to_owned(), json!([own, {"type": "null"}]));
                property.extend(description.map(|description| ("description".to_owned(), description)));
            }
        }
    }
}
