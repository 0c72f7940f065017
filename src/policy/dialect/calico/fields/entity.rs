//! `source` and `destination` of a rule.

use super::syntax::{
    excluded_network, network, optional_name, port, selector, selector_of_endpoints, selector_of_namespaces,
};
use super::{dropped, is_global, limit, not_blank};
use crate::schema::field::Field;
use crate::schema::report::{Flaw, Report};
use crate::schema::syntax::port_number;
use crate::schema::table::{STRINGS, Schema, Type};

pub(super) static ENTITY: Schema = Schema::new(
    "org.projectcalico.v3.EntityRule",
    &[
        ("namespaceSelector", Type::Str(selector_of_namespaces)),
        ("nets", Type::List(&Type::Str(network))),
        ("notNets", Type::List(&Type::Str(excluded_network))),
        ("notPorts", Type::List(&PORT)),
        ("notSelector", Type::Str(selector)),
        ("ports", Type::List(&PORT)),
        ("selector", Type::Str(selector_of_endpoints)),
        ("serviceAccounts", Type::Map(&SERVICE_ACCOUNTS)),
        ("services", Type::Map(&SERVICES)),
    ],
)
.checked_by(entity)
.explained_by(dropped::from_entity);

const PORT: Type = Type::IntOrStr(port_number, port);

static SERVICE_ACCOUNTS: Schema =
    Schema::new("org.projectcalico.v3.ServiceAccountMatch", &[("names", STRINGS), ("selector", Type::Str(selector))]);

static SERVICES: Schema = Schema::new(
    "org.projectcalico.v3.ServiceMatch",
    &[("name", Type::Str(optional_name)), ("namespace", Type::Str(optional_name))],
);

fn entity(field: &Field<'_, '_>, report: &mut Report<'_>) {
    for key in ["nets", "notNets"] {
        limit(field, key, 256, report);
    }
    for key in ["ports", "notPorts"] {
        limit(field, key, 50, report);
    }
    if !is_global(field)
        && let Some(selector) = field.get("selector")
    {
        not_blank(&selector, report);
    }
    if let Some(services) = field.get("services").map(|services| services.with(&SERVICES)) {
        services_stand_alone(field, &services, report);
    }
}

/// "must specify a service name", and "cannot specify … and Services on the same rule".
fn services_stand_alone(field: &Field<'_, '_>, services: &Field<'_, '_>, report: &mut Report<'_>) {
    if services.lacks("name") {
        let help = "write the Service's name: `services: {name: web, namespace: shop}`";
        report.missing(services, "name", Flaw::new("`services` names no Service", help));
    }
    for key in ["selector", "notSelector", "namespaceSelector", "serviceAccounts", "nets", "notNets"] {
        let Some(other) = field.get(key).filter(|_| !field.lacks(key)) else { continue };
        if matches!(key, "nets" | "notNets") && other.node.items().next().is_none() {
            continue;
        }
        let message = format!("`{key}` cannot be combined with `services`");
        report.invalid_key(&other, Flaw::new(message, "make them two rules"));
    }
}
