//! What isolates.

use serde_json::json;

use super::Expected::{Allowed, Denied};
use super::{CNP, IN, OUT, PING, Vector, for_all, tcp, vector};
use crate::cilium::world::World;

pub(super) fn cases() -> Vec<Vector> {
    let small = World::small;
    let world_denied = json!({"ingressDeny": [{"fromEntities": ["world"]}]});
    vec![
        vector(
            "an empty item isolates",
            small().with(CNP, for_all(json!({"ingress": [{}]}))),
            &[
                (IN, "web", "n1", tcp(80), Allowed),
                (IN, "web", "n2", tcp(80), Denied),
                (IN, "web", "db", tcp(80), Denied),
                (IN, "web", "1.1.1.1", tcp(80), Denied),
                (IN, "web", "db", PING, Denied),
                (OUT, "web", "1.1.1.1", tcp(443), Allowed),
                (IN, "x", "web", tcp(80), Allowed),
            ],
        ),
        vector(
            "a deny alone isolates",
            small().with(CNP, for_all(world_denied.clone())),
            &[(IN, "web", "db", tcp(80), Denied), (IN, "web", "1.1.1.1", tcp(80), Denied)],
        ),
        vector(
            "unless it asks for no default deny",
            {
                let mut lists = world_denied.clone();
                lists["enableDefaultDeny"] = json!({"ingress": false});
                small().with(CNP, for_all(lists))
            },
            &[
                (IN, "web", "db", tcp(80), Allowed),
                (IN, "web", "x", PING, Allowed),
                (IN, "web", "1.1.1.1", tcp(80), Denied),
            ],
        ),
        vector(
            "and another policy isolates all the same",
            {
                let mut lists = world_denied;
                lists["enableDefaultDeny"] = json!({"ingress": false});
                small().with(CNP, for_all(lists)).with(CNP, for_all(json!({"ingress": [{}]})))
            },
            &[(IN, "web", "db", tcp(80), Denied)],
        ),
        vector(
            "default deny counts only where the direction has an item",
            {
                let lists = json!({"ingress": [], "egress": [{}], "enableDefaultDeny": {"ingress": true}});
                small().with(CNP, for_all(lists))
            },
            &[(IN, "web", "db", tcp(80), Allowed), (OUT, "web", "db", tcp(80), Denied)],
        ),
        vector(
            "an empty deny denies nothing, and isolates",
            {
                small()
                    .with(CNP, for_all(json!({"ingressDeny": [{}]})))
                    .with(CNP, for_all(json!({"ingress": [{"fromEntities": ["all"]}]})))
            },
            &[(IN, "web", "1.1.1.1", tcp(80), Allowed)],
        ),
        vector(
            "policies that are always enforced isolate every pod",
            {
                let mut world = small();
                world.settings.always = true;
                world
            },
            &[
                (IN, "web", "db", tcp(80), Denied),
                (IN, "web", "n1", tcp(80), Allowed),
                (OUT, "web", "db", tcp(80), Denied),
            ],
        ),
    ]
}
