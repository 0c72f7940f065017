//! For browsers: one page that holds all it needs.
//!
//! Text of manifests is data, never markup: it lies in a block of JSON that the page's script reads. The page's policy
//! (Content-Security-Policy) permits that one script and that one style sheet, by their digests, and no connection to
//! anywhere.

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::data::Data;
use crate::graph::Graph;
use crate::text::json;

/// The page, which `page/build.mjs` makes of `page/src`. What is between two braces is filled in.
const PAGE: &str = include_str!("../../../page/dist/page.html");
const STYLE: &str = include_str!("../../../page/dist/page.css");
const SCRIPT: &str = include_str!("../../../page/dist/page.js");

pub(super) fn write(graph: &Graph, out: &mut dyn Write) -> io::Result<()> {
    let mut rest = PAGE;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").unwrap_or((after, ""));
        out.write_all(before.as_bytes())?;
        match name {
            "policy" => out.write_all(policy().as_bytes())?,
            "style" => out.write_all(STYLE.as_bytes())?,
            "script" => out.write_all(SCRIPT.as_bytes())?,
            "data" => write_data(graph, out)?,
            _ => {}
        }
        rest = after;
    }
    out.write_all(rest.as_bytes())
}

/// The data, in which nothing can end the element that it is in.
fn write_data(graph: &Graph, out: &mut dyn Write) -> io::Result<()> {
    let mut text = Vec::new();
    json::write_value(&Data::new(graph), &mut text)?;
    for piece in text.split_inclusive(|byte| *byte == b'<') {
        match piece.strip_suffix(b"<") {
            Some(before) => {
                out.write_all(before)?;
                out.write_all(b"\\u003c")?;
            }
            None => out.write_all(piece)?,
        }
    }
    Ok(())
}

fn policy() -> String {
    let digest = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        digest(SCRIPT),
        digest(STYLE)
    )
}
