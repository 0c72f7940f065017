//! The test of the test: arrows and circles of every form are found.

use std::collections::BTreeMap;

use super::arrows::{arrows, circles, upward};
use super::modules::Modules;

const LAYERS: &[&str] = &["ground", "middle", "roof"];

/// Three modules, the middle one with two submodules; some files have another text.
fn house(changes: &[(&str, &str)]) -> Modules {
    let mut files = BTreeMap::from([
        ("lib.rs", "pub mod ground;\nmod middle;\nmod roof;\n"),
        ("ground.rs", "pub struct Stone;\n"),
        ("middle/mod.rs", "mod floor;\nmod wall;\npub use floor::Floor;\npub const ROOM: u8 = 1;\n"),
        ("middle/floor.rs", "use crate::ground::Stone;\npub struct Floor(Stone);\n"),
        ("middle/wall.rs", "use super::Floor;\npub struct Wall(Floor);\n"),
        ("roof/mod.rs", "mod tile;\npub use tile::Tile;\npub fn cover() {}\n"),
        ("roof/tile.rs", "pub struct Tile;\n#[macro_export]\nmacro_rules! tiles { () => { $crate::roof::Tile } }\n"),
    ]);
    files.extend(changes.iter().copied());
    Modules::read(&files.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect())
}

fn upward_of(changes: &[(&str, &str)]) -> Vec<String> {
    upward(&arrows(&house(changes)), LAYERS)
}

#[test]
fn the_house_is_in_order() {
    assert_eq!(upward_of(&[]), [""; 0]);
    assert_eq!(circles(&arrows(&house(&[]))), [""; 0]);
}

#[test]
fn an_upward_path_of_every_form_is_found() {
    for text in [
        "use crate::roof::Tile;",
        "use crate::{middle::Floor as F, roof::{self}};",
        "use crate::roof;",
        "pub use crate::roof::*;",
        "fn f() { crate::roof::cover() }",
        "fn f() { super::roof::cover() }",
        "fn f() { self::super::roof::cover(); }",
        "fn f() -> Vec<crate::roof::Tile> { todo!() }",
        "fn f<'a>(c: char) { if c == '\"' { crate::roof::cover() } }",
        "fn f() { print!(\"{}\", crate::roof::cover()) }",
        "fn f() { tiles!() }",
        "macro_rules! f { () => { $crate::roof::cover() } }",
        "/// As [`Tile`](crate::roof::Tile).\nstruct S;",
        "//! See [`crate::roof`].",
    ] {
        let found = upward_of(&[("ground.rs", text)]);
        assert!(!found.is_empty() && found.iter().all(|it| it.starts_with("src/ground.rs:")), "{text}: {found:?}");
    }
}

#[test]
fn modules_in_the_braces_of_a_macro_are_seen() {
    let root = "pub mod ground;\nmacro_rules! open { ($(mod $name:ident;)*) => { $(pub mod $name;)* } }\nopen! { mod middle; mod roof; }\n";
    let found = upward_of(&[("lib.rs", root), ("ground.rs", "use crate::roof::Tile;")]);
    assert_eq!(found, ["src/ground.rs:1: ground -> roof::tile"]);
}

#[test]
fn a_re_export_leads_to_what_it_names() {
    let lent = [("middle/mod.rs", "mod floor;\nmod wall;\npub use crate::ground::Stone;\npub use floor::*;")];
    assert_eq!(upward_of(&[lent[0], ("ground.rs", "pub struct Stone;\nuse crate::middle::Stone as Own;")]), [""; 0]);
    let found = upward_of(&[lent[0], ("ground.rs", "pub struct Stone;\nuse crate::middle::Floor;")]);
    assert_eq!(found, ["src/ground.rs:2: ground -> middle::floor"]);
}

#[test]
fn comments_texts_and_tests_do_not_count() {
    for text in [
        "// crate::roof::cover()",
        "/* crate::roof /* crate::roof */ */",
        "const A: &str = \"crate::roof::cover()\";",
        "const A: &str = r#\"\" crate::roof::cover()\"#;",
        "#[cfg(test)]\nmod tests { use crate::roof::Tile; fn f() { crate::roof::cover() } }",
        "#[cfg(test)]\nuse crate::roof::Tile;",
        "/// Under the roof.\nfn f(b: u8) { g(b'\\'', '\\\\') }",
    ] {
        assert_eq!(upward_of(&[("ground.rs", text)]), [""; 0], "{text}");
    }
}

#[test]
fn a_circle_of_every_form_is_found() {
    for floor in [
        "use super::wall::Wall;\npub struct Floor;",
        "pub struct Floor;\nfn f(_: &super::wall::Wall) {}",
        "use crate::middle::wall;\npub struct Floor;",
        "use crate::middle::{wall::Wall};\npub struct Floor;",
        "/// Between each [`super::wall::Wall`].\npub struct Floor;",
    ] {
        let found = circles(&arrows(&house(&[("middle/floor.rs", floor)])));
        assert_eq!(found.len(), 1, "{floor}");
        assert!(found[0].starts_with("in src/middle:\n") && found[0].contains("floor -> middle::wall"), "{found:?}");
    }
}

#[test]
fn a_circle_through_several_modules_and_re_exports_is_found() {
    let changes = [
        ("ground.rs", "use crate::roof::Tile;"),
        ("middle/mod.rs", "mod floor;\nmod wall;\npub use floor::Floor;\nuse crate::ground;"),
        ("roof/mod.rs", "mod tile;\npub use tile::Tile;\nuse crate::middle::Floor;"),
    ];
    let found = circles(&arrows(&house(&changes)));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].lines().count(), 4, "all three arrows: {}", found[0]);
}

#[test]
fn what_a_macro_names_is_named_where_it_is_called() {
    let changes = [
        ("ground.rs", "macro_rules! build { () => { floor::Floor } }\npub(crate) use build;"),
        ("middle/wall.rs", "use crate::ground::build;\npub fn f() { super::super::roof::cover() }"),
        ("roof/mod.rs", "mod tile;\nmod floor;\nmod stair;\npub use tile::Tile;\npub fn cover() {}"),
        ("roof/floor.rs", "use super::stair;\npub struct Floor;"),
        ("roof/stair/mod.rs", "mod floor;\nfn f() { crate::ground::build!() }"),
        ("roof/stair/floor.rs", "pub struct Floor;\nuse crate::roof::floor::Floor as Other;"),
    ];
    let found = circles(&arrows(&house(&changes)));
    assert!(found.iter().any(|it| it.contains("roof::stair::floor -> roof::floor")), "{found:?}");
}
