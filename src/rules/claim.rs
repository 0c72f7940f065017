//! What a rule says before anybody asks whether another rule says it better.

use super::Cause;
use crate::diagnostic::Draft;

/// What becomes of a claim: the drafts for those of its causes that no other rule covers.
type Compose<'m> = Box<dyn FnOnce(&[Cause]) -> Vec<Draft> + Send + 'm>;

/// Something that a rule found. A claim with several causes becomes findings only for those causes that are left to
/// it, so that precedence comes before aggregation.
pub struct Claim<'m> {
    /// The rule's name.
    pub rule: &'static str,
    /// What it is about, each cause by itself. Nothing yields to a claim without causes, and it yields to nothing.
    pub causes: Vec<Cause>,
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
        Self { rule: draft.rule, causes: Vec::new(), content: Content::Draft(Box::new(draft)) }
    }

    /// A finding with one cause.
    pub(crate) fn new(cause: Cause, draft: Draft) -> Self {
        Self { causes: vec![cause], ..Self::certain(draft) }
    }

    /// A claim about several causes, which becomes findings once it is known which of them are left to it, in the
    /// order given. `compose` is not called where none is.
    pub(crate) fn composed(
        rule: &'static str,
        causes: Vec<Cause>,
        compose: impl FnOnce(&[Cause]) -> Vec<Draft> + Send + 'm,
    ) -> Self {
        Self { rule, causes, content: Content::Composed(Box::new(compose)) }
    }

    /// Its drafts, where only some of its causes are left to it.
    #[must_use]
    pub fn into_drafts(self, is_left: impl Fn(&Cause) -> bool) -> Vec<Draft> {
        let had_causes = !self.causes.is_empty();
        let mut left = self.causes;
        left.retain(is_left);
        if had_causes && left.is_empty() {
            return Vec::new();
        }
        match self.content {
            Content::Draft(draft) => vec![*draft],
            Content::Composed(compose) => compose(&left),
        }
    }
}
