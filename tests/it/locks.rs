//! What threads share and wait for: every such place, with the reason why nobody waits there for himself.
//!
//! A value that is initialised when it is first asked for makes others wait meanwhile. If the initialiser runs a
//! parallel loop, its worker may take up a job that asks for the same value, and waits for ever. So what rules share is
//! computed before they run, and what is left here runs nothing in parallel.

use std::collections::BTreeSet;

use crate::layers::{code, files};

/// What makes threads wait for one another.
const KINDS: [&str; 8] = ["Barrier", "Condvar", "LazyLock", "Mutex", "Once", "OnceLock", "RwLock", "thread_local"];

/// The file, the kind, and why it may be there.
const ALLOWED: &[(&str, &str, &str)] = &[
    ("catalogue/mod.rs", "LazyLock", "a constant table: the front matter of the pages, parsed"),
    ("cluster/tier/lexicon.rs", "LazyLock", "constant tables: the words and products by what is looked up in them"),
    ("file_tree/revision/git.rs", "Mutex", "held to take a program out of a list or to put it back, and never longer"),
    ("findings/mod.rs", "LazyLock", "a constant: no texts"),
    ("manifest/definition.rs", "LazyLock", "constants: searchers for fixed words"),
    ("objects/selector.rs", "LazyLock", "a constant of the run: the seed of the hashes of selectors"),
    (
        "source/mod.rs",
        "OnceLock",
        "the lines of a text, counted when the first place in it is asked for: most texts have none, and the table of \
         all would take as long as reading them; counting is one loop that asks nobody",
    ),
    ("yaml/split.rs", "LazyLock", "a constant: a searcher for fixed bytes"),
];

#[test]
fn threads_wait_nowhere_else() {
    let mut found = BTreeSet::new();
    for (name, text) in files() {
        for word in code(&text) {
            if let Some(kind) = KINDS.into_iter().find(|kind| *kind == word) {
                found.insert((name.clone(), kind));
            }
        }
    }
    let allowed = ALLOWED.iter().map(|(file, kind, _)| ((*file).to_owned(), *kind)).collect();
    assert_eq!(found, allowed, "add the reason to the list, or compute the value before threads share it");
}

#[test]
fn nothing_runs_in_parallel_where_threads_wait() {
    let files = files();
    for (file, kind, reason) in ALLOWED {
        assert!(!reason.is_empty());
        let parallel: Vec<String> =
            code(&files[*file]).into_iter().filter(|it| it == "rayon" || it.starts_with("par_")).collect();
        assert_eq!(parallel, [""; 0], "{file} has a {kind}");
    }
}
