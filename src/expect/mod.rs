//! Expected connections: what the configuration claims, held against what the policies permit.
//!
//! A claim that names several ends is about every pair of them. That something is allowed needs every pair to be, and
//! that it is denied needs no pair to be; `only` needs that nobody else is, known to the input or not.

mod only;

use std::cmp::Reverse;

use crate::analysis::Analysis;
use crate::config::{Claim, Expectation};
use crate::diagnostic::{self, Draft, Severity};
use crate::endpoint::{End, EndpointError, Resolver};
use crate::query::{Answer, Pair, Verdict, ask_by};
use crate::source::{FileId, Location, Origin, Place, Position};
use crate::text::phrase;

/// The most pairs that are kept of those that contradict an expectation.
pub const MOST_CONTRARY: usize = 100;

/// The most pairs that all expectations together may be about in one cluster.
const MAX_PAIRS_OF_ALL: usize = 1_000_000;

/// An expectation and what became of it.
#[derive(Debug)]
pub struct Checked<'m> {
    /// The cluster.
    pub analysis: &'m Analysis,
    /// The expectation.
    pub expectation: &'m Expectation,
    /// What became of it.
    pub outcome: Outcome<'m>,
}

/// What became of an expectation.
#[derive(Debug)]
pub enum Outcome<'m> {
    /// It is met. What the reader should know about that, one line each.
    Met(Vec<String>),
    /// It is not.
    Failed {
        /// The pairs that contradict it, at most [`MOST_CONTRARY`].
        contrary: Box<Answer<'m>>,
        /// How many there are.
        count: usize,
        /// Whether they are all that it is about.
        entirely: bool,
        /// Whether any of them contradicts it whatever the input does not show.
        certain: bool,
    },
    /// It names something that is not there.
    Unclear {
        /// Where.
        place: Place,
        /// What is wrong, and what to write.
        error: EndpointError,
    },
}

/// Checks every expectation of the configuration in every cluster that has what it names, in its order.
#[must_use]
pub fn check(models: &[Analysis]) -> Vec<Checked<'_>> {
    let mut checked: Vec<_> = models.iter().map(|analysis| check_one(analysis).into_iter()).collect();
    let mut results = Vec::new();
    loop {
        // One expectation, in all clusters.
        let mut row: Vec<Checked<'_>> = checked.iter_mut().filter_map(Iterator::next).collect();
        if row.is_empty() {
            return results;
        }
        if row.iter().all(Checked::is_unclear) {
            // Where most of it is found, the reason says most.
            let best = (0..row.len()).max_by_key(|&place| (row.get(place).map(Checked::resolved), Reverse(place)));
            row = best.map(|best| row.swap_remove(best)).into_iter().collect();
        } else {
            row.retain(|it| !it.is_unclear());
        }
        results.extend(row);
    }
}

/// Checks every expectation of the configuration in one cluster.
#[must_use]
pub fn check_one(analysis: &Analysis) -> Vec<Checked<'_>> {
    let (mut pairs, resolver) = (0_usize, analysis.resolver());
    let check = |expectation| {
        match size(analysis, &resolver, expectation) {
            Ok(size) => pairs = pairs.saturating_add(size),
            // To look for what was meant takes long enough once.
            Err((origin, error)) => {
                let outcome = Outcome::Unclear { place: origin.value(), error };
                return Checked { analysis, expectation, outcome };
            }
        }
        if pairs <= MAX_PAIRS_OF_ALL {
            check_by(analysis, &resolver, expectation)
        } else {
            too_many(analysis, expectation)
        }
    };
    analysis.config().expectations.iter().map(check).collect()
}

/// An expectation beyond what all of them may be about.
fn too_many<'m>(analysis: &'m Analysis, expectation: &'m Expectation) -> Checked<'m> {
    let error = EndpointError {
        message: format!("the expectations up to this one are about more than {MAX_PAIRS_OF_ALL} pairs"),
        help: "name fewer ends: a workload, or the Service in front of several".to_owned(),
    };
    let outcome = Outcome::Unclear { place: expectation.origin.key("to").value(), error };
    Checked { analysis, expectation, outcome }
}

/// How many pairs an expectation is about, at most; what is wrong and where, where it names what is not there.
fn size(
    analysis: &Analysis,
    resolver: &Resolver<'_>,
    expectation: &Expectation,
) -> Result<usize, (Origin, EndpointError)> {
    let origin = &expectation.origin;
    let sources = match &expectation.claim {
        Claim::Allowed { from, .. } => resolver.source(from).map_err(|error| (origin.key("from"), error))?.ends.len(),
        Claim::Only(_) => analysis.cluster().workloads.len() + 1,
    };
    let found = resolver.destination(&expectation.to).map_err(|error| (origin.key("to"), error))?;
    Ok(sources.saturating_mul(found.ends.len()))
}

/// Checks an expectation that need not be one of the configuration.
pub(crate) fn check_this<'m>(analysis: &'m Analysis, expectation: &'m Expectation) -> Checked<'m> {
    check_by(analysis, &analysis.resolver(), expectation)
}

fn check_by<'m>(analysis: &'m Analysis, resolver: &Resolver<'m>, expectation: &'m Expectation) -> Checked<'m> {
    Checked { analysis, expectation, outcome: outcome(analysis, resolver, expectation) }
}

fn outcome<'m>(analysis: &'m Analysis, resolver: &Resolver<'m>, expectation: &Expectation) -> Outcome<'m> {
    let origin = &expectation.origin;
    let judged = match &expectation.claim {
        Claim::Allowed { from, allow } => ask_by(analysis, resolver, from, &expectation.to)
            .map(|answer| pair_outcome(answer, *allow))
            .map_err(|error| {
                let is_source = resolver.source(from).is_err();
                (origin.key(if is_source { "from" } else { "to" }), error)
            }),
        Claim::Only(sources) => only::outcome(analysis, expectation, sources),
    };
    judged.unwrap_or_else(|(origin, error): (Origin, EndpointError)| Outcome::Unclear { place: origin.value(), error })
}

fn pair_outcome(answer: Answer<'_>, allow: bool) -> Outcome<'_> {
    let wanted = if allow { Verdict::Allowed } else { Verdict::Denied };
    if answer.verdict() == wanted {
        return Outcome::Met(answer.notes);
    }
    let entirely = answer.verdict() != Verdict::Mixed;
    failed(answer.only_pairs(|pair| pair.is_allowed() != allow), entirely)
}

fn failed(mut contrary: Answer<'_>, entirely: bool) -> Outcome<'_> {
    let certain = contrary.pairs.iter().any(|pair| contrary.is_certain(pair));
    let count = contrary.pairs.len();
    contrary.pairs.truncate(MOST_CONTRARY);
    contrary.pairs.shrink_to_fit();
    Outcome::Failed { contrary: Box::new(contrary), count, entirely, certain }
}

impl Checked<'_> {
    /// Whether it is met.
    #[must_use]
    pub fn is_met(&self) -> bool {
        matches!(self.outcome, Outcome::Met(_))
    }

    /// Whether it names something that the cluster does not have.
    #[must_use]
    pub fn is_unclear(&self) -> bool {
        matches!(self.outcome, Outcome::Unclear { .. })
    }

    /// The name of the cluster, where the input holds several of them and the outcome is about this one.
    #[must_use]
    pub fn cluster(&self) -> Option<&str> {
        self.analysis.name().filter(|_| self.analysis.is_one_of_several() && !self.is_unclear())
    }

    /// What is expected, in one line.
    pub(crate) fn title(&self) -> String {
        let cluster = self.cluster().map(|name| format!(" (cluster `{name}`)")).unwrap_or_default();
        self.expectation.statement() + &cluster
    }

    /// Why it is not met, in one line; `None` where it is.
    #[must_use]
    pub fn failure(&self) -> Option<String> {
        let (contrary, count, entirely, certain) = match &self.outcome {
            Outcome::Met(_) => return None,
            Outcome::Unclear { error, .. } => return Some(error.message.clone()),
            Outcome::Failed { contrary, count, entirely, certain } => (contrary, *count, *entirely, *certain),
        };
        let expected = self.expectation.expected();
        if !certain {
            return Some(format!("expected {expected}, but that depends on what the input does not show"));
        }
        let end = |end: &End| contrary.names().end(end);
        let pair = |pair: &Pair| format!("{} -> {}", end(&pair.from), end(&pair.to));
        let pairs = || phrase::list_of(contrary.pairs.iter().map(pair), count);
        let but = match (&self.expectation.claim, contrary.pairs.as_slice()) {
            (Claim::Only(_), pairs) => {
                let mut sources: Vec<String> = pairs.iter().map(|pair| end(&pair.from)).collect();
                sources.dedup();
                // Of what is not kept, nobody knows how many sources there are.
                let others = if count > pairs.len() { ", among others," } else { "" };
                format!("{}{others} may", phrase::list(sources))
            }
            (Claim::Allowed { allow: true, .. }, [pair]) if entirely => denial(contrary, pair),
            (Claim::Allowed { allow: false, .. }, [pair]) if entirely => format!("it may on {}", pair.ports),
            (Claim::Allowed { allow: true, .. }, [_]) => format!("{} is denied", pairs()),
            (Claim::Allowed { allow: true, .. }, _) => format!("{} are denied", pairs()),
            (Claim::Allowed { allow: false, .. }, [_]) => format!("{} is allowed", pairs()),
            (Claim::Allowed { allow: false, .. }, _) => format!("{} are allowed", pairs()),
        };
        Some(format!("expected {expected}, but {but}"))
    }

    /// What to do about it, where something general can be said.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match (&self.outcome, &self.expectation.claim) {
            (Outcome::Met(_), _) => None,
            (Outcome::Unclear { error, .. }, _) => Some(error.help.clone()),
            (_, Claim::Allowed { allow: true, .. }) => {
                Some("open what blocks it, or correct the expectation".to_owned())
            }
            _ => Some("close what admits it, or correct the expectation".to_owned()),
        }
    }

    /// What the reader should know to judge the outcome. One line each.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        match &self.outcome {
            Outcome::Met(notes) => notes,
            Outcome::Failed { contrary, .. } => &contrary.notes,
            Outcome::Unclear { .. } => &[],
        }
    }

    /// What a rule is to report of it; `None` where it is met.
    #[must_use]
    pub fn draft(&self, rule: &'static str) -> Option<Draft> {
        let mut draft = Draft::new(rule, self.place(), self.failure()?);
        draft.help = self.help();
        draft.key = self.expectation.key();
        if let Outcome::Failed { contrary, certain, .. } = &self.outcome {
            if !certain {
                draft.severity(Severity::Note);
            }
            for (place, words) in contrary.pairs.first().into_iter().flat_map(|pair| causes(contrary, pair)) {
                draft.because(place, words);
            }
        }
        Some(draft)
    }

    /// Line and column of its place.
    pub(crate) fn position(&self) -> Position {
        let label = diagnostic::labels(vec![(self.place().into(), String::new())], self.analysis.sources());
        let start = label.first().map_or(0, |label| label.span.start);
        self.analysis.sources().position(FileId::CONFIGURATION, start)
    }

    /// How many of its ends are found.
    fn resolved(&self) -> usize {
        let resolver = self.analysis.resolver();
        let sources: &[String] = match &self.expectation.claim {
            Claim::Allowed { from, .. } => std::slice::from_ref(from),
            Claim::Only(sources) => sources,
        };
        let found = sources.iter().filter(|source| resolver.source(source).is_ok()).count();
        found + usize::from(resolver.destination(&self.expectation.to).is_ok())
    }

    /// Where the expectation is, or the part of it that names nothing.
    #[must_use]
    pub fn place(&self) -> Place {
        match &self.outcome {
            Outcome::Unclear { place, .. } => place.clone(),
            _ => self.expectation.origin.clone().value(),
        }
    }
}

/// The lines that make the verdict on a pair: those of the sides that deny it, or of both.
fn causes(answer: &Answer<'_>, pair: &Pair) -> Vec<(Location, String)> {
    let sides = answer.explain(pair);
    let denied = sides.iter().any(|side| !side.allows());
    sides.into_iter().filter(|side| !(denied && side.allows())).flat_map(|side| side.shown).collect()
}

/// Which side of a connection denies it.
fn denial(answer: &Answer<'_>, pair: &Pair) -> String {
    let [egress, ingress] = answer.explain(pair);
    match (egress.allows(), ingress.allows()) {
        (false, true) => "egress denies it".to_owned(),
        (true, false) => "ingress denies it".to_owned(),
        (false, false) => "egress and ingress deny it".to_owned(),
        (true, true) => "its two sides have no port in common".to_owned(),
    }
}
