//! The objects that are built, in their order.

use std::collections::HashMap;

use super::error::{Refusal, Result};
use super::object::{Id, Object, remembered};
use super::regexes::Regexes;
use super::selector;
use super::value::Value;
use crate::source::Origin;

/// Objects, no two of which have the same name once they are added.
#[derive(Debug, Default)]
pub(super) struct Resources {
    objects: Vec<Object>,
    /// The names in use, as long as nothing changes them.
    known: Option<HashMap<Id, usize>>,
}

impl Resources {
    pub(super) fn as_slice(&self) -> &[Object] {
        &self.objects
    }

    /// The objects, to be changed, with their names.
    pub(super) fn as_mut(&mut self) -> &mut Vec<Object> {
        self.known = None;
        &mut self.objects
    }

    pub(super) fn into_objects(self) -> Vec<Object> {
        self.objects
    }

    fn known(&mut self) -> &mut HashMap<Id, usize> {
        let objects = &self.objects;
        self.known.get_or_insert_with(|| {
            let mut known = HashMap::new();
            for (at, object) in objects.iter().enumerate() {
                known.entry(object.id()).or_insert(at);
            }
            known
        })
    }

    /// Adds an object.
    ///
    /// # Errors
    /// Where one of the same name is there.
    pub(super) fn append(&mut self, object: Object, origin: &Origin) -> Result<()> {
        let id = object.id();
        let at = self.objects.len();
        if let Some(first) = self.known().get(&id).copied() {
            let mut refusal = Refusal::at(origin, format!("kustomize refuses a second {}", id.printed()))
                .help("remove one of the two, or turn one into a patch");
            if let Some(first) = self.objects.get(first) {
                refusal = refusal.because(&name_of(first), "first defined here");
            }
            return Err(refusal.because(&name_of(&object), "defined again here"));
        }
        self.known().insert(id, at);
        self.objects.push(object);
        Ok(())
    }

    /// Adds objects.
    pub(super) fn append_all(&mut self, objects: Vec<Object>, origin: &Origin) -> Result<()> {
        objects.into_iter().try_for_each(|object| self.append(object, origin))
    }

    /// Takes out what was deleted or became empty.
    pub(super) fn drop_deleted(&mut self) {
        let before = self.objects.len();
        self.objects.retain(|object| !object.is_deleted && !object.tree.node(object.tree.root).is_null_or_empty());
        if self.objects.len() != before {
            self.known = None;
        }
    }

    /// Refuses two objects of one name.
    pub(super) fn refuse_clashes(&mut self, origin: &Origin) -> Result<()> {
        let objects = std::mem::take(self.as_mut());
        self.append_all(objects, origin)
    }

    /// The objects that now have, or ever had, a name.
    pub(super) fn by_any_id(&self, is_meant: impl Fn(&Id) -> bool) -> Vec<usize> {
        let objects = self.objects.iter().enumerate();
        objects.filter(|(_, object)| object.ids().iter().any(&is_meant)).map(|(at, _)| at).collect()
    }

    /// The objects that now have, or ever had, this id.
    pub(super) fn with_id(&self, id: &Id) -> Vec<usize> {
        // To compare names is quicker than to work out ids.
        let may_be = |object: &Object| object.name() == id.name || object.annotation(remembered::NAMES).is_some();
        let objects = self.objects.iter().enumerate().filter(|(_, object)| may_be(object));
        objects.filter(|(_, object)| object.ids().contains(id)).map(|(at, _)| at).collect()
    }

    /// The objects that a selector of a patch means: by the name and the namespace that they had first or have now.
    pub(super) fn select(&self, selector: &Value, regexes: &mut Regexes) -> Result<Vec<usize>> {
        let at = |key: &str, message: String| {
            let place = selector.get(key).map_or(&selector.origin, |value| &value.origin);
            Refusal::at(place, message)
        };
        // All of them are compiled, whether they are asked for or not.
        for key in ["group", "version", "kind", "name", "namespace"] {
            regexes.whole(selector.text(key)).map_err(|message| at(key, message))?;
        }
        let by = |key: &str| selector::Labels::parse(selector.text(key));
        let (labels, annotations) = (by("labelSelector"), by("annotationSelector"));
        let mut found = Vec::new();
        for (place, object) in self.objects.iter().enumerate() {
            let (now, first) = (object.id(), object.original_id());
            let mut is = |key: &str, texts: &[&str]| -> Result<bool> {
                let pattern = selector.text(key);
                let regex = regexes.whole(pattern).map_err(|message| at(key, message))?;
                Ok(pattern.is_empty() || texts.iter().any(|text| regex.is_match(text)))
            };
            let is_meant = is("namespace", &[&first.namespace, &now.namespace])?
                && is("name", &[&first.name, &now.name])?
                && is("group", &[&now.gvk.group])?
                && is("version", &[&now.gvk.version])?
                && is("kind", &[&now.gvk.kind])?;
            if !is_meant {
                continue;
            }
            let labels = labels.as_ref().map_err(|message| at("labelSelector", message.clone()))?;
            if !labels.matches(&object.string_map("labels")) {
                continue;
            }
            let annotations = annotations.as_ref().map_err(|message| at("annotationSelector", message.clone()))?;
            if annotations.matches(&object.string_map("annotations")) {
                found.push(place);
            }
        }
        Ok(found)
    }
}

/// Where an object's name is written.
pub(super) fn name_of(object: &Object) -> Origin {
    let name = object.tree.find(&["metadata", "name"]);
    name.and_then(|name| object.tree.origin(name)).unwrap_or_else(|| object.place.clone())
}
