//! Which endpoints and sets the selectors of a policy mean, given where the policy is.
//!
//! Calico's data store puts the selectors of a policy together as texts, and parses the whole anew
//! (`libcalico-go/lib/backend/syncersv1/updateprocessors`). The same is done here, so that what follows from it is kept:
//! `all()` is replaced inside of quotes too, and a selector of blanks, which alone is `all()`, is no operand of `&&`.
//!
//! The whole is about labels that Calico gives to endpoints: a namespace's own begin with `pcns.`, those of a service
//! account with `pcsa.`, and `projectcalico.org/namespace` is on whatever is in a namespace.

use smol_str::format_smolstr;

use super::selector::{Expression, SyntaxError};
use super::written::{CalicoPolicy, Entity};

/// Before the keys of the labels that an endpoint has from its namespace.
pub const NAMESPACE_PREFIX: &str = "pcns.";
/// Before the keys of the labels that an endpoint has from its service account.
pub const SERVICE_ACCOUNT_PREFIX: &str = "pcsa.";
/// The label of the namespace that an endpoint or a set is in.
pub const NAMESPACE_LABEL: &str = "projectcalico.org/namespace";
/// The label of an endpoint's service account.
pub const SERVICE_ACCOUNT_LABEL: &str = "projectcalico.org/serviceaccount";

/// What one end of a rule selects by labels. All must hold; where nothing is selected at all, every address is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selected {
    /// Whether endpoints and sets must be in the policy's own namespace.
    pub own_namespace: bool,
    /// What they must match.
    pub by: Option<Expression>,
    /// What they must not match. Where nothing else is selected, that is what an address must not be of.
    pub except: Option<Expression>,
}

/// In place of what Calico puts there: that the namespace is the policy's own, which callers know without a text.
const OWN_NAMESPACE: &str = "all()";

/// What a policy is for; one of a namespace is for nothing beyond that.
///
/// # Errors
/// A selector that Calico's agent cannot read: it drops the whole policy.
pub fn subject(policy: &CalicoPolicy) -> Result<Expression, SyntaxError> {
    let mut whole = policy.subject.selector.to_string();
    if !policy.global {
        whole = append(whole, OWN_NAMESPACE);
    } else if !policy.subject.namespaces.is_empty() {
        whole = append(whole, &prefixed(&policy.subject.namespaces, NAMESPACE_PREFIX)?);
        whole = whole.replace("all()", &format!("has({NAMESPACE_LABEL})"));
    }
    if !policy.subject.service_accounts.is_empty() {
        whole = append(whole, &prefixed(&policy.subject.service_accounts, SERVICE_ACCOUNT_PREFIX)?);
        if policy.global {
            whole = whole.replace("all()", &format!("has({SERVICE_ACCOUNT_LABEL})"));
        }
    }
    Expression::parse(&whole)
}

/// What one end of a rule selects, of a policy of a namespace or of a global one.
///
/// # Errors
/// A selector that Calico's agent cannot read: it drops the whole policy.
pub fn selected(entity: &Entity, of_namespace: bool) -> Result<Selected, SyntaxError> {
    let namespaces = if !entity.namespaces.is_empty() {
        let text = prefixed(&entity.namespaces, NAMESPACE_PREFIX)?;
        let text = text.replace("all()", &format!("has({NAMESPACE_LABEL})"));
        Some(text.replace("global()", &format!("!has({NAMESPACE_LABEL})")))
    } else {
        of_namespace.then(|| OWN_NAMESPACE.to_owned())
    };
    let accounts = service_accounts(entity)?;
    let own = Some(entity.selector.to_string()).filter(|text| !text.is_empty());
    let labels = match (accounts, own) {
        (Some(accounts), Some(own)) => Some(format!("({accounts}) && ({own})")),
        (one, None) | (None, one) => one,
    };
    // Where nothing is selected, the policy's own namespace does not count.
    let is_limited = labels.is_some() || !entity.not_selector.is_empty() || !entity.namespaces.is_empty();
    let own_namespace = of_namespace && entity.namespaces.is_empty() && is_limited;
    let whole = match (namespaces.filter(|_| is_limited), labels) {
        (Some(namespaces), Some(labels)) => Some(format!("({namespaces}) && ({labels})")),
        (Some(_), None) if own_namespace => None,
        (one, None) | (None, one) => one,
    };
    let except = Some(entity.not_selector.as_str()).filter(|text| !text.is_empty());
    Ok(Selected {
        own_namespace,
        by: whole.as_deref().map(Expression::parse).transpose()?,
        except: except.map(Expression::parse).transpose()?,
    })
}

/// The service accounts of an entity as a selector, if it names any.
fn service_accounts(entity: &Entity) -> Result<Option<String>, SyntaxError> {
    let selector = match entity.service_accounts.as_str() {
        "" => None,
        text => Some(prefixed(text, SERVICE_ACCOUNT_PREFIX)?),
    };
    if entity.service_account_names.is_empty() {
        return Ok(selector);
    }
    let names: Vec<String> = entity.service_account_names.iter().map(|name| format!("'{name}'")).collect();
    let named = Expression::parse(&format!("{SERVICE_ACCOUNT_LABEL} in {{{}}}", names.join(", ")))?.to_string();
    Ok(Some(match selector {
        Some(selector) => format!("({selector}) && ({named})"),
        None => named,
    }))
}

/// A selector about the labels of something else, as one about those that an endpoint has from it.
fn prefixed(text: &str, prefix: &str) -> Result<String, SyntaxError> {
    let expression = Expression::parse(text)?;
    Ok(expression.with_keys(|key| format_smolstr!("{prefix}{key}")).to_string())
}

fn append(whole: String, more: &str) -> String {
    if whole.is_empty() { more.to_owned() } else { format!("({whole}) && {more}") }
}
