//! What several rules ask, worked out once for all of them.

use std::sync::OnceLock;
use std::thread;

use super::isolation::Defeat;
use super::metrics::Metrics;
use super::peers::PeerAt;
use super::ports::PortAt;
use super::reachability::openings::Openings;
use super::reachability::unreachable_service;

/// Answers that are there once some rule has asked.
#[derive(Default)]
pub(super) struct Shared<'m> {
    pub(super) peers: OnceLock<Vec<PeerAt<'m>>>,
    pub(super) metrics: OnceLock<Metrics>,
    pub(super) defeats: OnceLock<Vec<Defeat>>,
    pub(super) openings: OnceLock<Openings>,
    pub(super) unreachable: OnceLock<unreachable_service::Findings<'m>>,
    pub(super) ports: OnceLock<Vec<PortAt<'m>>>,
}

/// Shorter lists are not worth another thread.
const WORTH_A_THREAD: usize = 1_000;

/// What is made of a long list, part by part on all cores, in its order. Not in rayon's pool, for the reason that
/// [`run`](super::run) gives.
pub(super) fn on_all_cores<T: Sync, Made: Send>(list: &[T], make: impl Fn(&[T]) -> Vec<Made> + Sync) -> Vec<Made> {
    if list.len() < WORTH_A_THREAD {
        return make(list);
    }
    let mut parts = list.chunks(list.len().div_ceil(rayon::current_num_threads()));
    thread::scope(|scope| {
        let first = parts.next().unwrap_or_default();
        let others: Vec<_> = parts.map(|part| scope.spawn(|| make(part))).collect();
        let mut made = make(first);
        for other in others {
            made.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        made
    })
}
