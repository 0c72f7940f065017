//! The modules of the crate, and which of them a path leads to.

use std::collections::{BTreeMap, BTreeSet};

use super::tokens::{Source, Token, read};

/// A path as written or from the root: `crate`, `super` and `self` only as written.
pub(crate) type Path = Vec<String>;

/// A path that a file names.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    pub(crate) path: Path,
    /// What it is called here, where it is imported.
    name: Option<String>,
    pub(crate) line: usize,
}

/// A module, which is a file.
#[derive(Debug, Default)]
pub(crate) struct Module {
    pub(crate) path: Path,
    pub(crate) file: String,
    pub(crate) source: Source,
    children: BTreeSet<String>,
    definitions: BTreeSet<String>,
    /// Imports and re-exports.
    pub(crate) imports: Vec<Named>,
    /// The bodies of its macros.
    macros: BTreeMap<String, Vec<Token>>,
}

/// All modules by their paths.
#[derive(Debug, Default)]
pub(crate) struct Modules(pub(crate) BTreeMap<Path, Module>);

/// How many re-exports lead to one another at most.
const DEEPEST: usize = 16;

impl Modules {
    /// Reads the modules that `lib.rs` declares, and those that these declare, from files by their paths in `src`.
    pub(crate) fn read(files: &BTreeMap<String, String>) -> Self {
        let mut modules = Self::default();
        modules.add(files, Vec::new());
        modules
    }

    fn add(&mut self, files: &BTreeMap<String, String>, path: Path) {
        let names = match path.join("/").as_str() {
            "" => ["lib.rs".to_owned(), String::new()],
            folder => [format!("{folder}.rs"), format!("{folder}/mod.rs")],
        };
        let file = names.into_iter().find(|name| files.contains_key(name));
        let file = file.unwrap_or_else(|| panic!("no file of module {path:?}"));
        let module = Module::new(path.clone(), file.clone(), read(&files[&file]));
        let children = module.children.clone();
        self.0.insert(path.clone(), module);
        for child in children {
            self.add(files, path.iter().cloned().chain([child]).collect());
        }
    }

    /// The module that defines what a path in a module leads to; `None` for what is of another crate.
    pub(crate) fn lookup(&self, from: &Module, path: &[String]) -> Option<&Module> {
        self.follow(from, path, DEEPEST)
    }

    fn follow(&self, from: &Module, path: &[String], depth: usize) -> Option<&Module> {
        let mut at = from.path.clone();
        let mut rest = path;
        match path.first()?.as_str() {
            "crate" => (at, rest) = (Vec::new(), &path[1..]),
            "self" => rest = &path[1..],
            "super" => {}
            first if from.children.contains(first) => {}
            first => {
                let import = from.imports.iter().find(|it| it.name.as_deref() == Some(first));
                let import = import.filter(|import| depth > 0 && import.path.first() != path.first())?;
                let whole: Path = import.path.iter().chain(&path[1..]).cloned().collect();
                return self.follow(from, &whole, depth - 1);
            }
        }
        while rest.first().is_some_and(|it| it == "super") {
            at.pop();
            rest = &rest[1..];
        }
        self.descend(self.0.get(&at)?, rest, depth)
    }

    fn descend<'m>(&'m self, module: &'m Module, rest: &[String], depth: usize) -> Option<&'m Module> {
        let Some((first, further)) = rest.split_first() else { return Some(module) };
        if module.children.contains(first) {
            let path: Path = module.path.iter().chain([first]).cloned().collect();
            return self.descend(self.0.get(&path)?, further, depth);
        }
        if module.definitions.contains(first) || depth == 0 {
            return Some(module);
        }
        let named = module.imports.iter().filter(|it| it.name.as_deref() == Some(first));
        if let Some(found) = named.into_iter().find_map(|import| self.follow(module, &import.path, depth - 1)) {
            return Some(found);
        }
        let of_all =
            module.imports.iter().filter_map(|import| import.path.split_last().filter(|(last, _)| *last == "*"));
        let mut sources = of_all.filter_map(|(_, path)| self.follow(module, path, depth - 1));
        Some(sources.find(|source| source.definitions.contains(first)).unwrap_or(module))
    }

    /// The module that defines a macro, with its body.
    pub(crate) fn of_macro(&self, name: &str) -> Option<(&Module, &[Token])> {
        self.0.values().find_map(|module| Some((module, module.macros.get(name)?.as_slice())))
    }
}

impl Module {
    fn new(path: Path, file: String, source: Source) -> Self {
        let mut module = Self { path, file, ..Self::default() };
        let code = &source.code;
        for (at, token) in code.iter().enumerate() {
            let text = |ahead: usize| code.get(at + ahead).map_or("", |it| it.text.as_str());
            match token.text.as_str() {
                "mod" if text(2) == ";" => {
                    module.children.insert(text(1).to_owned());
                }
                "use" if text(1) != "<" => {
                    let mut next = at + 1;
                    use_tree(code, &mut next, &[], &mut module.imports);
                }
                "macro_rules" if text(1) == "!" => {
                    module.definitions.insert(text(2).to_owned());
                    module.macros.insert(text(2).to_owned(), body(code, at + 3));
                }
                "fn" | "struct" | "enum" | "union" | "trait" | "type" | "const" | "static" => {
                    module.definitions.insert(text(1).to_owned());
                }
                _ => {}
            }
        }
        module.source = source;
        module
    }

    /// Whether it declares a module of this name.
    pub(crate) fn has_child(&self, name: &str) -> bool {
        self.children.contains(name)
    }
}

/// What is in the braces that start at a token.
fn body(code: &[Token], start: usize) -> Vec<Token> {
    let mut depth = 0;
    let depths = code[start..].iter().map(|token| {
        match token.text.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth -= 1,
            _ => {}
        }
        depth
    });
    let length = depths.take_while(|depth| *depth > 0).count();
    code[start..start + length].to_vec()
}

/// Reads `a::{b, c as d, e::*}` and leaves `at` behind it.
fn use_tree(code: &[Token], at: &mut usize, before: &[String], imports: &mut Vec<Named>) {
    let mut path = before.to_vec();
    let line = code.get(*at).map_or(0, |it| it.line);
    let text = |at: usize| code.get(at).map_or(";", |it| it.text.as_str());
    loop {
        match text(*at) {
            "{" => {
                *at += 1;
                while !matches!(text(*at), "}" | ";") {
                    use_tree(code, at, &path, imports);
                    if text(*at) == "," {
                        *at += 1;
                    }
                }
                *at += 1;
                return;
            }
            "::" => *at += 1,
            "as" => {
                imports.push(Named { path, name: Some(text(*at + 1).to_owned()), line });
                *at += 2;
                return;
            }
            "," | "}" | ";" => {
                if path.last().is_some_and(|last| last == "self") {
                    path.pop();
                }
                let name = path.last().filter(|last| *last != "*").cloned();
                imports.push(Named { path, name, line });
                return;
            }
            word => {
                path.push(word.to_owned());
                *at += 1;
            }
        }
    }
}

/// The paths that begin with a word for which `begins` holds, outside imports.
pub(crate) fn paths(code: &[Token], begins: impl Fn(&str) -> bool) -> Vec<Named> {
    let text = |at: usize| code.get(at).map_or("", |it| it.text.as_str());
    let starts = (0..code.len())
        .filter(|&at| begins(text(at)) && text(at + 1) == "::" && (at == 0 || !matches!(text(at - 1), "::" | "use")));
    let paths = starts.map(|start| {
        let mut path = vec![text(start).to_owned()];
        let mut at = start;
        while text(at + 1) == "::" && text(at + 2).starts_with(|it: char| it.is_alphabetic() || it == '_') {
            at += 2;
            path.push(text(at).to_owned());
        }
        Named { path, name: None, line: code[start].line }
    });
    paths.collect()
}
