//! What a stranger may write to make a run take long.

use std::fmt::Write as _;

use super::{DENY, pod, policy};

/// Fields of a pod that the API does not have.
pub(super) fn unknown_fields(size: usize) -> String {
    let mut text = String::new();
    pod(&mut text, "shop", "p");
    (0..size).for_each(|index| write(&mut text, format_args!("  unknown{index}: x\n")));
    text
}

/// Rules of one policy that admit one peer on one port each.
pub(super) fn rules(size: usize) -> String {
    let mut text = DENY.to_owned();
    pod(&mut text, "shop", "p");
    let mut rules = "  ingress:\n".to_owned();
    for index in 0..size {
        let port = index % 60_000 + 1;
        let peer = "{podSelector: {matchLabels: {app: p}}}";
        write(&mut rules, format_args!("  - {{from: [{peer}], ports: [{{port: {port}}}]}}\n"));
    }
    policy(&mut text, "p", "{}", &rules);
    text
}

/// Parts that one block leaves out.
pub(super) fn excepts(size: usize) -> String {
    let mut text = DENY.to_owned();
    pod(&mut text, "shop", "p");
    let mut rules = "  egress:\n  - to:\n    - ipBlock:\n        cidr: 10.0.0.0/8\n        except:\n".to_owned();
    (0..size).for_each(|index| {
        let [_, a, b, c] = u32::try_from(index).unwrap_or_default().to_be_bytes();
        write(&mut rules, format_args!("        - 10.{a}.{b}.{c}/32\n"));
    });
    policy(&mut text, "p", "{}", &rules);
    text
}

/// Blocks that lie in one another.
pub(super) fn nested_blocks(size: usize) -> String {
    let mut text = DENY.to_owned();
    pod(&mut text, "shop", "p");
    let mut rules = "  egress:\n  - to:\n".to_owned();
    (0..size).for_each(|index| {
        let [_, a, b, c] = u32::try_from(index).unwrap_or_default().to_be_bytes();
        let length = 8 + index % 25;
        write(&mut rules, format_args!("    - ipBlock: {{cidr: 10.{a}.{b}.{c}/{length}}}\n"));
    });
    policy(&mut text, "p", "{}", &rules);
    text
}

/// Ports by names that each pod declares one of.
pub(super) fn named_ports(size: usize) -> String {
    let mut text = DENY.to_owned();
    let mut rules = "  ingress:\n  - ports:\n".to_owned();
    for index in 0..size {
        let port = index % 60_000 + 1;
        write(
            &mut text,
            format_args!(
                "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: p{index}, namespace: shop, labels: {{app: p}}}}\n\
                 spec: {{containers: [{{name: c, image: x, ports: [{{containerPort: {port}, name: n{index}}}]}}]}}\n"
            ),
        );
        write(&mut rules, format_args!("    - {{port: n{index}}}\n"));
    }
    policy(&mut text, "p", "{}", &rules);
    text
}

/// Pods in a ring, each of which admits the next, which may send nothing.
pub(super) fn one_sided(size: usize) -> String {
    let mut text = DENY.to_owned();
    for index in 0..size {
        pod(&mut text, "shop", &format!("p{index}"));
        let rules =
            format!("  ingress: [{{from: [{{podSelector: {{matchLabels: {{app: p{}}}}}}}]}}]\n", (index + 1) % size);
        policy(&mut text, &format!("p{index}"), &format!("{{matchLabels: {{app: p{index}}}}}"), &rules);
    }
    text
}

/// One mistake that aliases repeat: the square of the size.
pub(super) fn aliases(size: usize) -> String {
    let mut text = DENY.to_owned();
    pod(&mut text, "shop", "p");
    let side = size.isqrt().min(600);
    let ports = vec!["*p"; side].join(",");
    let mut rules = format!("  ingress:\n  - &r {{ports: [&p {{port: 70000}},{ports}]}}\n");
    (1..side).for_each(|_| rules.push_str("  - *r\n"));
    policy(&mut text, "p", "{}", &rules);
    text
}

/// Expectations about every pair of a hundred pods.
pub(super) fn expectations(size: usize) -> [String; 2] {
    let mut text = DENY.to_owned();
    (0..100).for_each(|index| pod(&mut text, "shop", &format!("p{index}")));
    let mut configuration = "expect:\n".to_owned();
    (0..size).for_each(|index| {
        write(&mut configuration, format_args!("- {{from: \"*\", to: \"shop/*:{}\", allow: true}}\n", index + 1));
    });
    [text, configuration]
}

/// As many globs of findings as may be, and findings.
pub(super) fn globs(size: usize) -> [String; 2] {
    let mut text = String::new();
    (0..size).for_each(|index| pod(&mut text, &format!("n{index}"), "p"));
    let mut configuration = "ignore:\n".to_owned();
    (0..500).for_each(|index| {
        let entry = format!("{{rule: missing-default-deny, resource: \"*/*x{index}*y*\"}}");
        write(&mut configuration, format_args!("- {entry}\n"));
    });
    [text, configuration]
}

/// Patches by pattern, and as many objects.
pub(super) fn patches(size: usize) -> [String; 2] {
    let (mut text, mut kustomization) = (DENY.to_owned(), "resources: [input.yaml]\npatches:\n".to_owned());
    for index in 0..size {
        pod(&mut text, "shop", &format!("p{index}"));
        let patch = "[{op: add, path: /metadata/labels/x, value: y}]";
        write(&mut kustomization, format_args!("- {{target: {{name: \"p{index}.*\"}}, patch: \"{patch}\"}}\n"));
    }
    [text, kustomization]
}

/// Patches of the same file, one for each object.
pub(super) fn inline_patches(size: usize) -> [String; 2] {
    let (mut text, mut kustomization) = (DENY.to_owned(), "resources: [input.yaml]\npatches:\n".to_owned());
    for index in 0..size {
        pod(&mut text, "shop", &format!("p{index}"));
        let patch = format!("metadata: {{name: p{index}, namespace: shop, labels: {{x: y}}}}");
        let patch = format!("    apiVersion: v1\n    kind: Pod\n    {patch}");
        write(&mut kustomization, format_args!("- patch: |\n{patch}\n"));
    }
    [text, kustomization]
}

/// An entry of `ignore` for each finding.
pub(super) fn ignored_names(size: usize) -> [String; 2] {
    let (mut text, mut configuration) = (String::new(), "ignore:\n".to_owned());
    for index in 0..size {
        pod(&mut text, &format!("n{index}"), "p");
        let entry = format!("{{rule: missing-default-deny, resource: Namespace/n{index}}}");
        write(&mut configuration, format_args!("- {entry}\n"));
    }
    [text, configuration]
}

/// Pods that take one ConfigMap, which names a Service in each of three times as many entries.
pub(super) fn config_map(size: usize) -> String {
    let mut text = DENY.to_owned();
    for index in 0..size {
        write(
            &mut text,
            format_args!(
                "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: p{index}, namespace: shop, labels: {{app: p{index}}}}}\n\
                 spec: {{containers: [{{name: c, image: x, envFrom: [{{configMapRef: {{name: c}}}}]}}]}}\n---\n\
                 apiVersion: v1\nkind: Service\nmetadata: {{name: p{index}, namespace: shop}}\n\
                 spec: {{selector: {{app: p{index}}}, ports: [{{port: 80}}]}}\n"
            ),
        );
    }
    text.push_str("---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: shop}\ndata:\n");
    (0..3 * size).for_each(|index| write(&mut text, format_args!("  K{index}: http://p{}:80\n", index % size)));
    text
}

fn write(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a string never fails.
    let _ = text.write_fmt(line);
}
