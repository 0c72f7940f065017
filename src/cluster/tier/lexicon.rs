//! The tables of words, products and settings by what is looked up in them: each word of a name is looked up once.

use std::sync::LazyLock;

use foldhash::{HashMap, HashMapExt as _};

use super::families::{FAMILIES, Family};
use super::image::Image;
use super::qualifiers::{NAME_QUALIFIERS, QUALIFIERS};
use super::roles::{PRODUCTS, ROLES, RUNTIMES, Role};
use super::tools::{self, ADDRESS_WORDS, STORE_WORDS, TOOLS, TOOLS_BESIDE_DATA};
use super::{Product, Tier};

/// What a word, or several that are joined by `-`, stands for.
pub(super) struct Meaning {
    /// The tier that it names.
    pub(super) role: Option<&'static Role>,
    /// The family that it stands for in names and labels.
    family: Option<&'static Family>,
    /// The product whose image is called so.
    pub(super) image: Option<Product>,
    /// The tier of the tool that it names.
    pub(super) tool: Option<Tier>,
    /// Whether that holds beside the name of a data store only.
    pub(super) beside_data: bool,
    /// Whether it says how or where something runs, and not what: of an image.
    pub(super) qualifies_image: bool,
    /// Whether it says so of names and labels.
    pub(super) qualifies_name: bool,
    /// Whether it is the image of a runtime of programs of one's own.
    pub(super) runtime: bool,
    /// Whether environment variables that end so hold an address.
    pub(super) address: bool,
    /// Whether environment variables that have it are about a data store.
    store: bool,
    /// Whether several words that start with it have a meaning of their own.
    pub(super) begins: bool,
}

impl Meaning {
    /// That of a word which no table has.
    const NONE: Self = Self {
        role: None,
        family: None,
        image: None,
        tool: None,
        beside_data: false,
        qualifies_image: false,
        qualifies_name: false,
        runtime: false,
        address: false,
        store: false,
        begins: false,
    };

    /// That of a number.
    const NUMBER: Self = Self { qualifies_image: true, qualifies_name: true, ..Self::NONE };

    /// What a word means, in lower case.
    pub(super) fn of(word: &str) -> &'static Self {
        match MEANINGS.get(word) {
            Some(meaning) => meaning,
            None if word.bytes().all(|byte| byte.is_ascii_digit()) => &Self::NUMBER,
            None => &Self::NONE,
        }
    }

    /// The role, if names and images are read for it.
    pub(super) fn role_in_names(&self) -> Option<Product> {
        self.role.filter(|role| role.in_names).map(|role| (role.tier, None))
    }

    /// The family that it stands for in names and labels.
    pub(super) fn family(&self) -> Option<Product> {
        self.family.map(|family| (family.tier, Some(family)))
    }

    /// The product that it stands for in names and labels.
    pub(super) fn product(&self) -> Option<Product> {
        self.family().or(self.image)
    }

    /// Whether it stands for a store of data in a name.
    pub(super) fn is_data(&self) -> bool {
        self.family.is_some_and(|family| family.tier != Tier::DatabaseProxy)
            || self.role.is_some_and(|role| role.tier.holds_data() && role.in_names)
    }

    /// Whether it stands for a store of data in the name of an environment variable.
    pub(super) fn is_store(&self) -> bool {
        self.store || self.is_data()
    }
}

static MEANINGS: LazyLock<HashMap<&'static str, Meaning>> = LazyLock::new(|| {
    let mut meanings = Meanings(HashMap::new());
    for role in ROLES {
        meanings.tell(role.words, |it| _ = it.role.get_or_insert(role));
    }
    // Of families that share a word the first counts.
    for family in FAMILIES {
        meanings.tell(family.images, |it| _ = it.image.get_or_insert((family.tier, Some(family))));
        meanings.tell(family.images, |it| _ = it.family.get_or_insert(family));
        meanings.tell(family.words, |it| _ = it.family.get_or_insert(family));
    }
    for (tier, names) in PRODUCTS {
        meanings.tell(names, |it| _ = it.image.get_or_insert((*tier, None)));
    }
    for (words, beside_data) in [(TOOLS, false), (TOOLS_BESIDE_DATA, true)] {
        for word in words {
            meanings.tell(&[word], |it| (it.tool, it.beside_data) = (Some(tools::tool_tier(word)), beside_data));
        }
    }
    meanings.tell(QUALIFIERS, |it| (it.qualifies_image, it.qualifies_name) = (true, true));
    meanings.tell(NAME_QUALIFIERS, |it| it.qualifies_name = true);
    meanings.tell(RUNTIMES, |it| it.runtime = true);
    meanings.tell(ADDRESS_WORDS, |it| it.address = true);
    meanings.tell(STORE_WORDS, |it| it.store = true);
    meanings.0
});

/// The meanings in the making.
struct Meanings(HashMap<&'static str, Meaning>);

impl Meanings {
    fn tell(&mut self, words: &[&'static str], mut change: impl FnMut(&mut Meaning)) {
        for &word in words {
            change(self.0.entry(word).or_insert(Meaning::NONE));
            if let Some((first, _)) = word.split_once('-') {
                self.0.entry(first).or_insert(Meaning::NONE).begins = true;
            }
        }
    }
}

/// The product whose image is known with its owner only: `mssql/server`.
pub(super) fn owned_image(image: &Image<'_>) -> Option<Product> {
    static OWNED: LazyLock<Vec<(&str, Product)>> = LazyLock::new(|| {
        let of_families = FAMILIES.iter().map(|family| ((family.tier, Some(family)), family.images));
        let others = PRODUCTS.iter().map(|(tier, names)| ((*tier, None), *names));
        let named =
            of_families.chain(others).flat_map(|(product, names)| names.iter().map(move |name| (*name, product)));
        named.filter(|(name, _)| name.contains('/')).collect()
    });
    OWNED.iter().find(|(name, _)| image.ends_with(name)).map(|(_, product)| *product)
}

/// The families whose clients use a port.
pub(super) fn families_on(port: u16) -> impl Iterator<Item = &'static Family> {
    static BY_PORT: LazyLock<Vec<(u16, &'static Family)>> = LazyLock::new(|| {
        let families = FAMILIES.iter().flat_map(|family| family.ports.iter().map(move |port| (*port, family)));
        let mut by_port: Vec<_> = families.collect();
        by_port.sort_by_key(|(port, _)| *port);
        by_port
    });
    let start = BY_PORT.partition_point(|(known, _)| *known < port);
    BY_PORT.iter().skip(start).take_while(move |(known, _)| *known == port).map(|(_, family)| *family)
}

/// The family whose servers alone read an environment variable.
pub(super) fn family_reading(variable: &str) -> Option<&'static Family> {
    static NAMES: LazyLock<HashMap<&str, &Family>> = LazyLock::new(|| settings().collect());
    static STARTS: LazyLock<Vec<(&str, &Family)>> =
        LazyLock::new(|| settings().filter_map(|(name, family)| Some((name.strip_suffix('*')?, family))).collect());
    let by_start = || STARTS.iter().find(|(start, _)| variable.starts_with(start)).map(|(_, family)| *family);
    NAMES.get(variable).copied().or_else(by_start)
}

fn settings() -> impl Iterator<Item = (&'static str, &'static Family)> {
    FAMILIES.iter().flat_map(|family| family.env.iter().map(move |name| (*name, family)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_that_of_one_family() {
        let of = |family: &Family, name: &str| {
            family
                .env
                .iter()
                .any(|known| known.strip_suffix('*').map_or(*known == name, |start| name.starts_with(start)))
        };
        for name in FAMILIES.iter().flat_map(|family| family.env) {
            let families: Vec<_> = FAMILIES.iter().filter(|family| of(family, name)).collect();
            assert_eq!(families.len(), 1, "{name}");
            assert_eq!(family_reading(name.trim_end_matches('*')), families.first().copied(), "{name}");
        }
    }

    #[test]
    fn every_family_on_a_port_is_found_in_order() {
        for port in FAMILIES.iter().flat_map(|family| family.ports) {
            let all = FAMILIES.iter().filter(|family| family.ports.contains(port));
            assert!(families_on(*port).eq(all), "{port}");
        }
        assert_eq!(families_on(1).count(), 0);
    }
}
