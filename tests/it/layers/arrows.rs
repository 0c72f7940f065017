//! Who names which, and what is wrong with that.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::modules::{Module, Modules, Path, paths};

/// That a module names something of another one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Arrow {
    pub(crate) from: Path,
    pub(crate) to: Path,
    place: String,
}

impl fmt::Display for Arrow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} -> {}", self.place, self.from.join("::"), self.to.join("::"))
    }
}

/// All arrows between modules neither of which is in the other: what a module and its own submodules know of each other
/// is theirs.
pub(crate) fn arrows(modules: &Modules) -> BTreeSet<Arrow> {
    let mut arrows = BTreeSet::new();
    for from in modules.0.values() {
        let mut add = |to: &Module, line: usize| {
            if !from.path.starts_with(&to.path) && !to.path.starts_with(&from.path) {
                let place = format!("src/{}:{line}", from.file);
                arrows.insert(Arrow { from: from.path.clone(), to: to.path.clone(), place });
            }
        };
        let starts = |word: &str| ["crate", "self", "super"].contains(&word) || from.has_child(word);
        let named = [paths(&from.source.code, starts), paths(&from.source.documentation, starts)];
        for named in named.iter().flatten().chain(&from.imports) {
            if let Some(to) = modules.lookup(from, &named.path) {
                add(to, named.line);
            }
        }
        for called in from.source.code.windows(2).filter(|pair| pair[1].text == "!") {
            let Some((definer, body)) = modules.of_macro(&called[0].text) else { continue };
            add(definer, called[0].line);
            // What a macro names is named where it is called.
            for named in paths(body, starts) {
                let asker = if named.path[0] == "crate" { definer } else { from };
                if let Some(to) = modules.lookup(asker, &named.path) {
                    add(to, called[0].line);
                }
            }
        }
    }
    arrows
}

/// The arrows that do not lead down a list of the modules at the root, from ground to roof.
pub(crate) fn upward(arrows: &BTreeSet<Arrow>, layers: &[&str]) -> Vec<String> {
    let height = |path: &Path| layers.iter().position(|layer| *layer == path[0]);
    let is_upward = |arrow: &&Arrow| {
        arrow.from[0] != arrow.to[0] && !matches!((height(&arrow.from), height(&arrow.to)), (Some(a), Some(b)) if b < a)
    };
    arrows.iter().filter(is_upward).map(ToString::to_string).collect()
}

/// The circles between the modules of each folder, each as its arrows.
pub(crate) fn circles(arrows: &BTreeSet<Arrow>) -> Vec<String> {
    let mut folders: BTreeMap<&[String], BTreeMap<(&str, &str), &Arrow>> = BTreeMap::new();
    for arrow in arrows {
        let shared = arrow.from.iter().zip(&arrow.to).take_while(|(from, to)| from == to).count();
        let ends = (arrow.from[shared].as_str(), arrow.to[shared].as_str());
        folders.entry(&arrow.from[..shared]).or_default().entry(ends).or_insert(arrow);
    }
    let mut circles = Vec::new();
    for (folder, edges) in folders {
        let reached = |start: &str| {
            let mut reached: BTreeSet<&str> = BTreeSet::new();
            let mut open = vec![start.to_owned()];
            while let Some(at) = open.pop() {
                let next = edges.keys().filter(|(from, _)| *from == at).map(|(_, to)| *to);
                let new: Vec<&str> = next.filter(|to| reached.insert(to)).collect();
                open.extend(new.into_iter().map(str::to_owned));
            }
            reached
        };
        let names: BTreeSet<&str> = edges.keys().flat_map(|(from, to)| [*from, *to]).collect();
        let reach: BTreeMap<&str, BTreeSet<&str>> = names.iter().map(|name| (*name, reached(name))).collect();
        let in_circle = edges.iter().filter(|((from, to), _)| reach[to].contains(from));
        let mut lines: Vec<String> = in_circle.map(|(_, arrow)| format!("  {arrow}")).collect();
        if !lines.is_empty() {
            lines.insert(0, format!("in src/{}:", folder.join("/")));
            circles.push(lines.join("\n"));
        }
    }
    circles
}
