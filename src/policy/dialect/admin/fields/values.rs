//! Single values of `policy.networking.k8s.io`.

use crate::diagnostic::Severity;
use crate::schema::cidr;
use crate::schema::field::Field;
use crate::schema::report::{Flaw, Report};
use crate::schema::syntax::quote;
use crate::text::suggest::nearest;
use crate::yaml::Part;

pub(super) const CLUSTER_ACTIONS: &str = "write `action: Accept`, `Deny` or `Pass`";
pub(super) const ADMIN_ACTIONS: &str = "write `action: Allow`, `Deny` or `Pass`";
pub(super) const BASELINE_ACTIONS: &str = "write `action: Allow` or `Deny`";

/// `priority`, from 0 to 1000.
pub(super) fn priority(number: i64) -> Result<(), Flaw> {
    if (0..=1000).contains(&number) {
        return Ok(());
    }
    Err(Flaw::new(format!("`{number}` is not a priority"), "write a number from 0 (asked first) to 1000"))
}

/// The name of a rule, which is for logs: at most 100 characters.
pub(super) fn rule_name(text: &str) -> Result<(), Flaw> {
    let length = text.chars().count();
    if length <= 100 {
        return Ok(());
    }
    Err(Flaw::new(format!("the name of this rule has {length} characters"), "shorten it to at most 100 characters"))
}

/// An action of ClusterNetworkPolicy.
pub(super) fn cluster_action(text: &str) -> Result<(), Flaw> {
    let elsewhere = ("Allow", "write `Accept`: `Allow` is the action of AdminNetworkPolicy");
    action(text, &["Accept", "Deny", "Pass"], elsewhere, CLUSTER_ACTIONS)
}

/// An action of AdminNetworkPolicy.
pub(super) fn admin_action(text: &str) -> Result<(), Flaw> {
    let elsewhere = ("Accept", "write `Allow`: `Accept` is the action of ClusterNetworkPolicy");
    action(text, &["Allow", "Deny", "Pass"], elsewhere, ADMIN_ACTIONS)
}

/// An action of BaselineAdminNetworkPolicy, which has nothing to pass to.
pub(super) fn baseline_action(text: &str) -> Result<(), Flaw> {
    let elsewhere = match text {
        "Pass" => ("Pass", "write `Allow`: no tier comes after the baseline"),
        _ => ("Accept", "write `Allow`: `Accept` is the action of ClusterNetworkPolicy"),
    };
    action(text, &["Allow", "Deny"], elsewhere, BASELINE_ACTIONS)
}

/// `elsewhere` is an action of another kind, with what to write for it here.
fn action(text: &str, known: &[&str], elsewhere: (&str, &str), all: &str) -> Result<(), Flaw> {
    if known.contains(&text) {
        return Ok(());
    }
    let help = match nearest(text, known.iter().copied().chain([elsewhere.0])) {
        Some(meant) if meant == elsewhere.0 => elsewhere.1.to_owned(),
        Some(meant) => format!("write `{meant}`"),
        None => all.replace("action: ", ""),
    };
    Err(Flaw::new(format!("{} is not a value of `action`", quote(text)), help))
}

/// A block of `networks`, where bits behind the prefix are let pass: `isCIDR(self)`, at most 43 characters.
pub(super) fn network(text: &str) -> Result<(), Flaw> {
    const LONGEST: usize = 43;
    cidr::parse(text)?;
    if text.len() > LONGEST {
        return Err(Flaw::new(format!("{} is too long for a CIDR block", quote(text)), "write it in its short form"));
    }
    Ok(())
}

/// A block of `networks` without bits behind the prefix: `cidr(self) == cidr(self).masked()`.
pub(super) fn exact_network(text: &str) -> Result<(), Flaw> {
    network(text)?;
    let block = cidr::parse(text)?;
    if block.trunc() == block {
        return Ok(());
    }
    let single = ipnet::IpNet::from(block.addr());
    let help = format!("write `{}`, or `{single}` for the one address", block.trunc());
    Err(Flaw::new(format!("`{block}` has address bits after its prefix"), help))
}

/// Blocks with bits behind the prefix, which `v1alpha1` takes and ClusterNetworkPolicy refuses.
pub(super) fn host_bits(peer: &Field<'_, '_>, report: &mut Report<'_>) {
    let Some(networks) = peer.list("networks") else { return };
    for item in networks.items() {
        let Some(block) = item.node.as_str().and_then(|text| cidr::parse(text).ok()) else { continue };
        if let Err(flaw) = exact_network(&block.to_string()) {
            report.unchecked(&item, Part::Value, Severity::Warning, flaw);
        }
    }
}

/// A domain name of ClusterNetworkPolicy: `*.` or nothing, two labels or more, and a dot at the end where wanted.
pub(super) fn domain_name(text: &str) -> Result<(), Flaw> {
    domain(text, |first| first.is_ascii_alphanumeric())
}

/// A domain name of AdminNetworkPolicy, whose pattern says `A-z` and so takes `[`, `\`, `]`, `^`, `_` and a backtick
/// at the start of a label too.
pub(super) fn alpha_domain_name(text: &str) -> Result<(), Flaw> {
    domain(text, |first| first.is_ascii_digit() || (b'A'..=b'z').contains(&first))
}

fn domain(text: &str, is_first: fn(u8) -> bool) -> Result<(), Flaw> {
    let name = text.strip_prefix("*.").unwrap_or(text);
    let name = name.strip_suffix('.').unwrap_or(name);
    if name.contains('.') && name.split('.').all(|label| is_label(label.as_bytes(), is_first)) {
        return Ok(());
    }
    let help = match text.strip_prefix("*.") {
        _ if text.contains("://") || text.contains('/') => "write the host alone, without scheme and path",
        None if text.contains('*') => "write `*` only as the first label: `*.example.com`",
        _ => "write a name of two labels or more, such as `example.com` or `*.example.com`",
    };
    Err(Flaw::new(format!("{} is not a valid domain name", quote(text)), help))
}

fn is_label(label: &[u8], is_first: fn(u8) -> bool) -> bool {
    let Some((first, rest)) = label.split_first() else { return false };
    let is_inner = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    is_first(*first)
        && match rest.split_last() {
            Some((last, inner)) => last.is_ascii_alphanumeric() && inner.iter().all(is_inner),
            None => true,
        }
}
