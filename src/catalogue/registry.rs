//! The registry: one line for each rule, in the order of `netlint rules`.

/// Hands the registry to a macro. A rule is named with the module that finds it, `category::module`; `reading` stands
/// for rules that `manifest` reports while documents are read, `suppressing` for those that `findings` reports once
/// findings are suppressed.
macro_rules! registry {
    ($with:ident) => {
        $with! {
            "missing-default-deny" => isolation::missing_default_deny,
            "allow-all-defeats-deny" => isolation::allow_all_defeats_deny,
            "host-network-bypass" => isolation::host_network_bypass,
            "database-reachable" => reachability::database_reachable,
            "tier-violation" => reachability::tier_violation,
            "tier-matches-nothing" => reachability::tier_matches_nothing,
            "overlapping-tiers" => reachability::overlapping_tiers,
            "failed-expectation" => reachability::failed_expectation,
            "any-namespace-ingress" => reachability::any_namespace_ingress,
            "internet-ingress" => reachability::internet_ingress,
            "unreachable-service" => reachability::unreachable_service,
            "unrestricted-egress" => egress::unrestricted_egress,
            "missing-dns-egress" => egress::missing_dns_egress,
            "metadata-service-reachable" => egress::metadata_service_reachable,
            "one-sided-allow" => reachability::one_sided_allow,
            "selector-matches-nothing" => selectors::selector_matches_nothing,
            "peer-matches-nothing" => selectors::peer_matches_nothing,
            "unknown-namespace" => selectors::unknown_namespace,
            "split-peer" => selectors::split_peer,
            "pod-ip-block" => selectors::pod_ip_block,
            "blocked-client" => intent::blocked_client,
            "blocked-webhook" => intent::blocked_webhook,
            "blocked-metrics" => intent::blocked_metrics,
            "blocked-api-server" => intent::blocked_api_server,
            "quorum-ports-blocked" => intent::quorum_ports_blocked,
            "ambient-port-blocked" => intent::ambient_port_blocked,
            "ambient-port-open" => intent::ambient_port_open,
            "undefined-named-port" => ports::undefined_named_port,
            "service-port-in-policy" => ports::service_port_in_policy,
            "missing-protocol" => ports::missing_protocol,
            "port-of-wrong-side" => ports::port_of_wrong_side,
            "port-not-exposed" => ports::port_not_exposed,
            "all-ports-allowed" => ports::all_ports_allowed,
            "empty-peer-list" => traps::empty_peer_list,
            "empty-port-list" => traps::empty_port_list,
            "namespace-name-label" => traps::namespace_name_label,
            "volatile-label" => traps::volatile_label,
            "reopened-except" => traps::reopened_except,
            "ipv6-hole" => traps::ipv6_hole,
            "invalid-yaml" => reading,
            "kustomize-build" => reading,
            "invalid-field" => reading,
            "unknown-field" => reading,
            "unchecked-value" => reading,
            "rejected-policy" => reading,
            "deprecated-api" => reading,
            "ignored-rules" => correctness::ignored_rules,
            "implicit-policy-types" => correctness::implicit_policy_types,
            "duplicate-resource" => correctness::duplicate_resource,
            "redundant-rule" => correctness::redundant_rule,
            "unrendered-template" => reading,
            "unknown-suppression" => suppressing,
            "unused-suppression" => suppressing,
        }
    };
}

pub(crate) use registry;
