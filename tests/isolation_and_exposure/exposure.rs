//! What pods may reach that they should not, and who may reach them.

use super::lint::{Manifests, assert_found, of, only};
use super::{estate, pod, policy};

const METADATA: &str = "metadata-service-reachable";

fn egress(to: &str) -> String {
    let spec = format!("podSelector: {{}}, policyTypes: [Egress], egress: [{{to: [{to}]}}]");
    pod("crawler", "example/crawler:1") + &policy("out", &spec)
}

#[test]
fn a_block_widened_to_the_internet_forgets_the_metadata_service() {
    let block = "0.0.0.0/0\n            except: [10.0.0.0/8]";
    let found = Manifests::repaired_demo()
        .replace("egress", "ipBlock", "203.0.113.0/24", block)
        .replace("egress", "ports:", "port: 443", "port: 80")
        .lint();
    assert_found(&found, METADATA, "warning", "except: [10.0.0.0/8]", &[]);
    assert_eq!(found.len(), 1, "{found:#?}");
}

#[test]
fn a_partner_block_widened_in_an_estate_is_found_there() {
    let file = "shop-0002/policies.yaml";
    let text = "              except: [198.51.";
    let wide = estate()
        .replace(file, "name: allow-partners", "            cidr: 198.51", "            cidr: 128.0.0.0/1 # 198.51")
        .replace(file, "name: allow-partners", text.trim_start(), "# ")
        .replace(file, "name: allow-partners", "port: 443", "port: 80");
    let found = wide.lint();
    assert_found(&found, METADATA, "warning", "128.0.0.0/1", &[]);
    assert!(found.iter().all(|it| it.rule == METADATA || it.severity == "note"), "{found:#?}");
}

#[test]
fn each_service_is_asked_by_its_address() {
    let found = |cidr: &str| only(METADATA, &egress(&format!("{{ipBlock: {{cidr: '{cidr}'}}}}")));
    let wide = found("128.0.0.0/1");
    assert_eq!(wide.message, "`out` permits egress to the cloud's metadata service, `169.254.169.254`");
    assert_eq!(wide.remark, "`128.0.0.0/1` holds it, and `169.254.170.2`, `169.254.170.23` and `168.63.129.16`");
    assert!(wide.help.ends_with("[169.254.169.254/32, 169.254.170.2/32, 169.254.170.23/32, 168.63.129.16/32]"));
    assert!(found("fd00::/8").message.ends_with("the cloud's metadata service, `fd00:ec2::254`"));
    assert!(found("169.254.170.0/24").message.ends_with("the cloud's credentials service, `169.254.170.2`"));
    for cidr in ["100.64.0.0/10", "168.63.0.0/16", "169.254.20.0/24", "fe80::/10", "169.254.169.254/32"] {
        assert_eq!(of(METADATA, &egress(&format!("{{ipBlock: {{cidr: '{cidr}'}}}}"))), [], "{cidr}");
    }
}

#[test]
fn what_is_left_out_is_left_out() {
    let block = |except: &str| egress(&format!("{{ipBlock: {{cidr: 0.0.0.0/0, except: [{except}]}}}}"));
    assert_eq!(of(METADATA, &block("169.254.0.0/16")), []);
    assert_eq!(of(METADATA, &block("168.0.0.0/6, 100.64.0.0/10")), []);
    assert_eq!(only(METADATA, &block("169.254.169.254/32")).severity, "note");
    assert_eq!(only(METADATA, &block("169.254.170.0/24")).severity, "warning");
    assert_eq!(of("unrestricted-egress", &block("169.254.0.0/16")).len(), 1, "a note");
    assert_eq!(of("unrestricted-egress", &block("10.0.0.0/8")), [], "said once");
}

#[test]
fn ingress_from_everywhere_is_another_matter() {
    let spec = "podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{ipBlock: {cidr: 128.0.0.0/1}}]}]";
    assert_eq!(of(METADATA, &(pod("crawler", "example/crawler:1") + &policy("in", spec))), []);
}

#[test]
fn a_range_that_another_block_lets_in_again_is_said_once() {
    let blocks = "{ipBlock: {cidr: 128.0.0.0/1, except: [169.254.169.254/32]}}, {ipBlock: {cidr: 169.254.0.0/16}}";
    let found = of("reopened-except", &egress(blocks));
    assert_eq!(found.len(), 1);
    let found = of(METADATA, &egress(blocks));
    assert!(found.iter().all(|it| it.severity == "note"), "{found:#?}");
    let undone = "{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8]}}, {ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32]}}";
    assert_eq!(of("reopened-except", &egress(undone)).len(), 1);
    assert_eq!(of(METADATA, &egress(undone)).iter().filter(|it| it.severity == "warning").count(), 1);
}
