//! Addresses and groups of them.

use serde_json::{Value, json};

use super::Expected::{Allowed, Denied};
use super::{CNP, OUT, Vector, for_all, tcp, vector};
use crate::cilium::world::{Group, World};

pub(super) fn cases() -> Vec<Vector> {
    let small = World::small;
    let egress = |entry: Value| for_all(json!({"egress": [entry]}));
    let everywhere = || egress(json!({"toCIDR": ["0.0.0.0/0"]}));
    let mut nodes = small();
    nodes.settings.blocks_match_nodes = true;
    let mut pods = small();
    pods.settings.blocks_match_pods = true;
    let mut groups = small();
    for (name, site, block) in [("office", "north", "192.0.2.0/24"), ("lab", "south", "198.51.100.0/24")] {
        let labels = vec![("site".to_owned(), site.to_owned())];
        groups.groups.push(Group { name: name.to_owned(), labels, blocks: vec![block] });
    }
    let set = |set: Value| egress(json!({"toCIDRSet": [set]}));
    vec![
        vector(
            "blocks match neither pods nor nodes",
            small().with(CNP, everywhere()),
            &[
                (OUT, "web", "1.1.1.1", tcp(443), Allowed),
                (OUT, "web", "db", tcp(80), Denied),
                (OUT, "web", "n2", tcp(80), Denied),
                (OUT, "web", "2606::1", tcp(443), Denied),
            ],
        ),
        vector(
            "blocks match nodes where they are to",
            nodes.with(CNP, everywhere()),
            &[(OUT, "web", "n2", tcp(80), Allowed), (OUT, "web", "db", tcp(80), Denied)],
        ),
        vector(
            "blocks match pods where they are to",
            pods.with(CNP, everywhere()),
            &[(OUT, "web", "db", tcp(80), Allowed), (OUT, "web", "n2", tcp(80), Denied)],
        ),
        vector(
            "exceptions are left out",
            small().with(CNP, set(json!({"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}))),
            &[(OUT, "web", "10.2.0.1", tcp(443), Allowed), (OUT, "web", "10.1.0.1", tcp(443), Denied)],
        ),
        vector(
            "a group by its name",
            groups.clone().with(CNP, set(json!({"cidrGroupRef": "office", "except": ["192.0.2.7/32"]}))),
            &[
                (OUT, "web", "192.0.2.1", tcp(443), Allowed),
                (OUT, "web", "192.0.2.7", tcp(443), Denied),
                (OUT, "web", "198.51.100.1", tcp(443), Denied),
            ],
        ),
        vector(
            "a group that is missing",
            groups.clone().with(CNP, set(json!({"cidrGroupRef": "nowhere"}))),
            &[(OUT, "web", "192.0.2.1", tcp(443), Denied)],
        ),
        vector(
            "groups by their labels",
            groups.clone().with(CNP, set(json!({"cidrGroupSelector": {"matchLabels": {"site": "south"}}}))),
            &[(OUT, "web", "198.51.100.1", tcp(443), Allowed), (OUT, "web", "192.0.2.1", tcp(443), Denied)],
        ),
        vector(
            "groups that are only excluded leave the whole world",
            {
                let expression = json!({"key": "site", "operator": "NotIn", "values": ["south"]});
                groups.with(CNP, set(json!({"cidrGroupSelector": {"matchExpressions": [expression]}})))
            },
            &[
                (OUT, "web", "1.1.1.1", tcp(443), Allowed),
                (OUT, "web", "192.0.2.1", tcp(443), Allowed),
                (OUT, "web", "198.51.100.1", tcp(443), Denied),
                (OUT, "web", "db", tcp(443), Denied),
            ],
        ),
    ]
}
