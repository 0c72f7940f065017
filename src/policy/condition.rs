//! Boolean expressions over what selectors can ask of a pod.

use smol_str::SmolStr;

use crate::objects::Operator;

/// A boolean expression over the attributes of a pod.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Condition {
    /// One attribute is as asked for.
    Is(Attribute, Operator),
    /// All of them hold; of none, always.
    All(Vec<Self>),
    /// Any of them holds; of none, never.
    Any(Vec<Self>),
    /// It does not hold.
    Not(Box<Self>),
}

/// What a selector can ask of a pod.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Attribute {
    /// A label of the pod, by its key.
    Label(SmolStr),
    /// A label of its namespace, by its key. Its name is `kubernetes.io/metadata.name`
    /// ([`NAME_LABEL`](crate::objects::NAME_LABEL)).
    NamespaceLabel(SmolStr),
    /// The name of its ServiceAccount, which is `default` where the pod names none.
    ServiceAccountName,
    /// A label of its ServiceAccount, by its key.
    ServiceAccountLabel(SmolStr),
}

impl Condition {
    /// Visits each attribute with what is asked of it.
    pub fn visit(&self, visit: &mut impl FnMut(&Attribute, &Operator)) {
        match self {
            Self::Is(attribute, operator) => visit(attribute, operator),
            Self::All(several) | Self::Any(several) => several.iter().for_each(|it| it.visit(visit)),
            Self::Not(one) => one.visit(visit),
        }
    }
}
