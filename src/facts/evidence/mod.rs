//! What the input asks for: that somebody is set up to connect to something, and the place that says so.
//!
//! There is one record for every kind of evidence, and one list of them, in a fixed order: settings, metrics, routes,
//! what is open to the outside, calls of the API server and to it, members of a cluster, then what the configuration
//! and policies say. Rules look at single kinds; [`requests`] makes of all of them the connections that they ask for.

mod api_server;
mod ends;
mod expected;
mod explained;
mod forbidden;
mod hosts;
mod mentions;
mod outside;
mod parties;
mod policies;
mod ports;
mod reason;
mod replicas;
mod requests;
mod scraped;
mod service_names;
mod tiers;
mod views;
mod words;

use rayon::prelude::*;

use crate::analysis::{Analysis, ConfigMaps};
use crate::objects::WorkloadId;
use crate::source::Place;
pub(crate) use ends::{Asked, Block, Client, Target};
pub(crate) use explained::{Explained, Side};
pub(crate) use forbidden::Forbidden;
pub(crate) use parties::{Meant, Party, controllers, scrapers};
pub(crate) use policies::{is_dns, ports as rule_ports};
pub(crate) use reason::Reason;
pub(crate) use requests::{Doubt, Request, Requests, Unopened, Why, requests};
pub(crate) use views::{Mention, Scraped};

use mentions::Mentions;

/// That a connection is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Evidence<'m> {
    /// Who is to connect.
    pub(crate) client: Client,
    /// To what, on which ports.
    pub(crate) server: Target<'m>,
    /// What says so.
    pub(crate) reason: Reason<'m>,
    /// Where it says so.
    pub(crate) place: Place,
}

/// Which kinds of evidence are needed that cost much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Depth {
    /// Those that cost little.
    Objects,
    /// What workloads name in their settings as well: ConfigMaps are read for it.
    Settings,
    /// What settings name outside the cluster and what the configuration says as well: everything but policies.
    Intent,
    /// What policies say as well.
    All,
}

/// All evidence of a cluster, in order.
#[derive(Debug)]
pub(crate) struct AllEvidence<'m>(Vec<Evidence<'m>>);

impl<'m> AllEvidence<'m> {
    /// Looks for it.
    pub(crate) fn new(analysis: &'m Analysis, depth: Depth) -> Self {
        let mut found = Vec::new();
        if depth >= Depth::Settings {
            found.extend(settings(analysis, depth));
        }
        found.extend(scraped::scraped(analysis));
        found.extend(ends::backends(analysis));
        found.extend(ends::exposed(analysis));
        found.extend(ends::callbacks(analysis));
        found.extend(api_server::clients(analysis));
        found.extend(replicas::members(analysis));
        if depth >= Depth::Intent {
            found.extend(expected::expected(analysis));
            if depth == Depth::All {
                found.extend(policies::allowed(analysis));
            }
            let by_tiers = tiers::allowed(analysis, &found);
            found.extend(by_tiers);
        }
        Self(found)
    }

    /// The evidence without some of it.
    pub(crate) fn without(mut self, is_left_out: impl Fn(&Evidence<'m>) -> bool) -> Self {
        self.0.retain(|evidence| !is_left_out(evidence));
        self
    }

    /// Each piece of it, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Evidence<'m>> {
        self.0.iter()
    }
}

/// What workloads name in their settings, in the order of the workloads.
fn settings(analysis: &Analysis, depth: Depth) -> Vec<Evidence<'_>> {
    let config_maps = ConfigMaps::read(analysis);
    let mentions = Mentions::new(analysis, &config_maps);
    let first_beyond = outside::first_beyond(analysis, &config_maps);
    let workloads: Vec<_> = analysis.workloads().filter(|(_, workload)| !workload.host_network).collect();
    let of = |&(id, workload): &(WorkloadId, _)| {
        let mut found = mentions.of(id, workload);
        if depth >= Depth::Intent {
            found.extend(outside::of(analysis, (&config_maps, first_beyond), id, workload));
        }
        found
    };
    workloads.par_iter().flat_map_iter(of).collect()
}
