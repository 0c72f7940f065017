//! From what is in the file to what it means. Everything that is wrong is found at once.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;

use globset::{Glob, GlobMatcher};
use ipnet::IpNet;
use jiff::civil::Date;

use super::file::OneOrSeveral;
use super::ignore::{Ignore, IgnoredPath, ResourceGlob};
use super::{Base, Choice, Claim, Cni, Config, Expectation, Tier, TierMatch, Tiers, file, problem};
use crate::cluster::{self, PresumedDns};
use crate::diagnostic::Draft;
use crate::discover::PathGlobs;
use crate::source::Origin;
use crate::text::suggest::nearest;
use crate::{catalogue, endpoint};

/// The meaning of the file whose document has this root.
pub(super) fn check(file: file::File, root: &Origin, base: Base) -> Result<Config, Vec<Draft>> {
    let mut check = Check { base, problems: Vec::new() };
    let config = check.file(file, root);
    if check.problems.is_empty() { Ok(Config { base: check.base, ..config }) } else { Err(check.problems) }
}

/// The most entries of `ignore` with patterns: each is held against every finding of its rule. Others are looked up.
const MAX_PATTERNS: usize = 500;

struct Check {
    base: Base,
    problems: Vec<Draft>,
}

impl Check {
    fn file(&mut self, file: file::File, root: &Origin) -> Config {
        for rule in file.rules.keys() {
            self.rule(rule, root.key("rules").key(rule.clone()).key_only().into());
        }
        let cluster = root.key("cluster");
        self.cni(file.cni.as_ref(), &root.key("cni"));
        for (name, entry) in &file.clusters {
            self.cni(entry.cni.as_ref(), &root.key("clusters").key(name.clone()).key("cni"));
        }
        let own_cni = file.clusters.iter().filter_map(|(name, entry)| Some((name.clone(), entry.cni.clone()?)));
        let cni_of_cluster = own_cni.collect();
        Config {
            source: None,
            base: Base::default(),
            paths: self.paths(&file.paths, &root.key("paths")),
            exclude: self.path_globs(&file.exclude, |index| root.key("exclude").index(index)),
            profile: file.profile.unwrap_or_default(),
            levels: file.rules,
            choice: Choice::default(),
            clusters: file
                .clusters
                .into_iter()
                .map(|(name, entry)| {
                    let origin = entry.paths_origin(root.key("clusters").key(name.clone()));
                    let paths = self.paths(&entry.paths, &origin);
                    (name, paths)
                })
                .collect(),
            cni: file.cni,
            cni_of_cluster,
            pod_blocks: self.blocks(&file.cluster.pod_cidrs, &cluster.key("podCidrs")),
            service_blocks: self.blocks(&file.cluster.service_cidrs, &cluster.key("serviceCidrs")),
            api_server: self.blocks(&file.cluster.api_server, &cluster.key("apiServer")),
            dns: self.dns(file.cluster.dns, &cluster.key("dns")),
            tiers: self.tiers(file.tiers.0, &root.key("tiers")),
            expectations: self.expectations(file.expect, &root.key("expect")),
            ignores: self.ignores(file.ignore, &root.key("ignore")),
            baseline: file.baseline.map(|path| {
                self.not_empty(&path, &root.key("baseline"), "a path");
                self.base.resolve(&path)
            }),
            fail_on: file.fail_on,
            format: file.format,
            asks_to_render: file.render == Some(true),
            namespace: file.namespace.inspect(|name| self.not_empty(name, &root.key("namespace"), "a namespace")),
            gates: file.diff.fail_on,
        }
    }

    fn report(&mut self, place: crate::source::Location, message: impl Into<String>, help: impl Into<String>) {
        let mut draft = problem(place, message);
        draft.help(help);
        self.problems.push(draft);
    }

    fn not_empty(&mut self, text: &str, origin: &Origin, what: &str) {
        if text.is_empty() {
            self.report(origin.clone().value().into(), format!("{what} is empty"), "write it, or delete the entry");
        }
    }

    fn rule(&mut self, name: &str, place: crate::source::Location) {
        if catalogue::find(name).is_none() {
            self.report(place, format!("no rule is named `{name}`"), catalogue::advice(name));
        }
    }

    fn cni(&mut self, cni: Option<&Cni>, origin: &Origin) {
        if let Some(mistake) = cni.and_then(Cni::mistake) {
            self.report(origin.key(mistake.key).value().into(), mistake.message, mistake.help);
        }
    }

    fn paths(&mut self, paths: &[String], origin: &Origin) -> Vec<PathBuf> {
        for (index, path) in paths.iter().enumerate() {
            self.not_empty(path, &origin.index(index), "a path");
            if path == "-" {
                let (place, help) = (origin.index(index).value(), "name it on the command line: `netlint -`");
                self.report(place.into(), "a configuration cannot name standard input", help);
            }
        }
        paths.iter().map(|path| self.base.resolve(path)).collect()
    }

    fn path_globs(&mut self, globs: &[String], origin: impl Fn(usize) -> Origin) -> PathGlobs {
        for (index, glob) in globs.iter().enumerate() {
            self.not_empty(glob, &origin(index), "a glob");
            if let Err(error) = PathGlobs::new(std::slice::from_ref(glob)) {
                self.report(origin(index).value().into(), error.to_string(), error.advice());
            }
        }
        PathGlobs::new(globs).unwrap_or_default()
    }

    /// A glob of a name, in which `*` stops at nothing.
    fn glob(&mut self, glob: &str, origin: &Origin) -> Option<GlobMatcher> {
        self.not_empty(glob, origin, "a glob");
        match Glob::new(glob) {
            Ok(glob) => Some(glob.compile_matcher()),
            Err(error) => {
                let message = format!("cannot read the glob `{glob}`: {}", error.kind());
                self.report(origin.clone().value().into(), message, "write a pattern such as `postgres*`");
                None
            }
        }
    }

    fn blocks(&mut self, blocks: &[String], origin: &Origin) -> Vec<IpNet> {
        let mut read = Vec::new();
        for (index, text) in blocks.iter().enumerate() {
            match text.parse() {
                Ok(block) => read.push(block),
                Err(_) => {
                    let help = match text.parse::<IpAddr>() {
                        Ok(address) => format!("write `{}`", IpNet::from(address)),
                        Err(_) => "write for example `10.244.0.0/16`".to_owned(),
                    };
                    self.report(
                        origin.index(index).value().into(),
                        format!("`{text}` is not a valid CIDR block"),
                        help,
                    );
                }
            }
        }
        read
    }

    fn dns(&mut self, servers: Vec<file::Dns>, origin: &Origin) -> Vec<PresumedDns> {
        let mut read = Vec::new();
        for (index, server) in servers.into_iter().enumerate() {
            let origin = origin.index(index);
            self.not_empty(&server.namespace, &origin.key("namespace"), "a namespace");
            self.labels(&server.pod_selector, &origin.key("podSelector"));
            let mut ports = Vec::new();
            for (index, number) in server.ports.iter().enumerate() {
                match u16::try_from(*number).ok().filter(|&port| port > 0) {
                    Some(port) => ports.push(port),
                    None => {
                        let place = origin.key("ports").index(index).value();
                        self.report(place.into(), format!("`{number}` is not a valid port"), "ports are 1 to 65535");
                    }
                }
            }
            read.push(PresumedDns {
                namespace: server.namespace,
                labels: server.pod_selector.into_iter().map(|(key, value)| (key.into(), value.into())).collect(),
                ports,
            });
        }
        read
    }

    /// Labels that pods can have.
    fn labels(&mut self, labels: &BTreeMap<String, String>, origin: &Origin) {
        for (key, value) in labels {
            let origin = origin.key(key.clone());
            if !is_label_key(key) {
                self.report(
                    origin.clone().key_only().into(),
                    format!("`{key}` is not a valid label key"),
                    "write for example `app` or `app.kubernetes.io/name`",
                );
            }
            if value.contains(['*', '?']) {
                self.report(
                    origin.value().into(),
                    format!("`{value}` is not a valid label value: labels are compared as they are"),
                    "write one entry for each value",
                );
            } else if !is_label_value(value) {
                self.report(
                    origin.value().into(),
                    format!("`{value}` is not a valid label value"),
                    "write up to 63 letters, digits, `-`, `_` and `.`",
                );
            }
        }
    }

    fn tiers(&mut self, tiers: Vec<(String, file::Tier)>, origin: &Origin) -> Tiers {
        let own: Vec<String> = tiers.iter().map(|(name, _)| name.clone()).collect();
        let known: Vec<&str> =
            own.iter().map(String::as_str).chain(cluster::Tier::ALL.map(cluster::Tier::keyword)).collect();
        let mut read = Vec::new();
        for (name, tier) in tiers {
            let origin = origin.key(name.clone());
            for (index, source) in tier.reachable_from.iter().flatten().enumerate() {
                if !known.contains(&source.as_str()) {
                    let help = match nearest(source, known.iter().copied()) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => "write a tier of this file, or one that is recognised, such as `backend`".to_owned(),
                    };
                    let place = origin.key("reachableFrom").index(index).value();
                    self.report(place.into(), format!("no tier is named `{source}`"), help);
                }
            }
            if tier.matches.is_empty() {
                self.report(
                    origin.key("match").key_only().into(),
                    format!("the tier `{name}` has nothing to match"),
                    "write for example `match: [{labels: {app: postgres}}]`",
                );
            }
            let matches = tier.matches.into_iter().enumerate();
            let matches =
                matches.map(|(index, entry)| self.tier_match(entry, origin.key("match").index(index))).collect();
            read.push(Tier { name, matches, reachable_from: tier.reachable_from, origin });
        }
        Tiers(read)
    }

    fn tier_match(&mut self, entry: file::TierMatch, origin: Origin) -> TierMatch {
        let is_empty =
            entry.labels.is_empty() && entry.image.is_none() && entry.namespace.is_none() && entry.kind.is_none();
        if is_empty {
            self.report(
                origin.clone().value().into(),
                "an empty entry would match every workload",
                "write `labels`, `image`, `namespace` or `kind`",
            );
        }
        self.labels(&entry.labels, &origin.key("labels"));
        TierMatch {
            labels: entry.labels.into_iter().map(|(key, value)| (key.into(), value.into())).collect(),
            image: entry.image.and_then(|glob| self.glob(&glob, &origin.key("image"))),
            namespace: entry.namespace.and_then(|glob| self.glob(&glob, &origin.key("namespace"))),
            kind: entry.kind.inspect(|kind| self.not_empty(kind, &origin.key("kind"), "a kind")),
            origin,
        }
    }

    fn expectations(&mut self, entries: Vec<file::Expect>, origin: &Origin) -> Vec<Expectation> {
        let mut read = Vec::new();
        for (index, entry) in entries.into_iter().enumerate() {
            let origin = origin.index(index);
            self.endpoint(&entry.to, &origin.key("to"));
            if let Some(from) = &entry.from {
                self.endpoint(from, &origin.key("from"));
            }
            for (index, source) in entry.only.iter().flatten().enumerate() {
                self.endpoint(source, &origin.key("only").index(index));
            }
            let claim = match (entry.from, entry.allow, entry.only) {
                (Some(from), Some(allow), None) => Some(Claim::Allowed { from, allow }),
                (None, None, Some(only)) => Some(Claim::Only(only)),
                _ => None,
            };
            match claim {
                Some(claim) => read.push(Expectation { to: entry.to, claim, origin }),
                None => self.report(
                    origin.value().into(),
                    "an expectation has `from` and `allow`, or `only`",
                    "write `{from: shop/web, to: \"shop/api:80\", allow: true}` or `{to: shop/db, only: [shop/api]}`",
                ),
            }
        }
        read
    }

    fn endpoint(&mut self, text: &str, origin: &Origin) {
        if let Err(error) = endpoint::check_syntax(text) {
            self.report(origin.clone().value().into(), error.message, error.help);
        }
    }

    fn ignores(&mut self, entries: Vec<file::Ignore>, origin: &Origin) -> Vec<Ignore> {
        let mut read: Vec<Ignore> = Vec::new();
        let mut patterns = 0;
        for (index, entry) in entries.into_iter().enumerate() {
            let origin = origin.index(index);
            let rules = match entry.rule {
                OneOrSeveral::One(rule) => vec![(rule, origin.key("rule"), origin.clone())],
                OneOrSeveral::Several(rules) => {
                    let at = |place| origin.key("rule").index(place);
                    rules.into_iter().enumerate().map(|(place, rule)| (rule, at(place), at(place))).collect()
                }
            };
            let resource = entry.resource.and_then(|resource| self.resource(&resource, &origin.key("resource")));
            let path = entry.path.map(|glob| self.ignored_path(glob, &origin));
            let until = entry.until.and_then(|day| self.day(&day, &origin.key("until")));
            let patterns_from = read.len();
            for (rule, place, origin) in rules {
                self.rule(&rule, place.value().into());
                let (resource, path, reason) = (resource.clone(), path.clone(), entry.reason.clone());
                read.push(Ignore { rule, resource, path, reason, until, origin });
            }
            let added = read.get(patterns_from..).unwrap_or_default();
            patterns += added.iter().filter(|entry| entry.plain().is_none()).count();
            if patterns > MAX_PATTERNS {
                self.report(
                    origin.value().into(),
                    format!("`ignore` has more than {MAX_PATTERNS} entries with patterns"),
                    "write whole names, turn rules off, or use a baseline: `netlint --write-baseline FILE`",
                );
                return Vec::new();
            }
        }
        read
    }

    fn day(&mut self, text: &str, origin: &Origin) -> Option<Date> {
        let day = text.parse();
        if day.is_err() {
            let place = origin.clone().value().into();
            self.report(place, format!("`{text}` is not a day"), "write year, month and day: `2027-01-31`");
        }
        day.ok()
    }

    fn ignored_path(&mut self, glob: String, origin: &Origin) -> IgnoredPath {
        let globs = self.path_globs(std::slice::from_ref(&glob), |_| origin.key("path"));
        IgnoredPath { glob, globs }
    }

    fn resource(&mut self, text: &str, origin: &Origin) -> Option<ResourceGlob> {
        let parts: Vec<&str> = text.split('/').collect();
        let (kind, namespace, name) = match *parts.as_slice() {
            [kind, name] => (kind, None, name),
            [kind, namespace, name] => (kind, Some(namespace), name),
            _ => {
                self.report(
                    origin.clone().value().into(),
                    format!("`{text}` is not a valid resource"),
                    "write `KIND/NAMESPACE/NAME`, for example `NetworkPolicy/payments/allow-*`",
                );
                return None;
            }
        };
        let namespace = match namespace {
            Some(namespace) => Some(self.glob(namespace, origin)?),
            None => None,
        };
        Some(ResourceGlob { kind: self.glob(kind, origin)?, namespace, name: self.glob(name, origin)? })
    }
}

/// Whether pods can have this label.
pub(crate) fn is_label(key: &str, value: &str) -> bool {
    is_label_key(key) && is_label_value(value)
}

/// `[PREFIX/]NAME` ("Syntax and character set" of labels in the Kubernetes documentation).
fn is_label_key(key: &str) -> bool {
    let (prefix, name) = key.rsplit_once('/').map_or((None, key), |(prefix, name)| (Some(prefix), name));
    let is_dns = |prefix: &str| {
        let is_part = |part: &str| is_word(part) && !part.contains(['_', '.']) && part.to_lowercase() == part;
        prefix.len() <= 253 && prefix.split('.').all(is_part)
    };
    is_word(name) && prefix.is_none_or(is_dns)
}

fn is_label_value(value: &str) -> bool {
    value.is_empty() || is_word(value)
}

/// Up to 63 letters, digits, `-`, `_` and `.`, the first of which and last are letters or digits.
fn is_word(text: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let ends = [text.bytes().next(), text.bytes().last()];
    text.len() <= 63
        && text.bytes().all(is_inner)
        && ends.iter().all(|end| end.is_some_and(|it| it.is_ascii_alphanumeric()))
}
