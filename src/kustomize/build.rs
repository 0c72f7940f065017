//! What a kustomization builds: its objects, gathered and changed in kustomize's order.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::budget::Budget;
use super::config::Config;
use super::context::Context;
use super::error::{Refusal, Result};
use super::file::Kustomization;
use super::files::{Files, Unreadable};
use super::inline::Source;
use super::object::Object;
use super::openapi::Schemas;
use super::regexes::Regexes;
use super::resources::Resources;
use super::shape::{self, Unknown};
use super::transformer::Transformer;
use super::value::{Content, Value};
use super::variables::Variables;
use super::{crds, defaults, finish, generators, hash, references, unread};
use crate::source::{FileId, Origin, Scope, Unread};

/// How deep kustomizations may lie in one another.
const DEEPEST: usize = 64;

/// What building a kustomization came to.
#[derive(Debug)]
pub(super) struct Outcome {
    /// Its objects in order; or why kustomize refuses it.
    pub(super) objects: Result<Vec<Object>>,
    /// The files that were read.
    pub(super) used: BTreeSet<FileId>,
    /// What it leads to and cannot be read.
    pub(super) unread: Vec<Unread>,
}

/// What a kustomization has gathered.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) resources: Resources,
    config: Config,
    variables: Variables,
}

/// The objects of files, each of which is read once for all kustomizations.
pub(super) type Parsed = HashMap<FileId, Arc<Result<Vec<Object>>>>;

/// A build.
pub(super) struct Build<'c, 't> {
    pub(super) context: Context<'c, 't>,
    parsed: &'c mut Parsed,
    /// The kustomizations that led here, the first one first, with their namespaces.
    above: Vec<(PathBuf, String)>,
    pub(super) unread: Vec<Unread>,
    /// Whether there may be objects that are not read.
    is_incomplete: bool,
    /// Whether kustomize remembers where objects come from.
    notes_origins: bool,
    counted: BTreeSet<FileId>,
}

/// Builds a kustomization.
pub(super) fn build(root: &Kustomization, files: &mut Files<'_>, parsed: &mut Parsed) -> Outcome {
    files.take_used();
    files.mark_used(root.file);
    let context = Context { files, budget: Budget::new(), regexes: Regexes::default(), schemas: Schemas::default() };
    let mut build = Build {
        context,
        parsed,
        above: Vec::new(),
        unread: Vec::new(),
        is_incomplete: false,
        notes_origins: !root.fields.list("buildMetadata").is_empty(),
        counted: BTreeSet::new(),
    };
    let objects = build.whole(root);
    let unread = build.unread;
    Outcome { objects, used: files.take_used(), unread }
}

impl Build<'_, '_> {
    fn whole(&mut self, root: &Kustomization) -> Result<Vec<Object>> {
        if let Some(refusal) = &root.refusal {
            return Err(refusal.clone());
        }
        self.refuse_second_file(&root.directory)?;
        self.openapi(root)?;
        let gathered = self.accumulate(root, Gathered::default())?;
        let Gathered { mut resources, config, variables } = gathered;
        hash::transform(&mut resources, &mut self.context)?;
        references::update(&mut resources, &config, &mut self.context)?;
        match variables.resolve(&mut resources, &config.variables, &mut self.context) {
            Err(refusal) if refusal.is_about_absence && self.is_incomplete => {}
            resolved => resolved?,
        }
        finish::finish(root, resources, &mut self.context)
    }

    /// Where objects would be that are not read: in the namespace that the outermost kustomization sets.
    pub(super) fn scope(&self) -> Scope {
        let set = self.above.iter().find(|(_, namespace)| !namespace.is_empty());
        set.map_or(Scope::Anything, |(_, namespace)| Scope::Namespace(namespace.clone()))
    }

    /// Notes that there are objects that are not read.
    pub(super) fn miss_objects(&mut self, origin: &Origin, what: String, scope: Scope) {
        self.is_incomplete = true;
        self.unread.push(unread::note(origin, what, scope));
    }

    /// Adds what a kustomization consists of, and does to all of it what it says. A component does so to what is there
    /// already.
    fn accumulate(&mut self, kustomization: &Kustomization, mut gathered: Gathered) -> Result<Gathered> {
        let fields = &kustomization.fields;
        if self.above.len() >= DEEPEST {
            return Err(Refusal::at(&fields.origin, "kustomizations lie too deep in one another"));
        }
        self.context.spend(20, &fields.origin)?;
        self.above.push((kustomization.directory.clone(), fields.text("namespace").to_owned()));
        let entries: Vec<&Value> = kustomization.resources().collect();
        self.resources(&kustomization.directory, &entries, &mut gathered)?;
        self.configure(kustomization, &mut gathered)?;
        self.generate(kustomization, &mut gathered)?;
        for entry in fields.list("components") {
            gathered = self.component(&kustomization.directory, entry, gathered)?;
        }
        let transformers = self.transformers(kustomization, &gathered.config)?;
        for transformer in &transformers {
            self.transform(transformer, &mut gathered.resources)?;
        }
        self.validate(kustomization, &mut gathered.resources)?;
        match gathered.variables.read(fields.list("vars"), &mut gathered.resources) {
            Err(refusal) if refusal.is_about_absence && self.is_incomplete => {}
            read => read?,
        }
        self.above.pop();
        Ok(gathered)
    }

    /// What is not there may be among what is not read.
    pub(super) fn transform(&mut self, transformer: &Transformer, resources: &mut Resources) -> Result<()> {
        match transformer.transform(resources, &mut self.context) {
            Err(refusal) if refusal.is_about_absence && self.is_incomplete => Ok(()),
            done => done,
        }
    }

    /// Adds the objects of files and of other kustomizations.
    pub(super) fn resources(&mut self, directory: &Path, entries: &[&Value], gathered: &mut Gathered) -> Result<()> {
        for entry in entries {
            let path = entry.as_text();
            match self.context.files.load(directory, path) {
                Ok(file) => {
                    let objects = self.objects(file, entry)?;
                    gathered.resources.append_all(objects, &entry.origin)?;
                }
                Err(Unreadable::Remote) => {
                    self.miss_objects(&entry.origin, format!("`{path}`, which has to be fetched"), self.scope());
                }
                Err(Unreadable::Excluded) => {}
                Err(why @ Unreadable::Outside) => return Err(unread::refusal(&entry.origin, path, why)),
                Err(Unreadable::Missing | Unreadable::Directory) => self.base(directory, entry, gathered)?,
            }
        }
        Ok(())
    }

    fn base(&mut self, directory: &Path, entry: &Value, gathered: &mut Gathered) -> Result<()> {
        let path = entry.as_text();
        match self.context.files.directory(directory, path) {
            Ok(base) => {
                let base = self.open(&base, entry)?;
                if base.is_component() {
                    return Err(Refusal::at(&entry.origin, format!("`{path}` is a Component"))
                        .help("list it under `components`"));
                }
                let own = self.accumulate(&base, Gathered::default());
                let own = own.map_err(|refusal| refusal.because(&entry.origin, "used here"))?;
                gathered.merge(own, &entry.origin)
            }
            Err(Unreadable::Remote) => {
                self.miss_objects(&entry.origin, format!("`{path}`, which has to be fetched"), self.scope());
                Ok(())
            }
            Err(Unreadable::Excluded) => Ok(()),
            Err(Unreadable::Outside) => Err(Refusal::at(&entry.origin, format!("`{path}` is outside the repository"))
                .help("copy it into the repository, or read it with `--follow-outside`")),
            Err(why) => Err(unread::refusal(&entry.origin, path, why)),
        }
    }

    fn component(&mut self, directory: &Path, entry: &Value, gathered: Gathered) -> Result<Gathered> {
        let path = entry.as_text();
        match self.context.files.directory(directory, path) {
            Ok(component) => {
                let component = self.open(&component, entry)?;
                if !component.is_component() {
                    return Err(Refusal::at(&entry.origin, format!("`{path}` is not a Component"))
                        .help("list it under `resources`, or write `kind: Component` in it"));
                }
                let all = self.accumulate(&component, gathered);
                let all = all.map_err(|refusal| refusal.because(&entry.origin, "used here"))?;
                let mut merged = Gathered::default();
                merged.merge(all, &entry.origin)?;
                Ok(merged)
            }
            Err(Unreadable::Remote) => {
                let what = format!("the component `{path}`, which has to be fetched");
                self.miss_objects(&entry.origin, what, Scope::Anything);
                Ok(gathered)
            }
            Err(Unreadable::Excluded) => Ok(gathered),
            Err(Unreadable::Outside) => Err(Refusal::at(&entry.origin, format!("`{path}` is outside the repository"))
                .help("copy it into the repository, or read it with `--follow-outside`")),
            Err(_) => Err(Refusal::at(&entry.origin, format!("`{path}` is not a directory"))
                .help("name a directory with a kustomization of `kind: Component`")),
        }
    }

    /// Opens another kustomization.
    fn open(&mut self, directory: &Path, entry: &Value) -> Result<Kustomization> {
        if self.above.iter().any(|(above, _)| above.starts_with(directory)) {
            return Err(Refusal::at(&entry.origin, format!("`{}` leads back to where it is used", entry.as_text()))
                .help("remove the entry: a kustomization cannot use one that is above it, or itself"));
        }
        let file = match self.context.files.kustomizations(directory).as_slice() {
            [] => {
                return Err(Refusal::at(&entry.origin, format!("`{}` has no kustomization", entry.as_text()))
                    .help("add a `kustomization.yaml` there, or list its files"));
            }
            [one, ..] => *one,
        };
        self.refuse_second_file(directory)?;
        self.context.files.mark_used(file);
        let kustomization = Kustomization::read(file, directory.to_owned(), self.context.files.text(file));
        if let Some(refusal) = kustomization.refusal {
            return Err(refusal.because(&entry.origin, "used here"));
        }
        self.openapi(&kustomization)?;
        Ok(kustomization)
    }

    fn refuse_second_file(&mut self, directory: &Path) -> Result<()> {
        let files = self.context.files.kustomizations(directory);
        let [first, second, ..] = files.as_slice() else { return Ok(()) };
        for file in [first, second] {
            self.context.files.mark_used(*file);
        }
        let root = |file: FileId| Origin { file, document: 0, path: crate::yaml::FieldPath::root() };
        Err(Refusal::new(
            crate::source::Location::Bytes(*second, crate::yaml::Span::default()),
            "kustomize refuses two kustomizations in one directory",
        )
        .help("keep one of the two")
        .because(&root(*first), "the other one"))
    }

    /// The objects of a file.
    fn objects(&mut self, file: FileId, entry: &Value) -> Result<Vec<Object>> {
        self.count(file);
        let context = &mut self.context;
        let text = context.files.text(file);
        let parsed =
            self.parsed.entry(file).or_insert_with(|| Arc::new(super::read::objects(super::read::Text { file, text })));
        let mut objects = match parsed.as_ref() {
            Ok(objects) => objects.clone(),
            Err(refusal) => return Err(refusal.clone().because(&entry.origin, "used here")),
        };
        let size = objects.iter().map(|object| object.tree.len()).sum::<usize>();
        context.spend(1 + size, &entry.origin)?;
        if self.notes_origins {
            for object in &mut objects {
                object.annotate("config.kubernetes.io/origin", "path");
            }
        }
        Ok(objects)
    }

    /// Allows more because of a file that is read for the first time.
    fn count(&mut self, file: FileId) {
        const BYTES_PER_VALUE: usize = 8;
        if self.counted.insert(file) {
            let length = self.context.files.text(file).len();
            self.context.budget.allow(length / BYTES_PER_VALUE);
        }
    }

    /// Loads a file that is a part of the kustomization; `None` where it cannot be read.
    pub(super) fn load(&mut self, directory: &Path, entry: &Value) -> Result<Option<FileId>> {
        let path = entry.as_text();
        match self.context.files.load(directory, path) {
            Ok(file) => {
                self.count(file);
                Ok(Some(file))
            }
            Err(Unreadable::Remote) => {
                let what = format!("`{path}`, which has to be fetched");
                self.unread.push(unread::note(&entry.origin, what, Scope::Anything));
                Ok(None)
            }
            Err(Unreadable::Excluded) => Ok(None),
            Err(why) => Err(unread::refusal(&entry.origin, path, why)),
        }
    }

    /// The schema that says which lists are merged.
    fn openapi(&mut self, kustomization: &Kustomization) -> Result<()> {
        let Some(openapi) = kustomization.fields.get("openapi") else { return Ok(()) };
        let is_set = |key: &str| openapi.entries().iter().any(|(name, _)| name == key);
        let version = openapi.text("version");
        if is_set("path") {
            let null = Value::null(openapi.origin.clone());
            let entry = openapi.get("path").unwrap_or(&null);
            let Some(file) = self.load(&kustomization.directory, entry)? else { return Ok(()) };
            if is_set("version") {
                return Err(Refusal::at(&openapi.origin, "`openapi` takes either `path` or `version`, not both"));
            }
            let source = Source::of_file(file, &self.context);
            let schema = source.value().filter(|schema| matches!(schema.content, Content::Map(_)));
            let schema = schema.ok_or_else(|| Refusal::at(&entry.origin, "this is not an OpenAPI document"))?;
            let is_beside = !self.above.is_empty() && !self.counted.is_empty();
            self.context.schemas.use_custom(schema, is_beside);
        } else if !["", "v1.21.2"].contains(&version) && !self.context.schemas.has_custom() {
            return Err(Refusal::at(&openapi.origin, format!("kustomize has no OpenAPI data of version `{version}`"))
                .help("remove it, or write `version: v1.21.2`"));
        }
        Ok(())
    }

    /// The fields that transformers change.
    fn configure(&mut self, kustomization: &Kustomization, gathered: &mut Gathered) -> Result<()> {
        let conflict = |entry: &Value| {
            Refusal::at(&entry.origin, "a field of this configuration contradicts another one about `create`")
        };
        let mut own = Config::default();
        for entry in kustomization.fields.list("configurations") {
            let Some(file) = self.load(&kustomization.directory, entry)? else { continue };
            let unreadable = || Refusal::at(&entry.origin, "kustomize cannot read this configuration");
            let mut value = Source::of_file(file, &self.context).value().ok_or_else(unreadable)?;
            shape::CONFIGURATION.check(&mut value, Unknown::Refused)?;
            own.merge(&Config::read(&value)).map_err(|_| conflict(entry))?;
        }
        let mut all = defaults::config();
        let place = kustomization.fields.get("configurations").unwrap_or(&kustomization.fields);
        all.merge(&own).map_err(|_| conflict(place))?;
        self.context.spend(all.size() / 4, &kustomization.fields.origin)?;
        gathered.config.merge(&all).map_err(|_| conflict(place))?;
        for entry in kustomization.fields.list("crds") {
            let Some(file) = self.load(&kustomization.directory, entry)? else { continue };
            let unreadable = || Refusal::at(&entry.origin, "kustomize cannot read this file under `crds`");
            let value = Source::of_file(file, &self.context).value().ok_or_else(unreadable)?;
            let config = crds::config(&value, entry)?;
            gathered.config.merge(&config).map_err(|_| conflict(entry))?;
        }
        Ok(())
    }

    fn generate(&mut self, kustomization: &Kustomization, gathered: &mut Gathered) -> Result<()> {
        let fields = &kustomization.fields;
        let options = fields.get("generatorOptions");
        let directory = &kustomization.directory;
        let mut generated = Vec::new();
        for (key, kind) in
            [("configMapGenerator", generators::Kind::ConfigMap), ("secretGenerator", generators::Kind::Secret)]
        {
            for entry in fields.list(key) {
                match generators::generate(kind, entry, options, directory, &mut self.context)? {
                    Some(object) => generated.push(object),
                    None => self.miss_objects(&entry.origin, format!("an entry of `{key}`"), Scope::Data),
                }
            }
        }
        for key in ["helmCharts", "helmChartInflationGenerator"] {
            for entry in fields.list(key) {
                let chart = [entry.text("name"), entry.text("chartName")].concat();
                self.miss_objects(&entry.origin, format!("the Helm chart `{chart}`"), self.scope());
            }
        }
        for mut object in generated {
            if self.notes_origins {
                object.annotate("config.kubernetes.io/origin", "configuredIn");
            }
            self.absorb(object, gathered)?;
        }
        for object in self.generated_by_plugins(kustomization)? {
            self.absorb(object, gathered)?;
        }
        Ok(())
    }

    fn absorb(&mut self, object: Object, gathered: &mut Gathered) -> Result<()> {
        match generators::absorb(&mut gathered.resources, object, &mut self.context) {
            Err(refusal) if refusal.is_about_absence && self.is_incomplete => Ok(()),
            done => done,
        }
    }
}

impl Gathered {
    /// Takes in what another kustomization gathered.
    fn merge(&mut self, other: Self, origin: &Origin) -> Result<()> {
        self.resources.append_all(other.resources.into_objects(), origin)?;
        self.config
            .merge(&other.config)
            .map_err(|_| Refusal::at(origin, "its `configurations` contradict others about `create`"))?;
        self.variables.merge(other.variables)
    }
}
