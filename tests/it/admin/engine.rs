//! The engine, reading the manifests of a world.

use std::cell::RefCell;

use super::manifest::document;
use super::oracle::{World, allowed};
use crate::reach::emit::{Style, stream};
use crate::reach::engine::Engine;
use crate::reach::manifest::documents;
use crate::reach::oracle::Connection;

const STYLE: Style = Style { json: false, indent_lists: true, quote: false, null: "null" };

/// The manifests of a world, in these styles. They tell nothing of the addresses of pods, nor of nodes.
pub(super) fn text(world: &World, styles: &[Style]) -> String {
    let mut documents = documents(&world.cluster);
    documents.extend(world.admin.iter().map(document));
    stream(&documents, styles)
}

/// What the manifests tell of a world.
pub(super) fn shown(world: &World) -> World {
    World { addresses: Vec::new(), nodes: Vec::new(), ..world.clone() }
}

thread_local! {
    /// The last text that was read: tests ask for many connections of one world.
    static LAST: RefCell<Option<(String, Engine)>> = const { RefCell::new(None) };
}

/// Asserts that the engine finds what the manifests tell, and that what is so lies between its bounds.
#[track_caller]
pub(super) fn assert_agrees(world: &World, connection: Connection) {
    let text = text(world, &[STYLE]);
    let Connection { from, to, protocol, port } = connection;
    let (found, least, most) = LAST.with_borrow_mut(|last| {
        let is_same = last.as_ref().is_some_and(|(last, _)| *last == text);
        if !is_same {
            *last = Some((text.clone(), Engine::read(&text)));
        }
        let engine = &last.as_ref().unwrap().1;
        let (least, most) = engine.bounds(&world.cluster, from, to);
        (engine.permitted(&world.cluster, from, to)(protocol, port), least(protocol, port), most(protocol, port))
    });
    assert_eq!(found, allowed(&shown(world), connection), "{from:?} to {to:?} on {protocol:?} {port}\n{text}");
    let truth = allowed(world, connection);
    assert!(
        least <= truth && truth <= most,
        "{from:?} to {to:?} on {protocol:?} {port}: {least} {truth} {most}\n{text}"
    );
}
