//! What a rule says before anyone asks whether another rule says it better.

use std::collections::HashSet;

use super::Cause;
use crate::diagnostic::Draft;

/// The causes of a claim, and its explanations, that no other rule covers.
pub(crate) type Left = HashSet<Cause>;

/// What becomes of a claim: the drafts for what is left to it.
type Compose<'m> = Box<dyn FnOnce(&Left) -> Vec<Draft> + Send + 'm>;

/// Something that a rule found. A claim with several causes becomes findings only for those causes that are left to
/// it, so that precedence comes before aggregation.
pub struct Claim<'m> {
    /// The rule's name.
    pub rule: &'static str,
    /// What it is about, each cause by itself. Nothing yields to a claim without causes, and it yields to nothing.
    pub causes: Vec<Cause>,
    /// What it may only be a consequence of: where another rule is about that, this claim may have nothing to add.
    /// Nothing yields to it for their sake.
    explanations: Vec<Cause>,
    content: Content<'m>,
}

enum Content<'m> {
    /// One finding, whatever its cause.
    Draft(Box<Draft>),
    /// Made of the causes that are left.
    Composed(Compose<'m>),
}

impl<'m> Claim<'m> {
    /// A finding that nothing takes precedence over.
    pub(crate) fn certain(draft: Draft) -> Self {
        let rule = draft.rule;
        Self { rule, causes: Vec::new(), explanations: Vec::new(), content: Content::Draft(Box::new(draft)) }
    }

    /// A finding with one cause.
    pub(crate) fn new(cause: Cause, draft: Draft) -> Self {
        Self { causes: vec![cause], ..Self::certain(draft) }
    }

    /// A claim about several causes, which becomes findings once it is known which of them are left to it. `compose`
    /// is not called where none is.
    pub(crate) fn composed(
        rule: &'static str,
        causes: Vec<Cause>,
        compose: impl FnOnce(&Left) -> Vec<Draft> + Send + 'm,
    ) -> Self {
        Self { rule, causes, explanations: Vec::new(), content: Content::Composed(Box::new(compose)) }
    }

    /// The claim with what it may only be a consequence of: what is left of that, `compose` is told as well.
    pub(crate) fn explained_by(self, explanations: Vec<Cause>) -> Self {
        Self { explanations, ..self }
    }

    /// Its drafts, where only some of its causes are left to it.
    #[must_use]
    pub fn into_drafts(self, is_left: impl Fn(&Cause) -> bool) -> Vec<Draft> {
        let had_causes = !self.causes.is_empty();
        let mut left: Left = self.causes.into_iter().filter(&is_left).collect();
        if had_causes && left.is_empty() {
            return Vec::new();
        }
        match self.content {
            Content::Draft(draft) => vec![*draft],
            Content::Composed(compose) => {
                left.extend(self.explanations.into_iter().filter(is_left));
                compose(&left)
            }
        }
    }
}
