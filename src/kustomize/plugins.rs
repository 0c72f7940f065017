//! The transformers of a kustomization: those of its fields, and those that `generators`, `transformers` and `validators`
//! configure.

use std::path::Path;

use super::build::{Build, Gathered};
use super::config::Config;
use super::error::{Refusal, Result};
use super::field_spec::{self, Conflict, FieldSpec};
use super::file::Kustomization;
use super::images::Image;
use super::inline::Source;
use super::labels::Pairs;
use super::names::Affix;
use super::namespace::{Namespace, Subjects};
use super::object::{Gvk, Object};
use super::patch::Patch;
use super::replacements::{self, Replacements};
use super::replicas::Replicas;
use super::resources::Resources;
use super::shape::{self, Unknown};
use super::transformer::Transformer;
use super::value::{Content, Value};
use super::value_add::ValueAdd;
use super::{generators, json, unread};
use crate::source::{Origin, Scope};

impl Build<'_, '_> {
    /// All transformers of a kustomization, in the order in which they run.
    pub(super) fn transformers(&mut self, kustomization: &Kustomization, config: &Config) -> Result<Vec<Transformer>> {
        let fields = &kustomization.fields;
        let directory = &kustomization.directory;
        let mut all = self.strategic(fields.list("patchesStrategicMerge"), directory)?;
        for entry in fields.list("patches") {
            all.extend(self.patch(entry, directory)?.map(Transformer::Patch));
        }
        if let Some(namespace) = fields.get("namespace").filter(|namespace| !namespace.as_text().is_empty()) {
            all.push(Transformer::Namespace(Namespace {
                name: namespace.as_text().to_owned(),
                place: namespace.origin.clone(),
                fields: config.namespace.clone(),
                unset_only: false,
                subjects: Subjects::Default,
            }));
        }
        for (key, is_prefix, specs) in
            [("namePrefix", true, &config.name_prefix), ("nameSuffix", false, &config.name_suffix)]
        {
            if let Some(affix) = fields.get(key).filter(|affix| !affix.as_text().is_empty()) {
                let (text, place) = (affix.as_text().to_owned(), affix.origin.clone());
                all.push(Transformer::Affix(Affix { text, place, fields: specs.clone(), is_prefix }));
            }
        }
        all.extend(labels(fields, config)?);
        if fields.get("commonAnnotations").is_some() {
            let place = kustomization.place("commonAnnotations");
            let pairs = Pairs::new(fields.texts("commonAnnotations"), config.annotations.clone(), place);
            all.push(Transformer::Pairs(pairs));
        }
        for entry in fields.list("patchesJson6902") {
            all.extend(self.json_patch(entry, "patch", directory)?);
        }
        for entry in fields.list("replicas") {
            all.push(Transformer::Replicas(replicas(entry, config.replicas.clone())));
        }
        for entry in kustomization.images() {
            all.push(Transformer::Image(Image::read(entry, config.images.clone())));
        }
        if !fields.list("replacements").is_empty() {
            all.extend(self.replacements(fields.list("replacements"), directory)?);
        }
        all.extend(self.plugins(fields.list("transformers"), directory)?);
        Ok(all)
    }

    fn patch(&mut self, entry: &Value, directory: &Path) -> Result<Option<Patch>> {
        let (patch, path) = (entry.text("patch").trim(), entry.text("path"));
        let place = |key: &str| entry.get(key).map_or(&entry.origin, |value| &value.origin).clone();
        let (source, place) = match (patch.is_empty(), path.is_empty()) {
            (true, true) => {
                return Err(Refusal::at(&entry.origin, "a patch without content").help("write `patch` or `path`"));
            }
            (false, false) => {
                return Err(
                    Refusal::at(&entry.origin, "a patch with both `patch` and `path`").help("keep one of the two")
                );
            }
            (false, true) => {
                let Some(value) = entry.get("patch") else { return Ok(None) };
                (Source::of_value(value, &mut self.context), place("patch"))
            }
            (true, false) => {
                let Some(value) = entry.get("path") else { return Ok(None) };
                let Some(file) = self.load(directory, value)? else { return Ok(None) };
                (Source::of_file(file, &self.context), place("path"))
            }
        };
        Patch::read(entry, &source, &place, &mut self.context).map(Some)
    }

    /// Objects that are merged into others: each a file, or a text.
    fn strategic(&mut self, entries: &[Value], directory: &Path) -> Result<Vec<Transformer>> {
        let mut all = Vec::new();
        for entry in entries {
            let inline = Source::of_value(entry, &mut self.context).objects(&mut self.context);
            let objects = match inline {
                Ok(objects) => objects,
                Err(_) => {
                    let Some(file) = self.load(directory, entry)? else { continue };
                    Source::of_file(file, &self.context)
                        .objects(&mut self.context)
                        .map_err(|refusal| refusal.because(&entry.origin, "used here"))?
                }
            };
            all.extend(objects.into_iter().map(|object| (object, entry.origin.clone())));
        }
        match entries.first() {
            Some(first) if all.is_empty() && self.unread.is_empty() => {
                Err(Refusal::at(&first.origin, "the patch is empty").help("remove it"))
            }
            _ => Ok(all
                .into_iter()
                .map(|(object, place)| Transformer::StrategicPatch(Patch::strategic(vec![object], place)))
                .collect()),
        }
    }

    /// An entry of `patchesJson6902`, whose operations are under `key` or in a file.
    fn json_patch(&mut self, entry: &Value, key: &str, directory: &Path) -> Result<Option<Transformer>> {
        let (operations, path) = (entry.text(key), entry.text("path"));
        let source = match (operations.is_empty(), path.is_empty()) {
            (true, true) => {
                return Err(Refusal::at(&entry.origin, "a patch without content").help("write `patch` or `path`"));
            }
            (false, false) => {
                return Err(
                    Refusal::at(&entry.origin, "a patch with both `patch` and `path`").help("keep one of the two")
                );
            }
            (false, true) => entry.get(key).map(|value| Source::of_value(value, &mut self.context)),
            (true, false) => match entry.get("path") {
                Some(value) => self.load(directory, value)?.map(|file| Source::of_file(file, &self.context)),
                None => None,
            },
        };
        let Some(source) = source else { return Ok(None) };
        Patch::read_json(entry, &source, &entry.origin).map(|patch| Some(Transformer::JsonPatch(patch)))
    }

    /// Each replacement by itself, so that one that is about what is not read leaves the others alone.
    fn replacements(&mut self, entries: &[Value], directory: &Path) -> Result<Vec<Transformer>> {
        let mut all = Vec::new();
        for entry in entries {
            let Some(path) = entry.get("path").filter(|path| !path.as_text().is_empty()) else {
                all.push(entry.clone());
                continue;
            };
            if entry.get("source").is_some() || !entry.list("targets").is_empty() {
                return Err(Refusal::at(&entry.origin, "a replacement with both `path` and content")
                    .help("keep one of the two"));
            }
            if let Some(file) = self.load(directory, path)? {
                all.extend(replacements::of_file(&Source::of_file(file, &self.context), path)?);
            }
        }
        Ok(all.into_iter().map(|entry| Transformer::Replacements(Replacements::new(vec![entry]))).collect())
    }

    /// What plugins are configured by: texts, files, and kustomizations.
    fn configurations(&mut self, entries: &[Value], directory: &Path) -> Result<Vec<Object>> {
        let mut gathered = Gathered::default();
        let mut paths = Vec::new();
        for entry in entries {
            match Source::of_value(entry, &mut self.context).objects(&mut self.context) {
                Ok(objects) => gathered.resources.append_all(objects, &entry.origin)?,
                Err(_) => paths.push(entry),
            }
        }
        self.resources(directory, &paths, &mut gathered)?;
        Ok(gathered.resources.into_objects())
    }

    /// The objects that `generators` make.
    pub(super) fn generated_by_plugins(&mut self, kustomization: &Kustomization) -> Result<Vec<Object>> {
        let mut generated = Vec::new();
        let entries = kustomization.fields.list("generators");
        for plugin in self.configurations(entries, &kustomization.directory)? {
            if !is_builtin(&plugin) {
                self.miss_objects(&plugin.place, what_runs(&plugin), self.scope());
                continue;
            }
            let kind = match plugin.kind() {
                "ConfigMapGenerator" => generators::Kind::ConfigMap,
                "SecretGenerator" => generators::Kind::Secret,
                "HelmChartInflationGenerator" => {
                    self.miss_objects(&plugin.place, "a Helm chart".to_owned(), self.scope());
                    continue;
                }
                "IAMPolicyGenerator" => {
                    let fields = ["cloud", "projectId", "kubernetesService", "serviceAccount"];
                    generated.push(service_account(&options(&plugin, &fields)?)?);
                    continue;
                }
                kind => return Err(unknown_plugin(&plugin, kind, "generator")),
            };
            let fields =
                ["namespace", "name", "behavior", "literals", "files", "envs", "env", "options", "type", "metadata"];
            let mut options = options(&plugin, &fields)?;
            take_name(&mut options);
            match generators::generate(kind, &options, None, &kustomization.directory, &mut self.context)? {
                Some(object) => generated.push(object),
                None => self.miss_objects(&plugin.place, "a generated object".to_owned(), Scope::Data),
            }
        }
        Ok(generated)
    }

    /// The transformers that files or texts configure.
    fn plugins(&mut self, entries: &[Value], directory: &Path) -> Result<Vec<Transformer>> {
        let mut all = Vec::new();
        for plugin in self.configurations(entries, directory)? {
            if is_builtin(&plugin) {
                all.extend(self.plugin(&plugin, directory)?);
            } else {
                self.unread.push(unread::note(&plugin.place, what_runs(&plugin), Scope::Anything));
            }
        }
        Ok(all)
    }

    fn plugin(&mut self, plugin: &Object, directory: &Path) -> Result<Vec<Transformer>> {
        let read = |fields: &[&str]| options(plugin, fields);
        let specs = |options: &Value| FieldSpec::read_all(options.list("fieldSpecs"));
        let place = &plugin.place;
        Ok(match plugin.kind() {
            "AnnotationsTransformer" => {
                let options = read(&["annotations", "fieldSpecs"])?;
                vec![Transformer::Pairs(Pairs::new(options.texts("annotations"), specs(&options), place.clone()))]
            }
            "LabelTransformer" => {
                let options = read(&["labels", "fieldSpecs"])?;
                vec![Transformer::Pairs(Pairs::new(options.texts("labels"), specs(&options), place.clone()))]
            }
            "NamespaceTransformer" => {
                let options = read(&["metadata", "fieldSpecs", "unsetOnly", "setRoleBindingSubjects"])?;
                vec![Transformer::Namespace(namespace(&options, place)?)]
            }
            kind @ ("PrefixTransformer" | "SuffixTransformer" | "PrefixSuffixTransformer") => {
                let options = read(&["prefix", "suffix", "fieldSpecs"])?;
                if options.get("fieldSpecs").is_none() {
                    return Err(Refusal::at(place, format!("a {kind} wants `fieldSpecs`"))
                        .help("write `fieldSpecs: [{path: metadata/name}]`"));
                }
                let affix = |key: &str, is_prefix| {
                    let place = options.get(key).map_or(place, |value| &value.origin).clone();
                    let text = options.text(key).to_owned();
                    Transformer::Affix(Affix { text, place, fields: specs(&options), is_prefix })
                };
                match kind {
                    "PrefixTransformer" => vec![affix("prefix", true)],
                    "SuffixTransformer" => vec![affix("suffix", false)],
                    _ => vec![affix("prefix", true), affix("suffix", false)],
                }
            }
            "ImageTagTransformer" => {
                let options = read(&["imageTag", "fieldSpecs"])?;
                let null = Value::null(place.clone());
                let image = options.get("imageTag").unwrap_or(&null);
                vec![Transformer::Image(Image::read(image, specs(&options)))]
            }
            "ReplicaCountTransformer" => {
                let options = read(&["replica", "fieldSpecs"])?;
                let null = Value::null(place.clone());
                let replica = options.get("replica").unwrap_or(&null);
                vec![Transformer::Replicas(replicas(replica, specs(&options)))]
            }
            "PatchTransformer" => {
                let options = read(&["path", "patch", "target", "options"])?;
                self.patch(&options, directory)?.map(Transformer::Patch).into_iter().collect()
            }
            "PatchJson6902Transformer" => {
                let options = read(&["target", "path", "jsonOp"])?;
                self.json_patch(&options, "jsonOp", directory)?.into_iter().collect()
            }
            "PatchStrategicMergeTransformer" => self.strategic_plugin(plugin, directory)?,
            "ReplacementTransformer" => {
                let options = read(&["replacements"])?;
                self.replacements(options.list("replacements"), directory)?
            }
            "HashTransformer" => vec![Transformer::Hash],
            "ValueAddTransformer" => vec![self.value_add(plugin, directory)?],
            kind => return Err(unknown_plugin(plugin, kind, "transformer")),
        })
    }

    fn strategic_plugin(&mut self, plugin: &Object, directory: &Path) -> Result<Vec<Transformer>> {
        let options = options(plugin, &["paths", "patches"])?;
        let (paths, patches) = (options.list("paths"), options.get("patches"));
        let mut all = if paths.is_empty() { Vec::new() } else { self.strategic(paths, directory)? };
        if let Some(patches) = patches.filter(|patches| !patches.as_text().is_empty()) {
            let objects = Source::of_value(patches, &mut self.context).objects(&mut self.context)?;
            let patch = |object| Transformer::StrategicPatch(Patch::strategic(vec![object], patches.origin.clone()));
            all.extend(objects.into_iter().map(patch));
        }
        if all.is_empty() {
            return Err(Refusal::at(&plugin.place, "the patch is empty").help("write `paths` or `patches`"));
        }
        Ok(all)
    }

    fn value_add(&mut self, plugin: &Object, directory: &Path) -> Result<Transformer> {
        let options = options(plugin, &["value", "targets", "targetFilePath"])?;
        let place = options.get("value").map_or(&plugin.place, |value| &value.origin).clone();
        let mut targets = options.list("targets").to_vec();
        if let Some(path) = options.get("targetFilePath").filter(|path| !path.as_text().is_empty())
            && let Some(file) = self.load(directory, path)?
        {
            let unreadable = || Refusal::at(&path.origin, "kustomize cannot read this file");
            let mut value = Source::of_file(file, &self.context).value().ok_or_else(unreadable)?;
            shape::VALUE_TARGET_FILE.check(&mut value, Unknown::Ignored)?;
            targets.extend(value.list("targets").iter().cloned());
        }
        if targets.is_empty() {
            return Err(Refusal::at(&plugin.place, "a ValueAddTransformer wants targets").help("write `targets`"));
        }
        if let Some(target) =
            targets.iter().find(|target| target.text("fieldPath").is_empty() || target.number("filePathPosition") < 0)
        {
            return Err(Refusal::at(&target.origin, "a target wants a `fieldPath`, and no negative position"));
        }
        let name = || directory.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let value = match options.text("value").trim() {
            "" => name(),
            value => value.to_owned(),
        };
        Ok(Transformer::ValueAdd(ValueAdd { value, targets, place }))
    }

    /// Runs `validators`, which may change nothing.
    pub(super) fn validate(&mut self, kustomization: &Kustomization, resources: &mut Resources) -> Result<()> {
        let entries = kustomization.fields.list("validators");
        for validator in self.plugins(entries, &kustomization.directory)? {
            let print = |resources: &Resources| -> Result<Vec<String>> {
                let print = |object: &Object| {
                    let mut object = object.clone();
                    let mut labels = object.string_map("labels");
                    if labels.iter().any(|(key, ..)| key == "validated-by") {
                        labels.retain(|(key, ..)| key != "validated-by");
                        object.set_string_map("labels", labels);
                    }
                    let mut text = String::new();
                    json::write(&object, &mut text).map(|_| text)
                };
                resources.as_slice().iter().map(print).collect()
            };
            let before = print(resources)?;
            self.transform(&validator, resources)?;
            if print(resources)? != before {
                return Err(Refusal::at(&kustomization.place("validators"), "a validator may not change objects")
                    .help("list it under `transformers`"));
            }
        }
        Ok(())
    }
}

/// `labels` and `commonLabels`.
fn labels(fields: &Value, config: &Config) -> Result<Vec<Transformer>> {
    let mut all = Vec::new();
    let entries = fields.list("labels");
    for entry in entries {
        let specs = label_fields(entry, config).map_err(|_| {
            Refusal::at(&entry.origin, "two fields of these labels contradict each other about `create`")
                .help("write the same `create` as kustomize's own field has")
        })?;
        all.push(Transformer::Pairs(Pairs::new(entry.texts("pairs"), specs, entry.origin.clone())));
    }
    if let Some(common) = fields.get("commonLabels") {
        let pairs = Pairs::new(fields.texts("commonLabels"), config.common_labels.clone(), common.origin.clone());
        all.push(Transformer::Pairs(pairs));
    }
    Ok(all)
}

fn label_fields(entry: &Value, config: &Config) -> std::result::Result<Vec<FieldSpec>, Conflict> {
    let mut specs = FieldSpec::read_all(entry.list("fields"));
    field_spec::merge(&mut specs, config.labels.iter().cloned())?;
    if entry.flag("includeSelectors") {
        field_spec::merge(&mut specs, config.common_labels.iter().cloned())?;
    } else {
        if entry.flag("includeTemplates") {
            field_spec::merge(&mut specs, config.template_labels.iter().cloned())?;
        }
        let own = FieldSpec { gvk: Gvk::default(), path: "metadata/labels".to_owned(), create: true };
        field_spec::merge(&mut specs, [own])?;
    }
    Ok(specs)
}

fn replicas(entry: &Value, fields: Vec<FieldSpec>) -> Replicas {
    let place = entry.get("count").or_else(|| entry.get("name")).map_or(&entry.origin, |value| &value.origin).clone();
    Replicas { name: entry.text("name").to_owned(), count: entry.number("count"), place, fields }
}

fn namespace(options: &Value, place: &Origin) -> Result<Namespace> {
    let subjects = match options.text("setRoleBindingSubjects") {
        "" | "defaultOnly" => Subjects::Default,
        "allServiceAccounts" => Subjects::ServiceAccounts,
        "none" => Subjects::None,
        other => {
            return Err(Refusal::at(place, format!("`{other}` is not a way to set the subjects of bindings"))
                .help("write `defaultOnly`, `allServiceAccounts` or `none`"));
        }
    };
    let metadata = options.get("metadata");
    let name = metadata.and_then(|metadata| metadata.get("namespace"));
    Ok(Namespace {
        name: name.map(|name| name.as_text().to_owned()).unwrap_or_default(),
        place: name.map_or(place, |name| &name.origin).clone(),
        fields: FieldSpec::read_all(options.list("fieldSpecs")),
        unset_only: options.flag("unsetOnly"),
        subjects,
    })
}

/// Whether kustomize has a plugin itself.
fn is_builtin(plugin: &Object) -> bool {
    plugin.api_version() == "builtin"
}

fn what_runs(plugin: &Object) -> String {
    format!("what the plugin {} `{}` does", plugin.kind(), plugin.name())
}

fn unknown_plugin(plugin: &Object, kind: &str, wanted: &str) -> Box<Refusal> {
    Refusal::at(&plugin.place, format!("kustomize has no {wanted} `{kind}`"))
}

/// The options of a plugin, of which others are no matter.
fn options(plugin: &Object, fields: &[&str]) -> Result<Value> {
    let mut text = String::new();
    json::write(plugin, &mut text)?;
    let mut value = Value::of_tree(&plugin.tree, plugin.tree.root, &plugin.place);
    if let Content::Map(entries) = &mut value.content {
        entries.retain(|(name, _)| fields.iter().any(|field| field.eq_ignore_ascii_case(name)));
    }
    shape::PLUGIN.check(&mut value, Unknown::Ignored)?;
    Ok(value)
}

/// A generator without a name of its own takes the one of its metadata.
fn take_name(options: &mut Value) {
    let metadata = options.get("metadata").cloned();
    for key in ["name", "namespace"] {
        if options.text(key).is_empty()
            && let Some(value) = metadata.as_ref().and_then(|metadata| metadata.get(key))
            && let Content::Map(entries) = &mut options.content
        {
            entries.retain(|(name, _)| name != key);
            entries.push((key.into(), value.clone()));
        }
    }
}

/// What an `IAMPolicyGenerator` makes.
fn service_account(options: &Value) -> Result<Object> {
    if options.text("cloud") != "gke" {
        return Err(Refusal::at(
            &options.origin,
            format!("`{}` is not a cloud that kustomize knows", options.text("cloud")),
        )
        .help("write `cloud: gke`"));
    }
    let service = options.get("kubernetesService");
    let mut object = Object::new(options.origin.file, options.origin.clone());
    let place = Some(options.origin.clone());
    let text = |key| service.map(|service| service.text(key)).unwrap_or_default();
    object.set_text(&["apiVersion"], "v1", place.clone());
    object.set_text(&["kind"], "ServiceAccount", place.clone());
    object.set_text(&["metadata", "name"], text("name"), place.clone());
    if !text("namespace").is_empty() {
        object.set_text(&["metadata", "namespace"], text("namespace"), place);
    }
    let account = options.get("serviceAccount").map(|account| account.text("name")).unwrap_or_default();
    let address = format!("{account}@{}.iam.gserviceaccount.com", options.text("projectId"));
    object.annotate("iam.gke.io/gcp-service-account", &address);
    Ok(object)
}
