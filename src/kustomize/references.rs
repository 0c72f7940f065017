//! Names by which objects refer to one another, kept right where kustomizations change names.

use std::collections::HashMap;

use super::config::{Config, Reference};
use super::context::Context;
use super::error::{Refusal, Result};
use super::field_spec::{FieldSpec, apply, set_entry};
use super::lookup;
use super::node::{Form, Key, Node, NodeId, Tree};
use super::object::{Gvk, Id, NO_NAMESPACE, Object, is_string, remembered};
use super::resources::{Resources, name_of};

/// What is known of an object that may be named, before any reference is changed.
struct Candidate {
    former: Vec<Id>,
    first: Id,
    now: Id,
    name: String,
    /// As written.
    namespace: String,
    prefixes: Vec<String>,
    suffixes: Vec<String>,
    is_account: bool,
}

impl Candidate {
    fn new(object: &Object) -> Self {
        let list = |name| object.list_in_annotation(name).into_iter().map(str::to_owned).collect();
        Self {
            former: object.former_ids(),
            first: object.original_id(),
            now: object.id(),
            name: object.name().to_owned(),
            namespace: object.namespace().to_owned(),
            prefixes: list(remembered::NAME_PREFIXES),
            suffixes: list(remembered::NAME_SUFFIXES),
            is_account: object.kind() == "ServiceAccount",
        }
    }

    /// Whether both were renamed by the same kustomizations; nothing matches anything where `is_lenient`.
    fn is_renamed_like(&self, other: &Self, is_lenient: bool) -> bool {
        let is_alike = |own: &[String], other: &[String]| {
            is_lenient && (own.is_empty() || other.is_empty()) || is_same_end(own, other)
        };
        is_alike(&self.prefixes, &other.prefixes) && is_alike(&self.suffixes, &other.suffixes)
    }
}

/// Whether the shorter list is the end of the longer one.
fn is_same_end(left: &[String], right: &[String]) -> bool {
    let (short, long) = if left.len() > right.len() { (right, left) } else { (left, right) };
    if short.is_empty() { long.is_empty() } else { long.ends_with(short) }
}

/// A reference that could mean several objects, or is in the wrong place.
enum Trouble {
    Ambiguous(Vec<usize>),
    Malformed(String),
}

/// Brings all references up to date.
pub(super) fn update(resources: &mut Resources, config: &Config, context: &mut Context<'_, '_>) -> Result<()> {
    let candidates: Vec<Candidate> = resources.as_slice().iter().map(Candidate::new).collect();
    let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, candidate) in candidates.iter().enumerate() {
        let mut names: Vec<&str> = candidate.former.iter().map(|id| id.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names.into_iter().for_each(|name| by_name.entry(name).or_default().push(at));
    }
    for at in 0..candidates.len() {
        let Some(referrer) = candidates.get(at) else { continue };
        let names = accounts_of_binding(resources, at)?;
        for reference in &config.references {
            let fields: Vec<&FieldSpec> =
                reference.referrers.iter().filter(|spec| referrer.first.gvk.is_selected_by(&spec.gvk)).collect();
            for spec in fields {
                let update = Update {
                    candidates: &candidates,
                    by_name: &by_name,
                    referrer,
                    target: &reference.target,
                    spec,
                    bound: &names,
                };
                update.apply(resources, at, reference, context)?;
            }
        }
    }
    Ok(())
}

/// The namespaces of the ServiceAccounts that a RoleBinding names.
fn accounts_of_binding(resources: &Resources, at: usize) -> Result<Vec<String>> {
    let Some(object) = resources.as_slice().get(at).filter(|object| object.kind() == "RoleBinding") else {
        return Ok(Vec::new());
    };
    let tree = &object.tree;
    let subjects = tree.find(&["subjects"]).map(|subjects| tree.items(subjects)).unwrap_or_default();
    let mut namespaces = Vec::new();
    for &subject in subjects {
        if tree.node(subject).form() != Form::Map {
            return Err(object.refuse(subject, "expected a mapping for each subject"));
        }
        let kind = tree.get(subject, "kind").map(|kind| tree.content(kind));
        if let (Some(namespace), Some("ServiceAccount")) = (tree.get(subject, "namespace"), kind) {
            if !is_string(tree.node(namespace)) {
                return Err(object.refuse(namespace, "expected a string as the namespace of a ServiceAccount"));
            }
            namespaces.push(tree.content(namespace).to_owned());
        }
    }
    Ok(namespaces)
}

/// One field of one object.
struct Update<'u> {
    candidates: &'u [Candidate],
    /// Those that ever had a name, by that name.
    by_name: &'u HashMap<&'u str, Vec<usize>>,
    referrer: &'u Candidate,
    /// The kind that is named.
    target: &'u Gvk,
    spec: &'u FieldSpec,
    bound: &'u [String],
}

impl Update<'_> {
    fn apply(
        &self,
        resources: &mut Resources,
        at: usize,
        reference: &Reference,
        context: &mut Context<'_, '_>,
    ) -> Result<()> {
        let Some(object) = resources.as_mut().get_mut(at) else { return Ok(()) };
        let role = role_of(object);
        let mut visits = 0;
        let mut trouble = None;
        // The kind is that of the object, whatever the field says.
        let changed = apply(object, self.spec, None, &mut |tree, id| {
            visits += 1;
            self.field(tree, id, role.as_ref()).map_err(|found| {
                let message = match &found {
                    Trouble::Ambiguous(_) => "it could mean several objects".to_owned(),
                    Trouble::Malformed(message) => message.clone(),
                };
                trouble = Some(found);
                message
            })
        });
        if visits > 0 {
            context.spend(visits, &object.place)?;
        }
        changed.map_err(|refusal| match trouble {
            Some(Trouble::Ambiguous(found)) => {
                let kind = &reference.target.kind;
                let mut refusal =
                    Refusal::new(refusal.place, format!("this name could mean {} objects of kind {kind}", found.len()))
                        .help("give the objects names of their own before a kustomization changes them");
                for object in found.iter().filter_map(|&at| resources.as_slice().get(at)).take(3) {
                    refusal = refusal.because(&name_of(object), "one of them");
                }
                refusal
            }
            _ => refusal,
        })
    }

    fn field(&self, tree: &mut Tree, id: NodeId, role: Option<&Gvk>) -> std::result::Result<(), Trouble> {
        let node = tree.node(id);
        if node.is_null() {
            return Ok(());
        }
        match node.form() {
            Form::Scalar => self.scalar(tree, id, role),
            Form::Map => self.mapping(tree, id, role),
            Form::Seq => {
                for item in tree.items(id).to_vec() {
                    match tree.node(item).form() {
                        _ if tree.is_null(item) => {}
                        Form::Scalar => self.scalar(tree, item, role)?,
                        Form::Map => self.mapping(tree, item, role)?,
                        Form::Seq => return Err(Trouble::Malformed("expected a name".to_owned())),
                    }
                }
                Ok(())
            }
        }
    }

    fn scalar(&self, tree: &mut Tree, id: NodeId, role: Option<&Gvk>) -> std::result::Result<(), Trouble> {
        let name = tree.content(id).to_owned();
        let Some(found) = self.meant(&name, None, role, |left, right| left.name == right.name)? else { return Ok(()) };
        if found.name != name {
            let place = tree.origin(id);
            let value = tree.add(Node::untyped(&found.name).at(place));
            set_entry(tree, id, "", value).map_err(Trouble::Malformed)?;
        }
        Ok(())
    }

    fn mapping(&self, tree: &mut Tree, id: NodeId, role: Option<&Gvk>) -> std::result::Result<(), Trouble> {
        let Some(name_node) = tree.get(id, "name") else {
            return Err(Trouble::Malformed("expected a `name`".to_owned()));
        };
        let name = tree.content(name_node).to_owned();
        let all = 0..self.candidates.len();
        let candidates: Option<Vec<usize>> = match tree.get(id, "namespace").map(|node| tree.content(node).to_owned()) {
            None => None,
            Some(namespace) => {
                let by = |id: fn(&Candidate) -> &Id| -> Vec<usize> {
                    let is_there = |candidate: &Candidate| id(candidate).namespace == namespace;
                    let found = all.clone().filter(|&at| self.candidates.get(at).is_some_and(is_there));
                    found.filter(|&at| self.is_in_reach(at)).collect()
                };
                let first = by(|candidate| &candidate.first);
                let found = if first.is_empty() { by(|candidate| &candidate.now) } else { first };
                Some(if namespace == NO_NAMESPACE { Vec::new() } else { found })
            }
        };
        let is_same =
            |left: &Candidate, right: &Candidate| left.name == right.name && left.namespace == right.namespace;
        let Some(found) = self.meant(&name, candidates.as_deref(), role, is_same)? else { return Ok(()) };
        if found.name == name && found.namespace.is_empty() {
            return Ok(());
        }
        let parts = [("name", &found.name), ("namespace", &found.namespace)];
        for (key, text) in parts.into_iter().filter(|(_, text)| !text.is_empty()) {
            let place = tree.get(id, key).and_then(|old| tree.origin(old)).or_else(|| tree.origin(name_node));
            let value = tree.add(Node::untyped(text).at(place));
            tree.set(id, Key::plain(key), value);
        }
        Ok(())
    }

    /// Whether the object could name this one at all: it is in the same namespace, or one of the two is in none.
    fn is_in_reach(&self, at: usize) -> bool {
        let Some(candidate) = self.candidates.get(at) else { return false };
        self.referrer.now.is_cluster_scoped()
            || candidate.now.is_cluster_scoped()
            || candidate.now.namespace == self.referrer.now.namespace
            || self.bound.contains(&candidate.namespace)
    }

    /// The object that a name means; `None` where it means none, or one that does not need to be changed.
    fn meant(
        &self,
        name: &str,
        candidates: Option<&[usize]>,
        role: Option<&Gvk>,
        is_same: impl Fn(&Candidate, &Candidate) -> bool,
    ) -> std::result::Result<Option<&Candidate>, Trouble> {
        let role = role.filter(|_| self.spec.path.ends_with("roleRef/name"));
        let is_candidate = |candidate: &Candidate| {
            let was = |gvk: &Gvk| candidate.former.iter().any(|id| id.gvk.is_selected_by(gvk));
            was(self.target)
                && role.is_none_or(was)
                && (self.referrer.now.is_cluster_scoped()
                    || candidate.now.is_cluster_scoped()
                    || candidate.is_account
                    || candidate.now.namespace == self.referrer.now.namespace)
        };
        let named = self.by_name.get(name).into_iter().flatten().copied();
        let all =
            named.filter(|at| candidates.is_none_or(|candidates| candidates.contains(at)) && self.is_in_reach(*at));
        let mut found: Vec<usize> = all.filter(|&at| self.candidates.get(at).is_some_and(is_candidate)).collect();
        let only = |found: &[usize]| match found {
            [one] => self.candidates.get(*one),
            _ => None,
        };
        if let Some(one) = only(&found) {
            return Ok(Some(one));
        }
        for is_lenient in [true, false] {
            if is_lenient || found.len() > 1 {
                found.retain(|&at| {
                    self.candidates.get(at).is_some_and(|it| it.is_renamed_like(self.referrer, is_lenient))
                });
            }
        }
        let mut objects = found.iter().filter_map(|&at| self.candidates.get(at));
        let Some(first) = objects.next() else { return Ok(None) };
        if objects.all(|other| is_same(first, other)) { Ok(Some(first)) } else { Err(Trouble::Ambiguous(found)) }
    }
}

/// The kind of role that a binding names.
fn role_of(object: &mut Object) -> Option<Gvk> {
    let role = object.tree.find(&["roleRef"])?;
    let mut text = |key: &str| {
        let found = lookup::step(&mut object.tree, role, key, None).ok().flatten()?;
        Some(object.tree.content(found).to_owned())
    };
    let (group, kind) = (text("apiGroup")?, text("kind")?);
    Some(Gvk { group: group.into(), version: "".into(), kind: kind.into() })
}
