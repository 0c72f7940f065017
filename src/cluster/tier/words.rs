//! Names taken apart: whole words only, so that `redis` is seen in `orders-redis-0` and not in `redistribute`.

use super::lexicon::Meaning;

/// A word of a name, and what it means.
#[derive(Clone, Copy)]
pub(super) struct Word<'n> {
    /// As written, without a number at its end.
    text: &'n str,
    pub(super) meaning: &'static Meaning,
}

/// The words of a name, whatever their case, without a number at their end: `Orders-DB01` is `orders`, `db`.
pub(super) fn words(name: &str) -> impl DoubleEndedIterator<Item = Word<'_>> {
    let words = name.split(|character: char| !character.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| {
        let text = plain(word);
        Word { text, meaning: meaning(text) }
    })
}

/// What a word of any case means.
fn meaning(word: &str) -> &'static Meaning {
    if word.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Meaning::of(&word.to_ascii_lowercase())
    } else {
        Meaning::of(word)
    }
}

/// Products whose number is part of the name.
const NUMBERED: &[&str] = &["db2", "oauth2", "proxyv2"];

fn plain(word: &str) -> &str {
    let stem = word.trim_end_matches(|character: char| character.is_ascii_digit());
    let is_whole = stem.len() == word.len() || stem.is_empty();
    if is_whole || NUMBERED.iter().any(|known| known.eq_ignore_ascii_case(word)) { word } else { stem }
}

/// The words of a name or label up to the one that says what it names: `orders-db-primary-0` is `orders`, `db`.
/// Of qualifiers alone the first counts: a `data-tier` is `data`.
pub(super) fn of_name(name: &str) -> Vec<Word<'_>> {
    let mut words: Vec<_> = words(name).collect();
    words.truncate(words.iter().rposition(|word| !word.meaning.qualifies_name).map_or(1, |head| head + 1));
    words
}

/// The words of an image's name up to the one that says what it holds: `timescaledb-ha` is `timescaledb`.
/// Qualifiers alone stay together, as in `cp-server`.
pub(super) fn of_image(name: &str) -> Vec<Word<'_>> {
    let mut words: Vec<_> = words(name).collect();
    words.truncate(words.iter().rposition(|word| !word.meaning.qualifies_image).map_or(words.len(), |head| head + 1));
    words
}

/// Whether the words before an image's head only qualify it, so that `bitnami-postgres` is PostgreSQL itself and
/// `orders-postgres` is somebody's image of it.
pub(super) fn all_qualify(words: &[Word<'_>]) -> bool {
    words.iter().all(|word| word.meaning.qualifies_image)
}

/// Looks a name up by its head, as English puts it: last. The last three words together come first, then two, then one
/// (`message-queue` before `queue`). Returns what was found and how many words are before it.
pub(super) fn by_head<T>(words: &[Word<'_>], find: impl Fn(&Meaning) -> Option<T>) -> Option<(T, usize)> {
    let longest = words.len().min(3);
    (1..=longest).rev().find_map(|count| {
        let start = words.len() - count;
        let head = words.get(start..)?;
        let found = match head {
            [word] => find(word.meaning),
            [first, ..] if first.meaning.begins => {
                let texts: Vec<&str> = head.iter().map(|word| word.text).collect();
                find(meaning(&texts.join("-")))
            }
            _ => None,
        };
        found.map(|found| (found, start))
    })
}
