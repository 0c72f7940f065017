//! ICMP types by name.

use crate::policy::dialect::cilium::icmp::{Family, number_of};
use crate::schema::field::Field;
use crate::schema::report::{Flaw, Report};
use crate::schema::syntax::quote;

/// "ICMP type not found": each family has names of its own.
pub(super) fn check(item: &Field<'_, '_>, report: &mut Report<'_>) {
    let Some(fields) = item.list("fields") else { return };
    for field in fields.items() {
        let Some((place, name)) = field.string("type") else { continue };
        let family = if field.text("family") == Some("IPv6") { Family::V6 } else { Family::V4 };
        if number_of(family, name).is_none() {
            let other = if family == Family::V4 { Family::V6 } else { Family::V4 };
            let help = match number_of(other, name) {
                Some(_) => format!("write `family: {}`, or the number of the type", other.name()),
                None => "write the number of the type".to_owned(),
            };
            report.rejected_by_agent(
                &place,
                Flaw::new(format!("{} is not an {} type", quote(name), family.protocol()), help),
            );
        }
    }
}
