//! The words of variables, flags and keys: whether what they hold is a host that somebody connects to.

/// Words that make a variable, flag or key one for hosts.
const HOST_WORDS: &str = "addr address addresses addrs bootstrap broker brokers dbhost dsn endpoint endpoints host hosts \
                          hostname hostnames mysqlhost pghost redishost seeds server servers upstream upstreams uri uris \
                          url urls";

/// Words that make it one for hosts that are let in, advertised or certified: nobody connects to them.
const OTHER_WORDS: &str = "advertise advertised allow allowed allowlist audience bind callback cn cors external listen \
                           listener listeners noproxy origin origins own public realm redirect referer referrer san \
                           sans self trusted whitelist";

/// What a URL is of that is written into pages and letters, where nothing else is said of it: `FRONTEND_URL`, `BASE_URL`.
const PAGES: [&str; 9] = ["app", "base", "client", "frontend", "portal", "root", "site", "ui", "web"];

/// Whether a variable, flag or key asks for hosts by one of its words.
pub(super) fn asks_for_hosts(words: &[String]) -> bool {
    is_one_of(words, HOST_WORDS)
}

/// The two sides of a line such as `key: value`, `"key": "value",` or `key = value`.
pub(super) fn key_and_value(line: &str) -> Option<(&str, &str)> {
    const QUOTES: [char; 2] = ['"', '\''];
    let (key, value) = line.split_at_checked(line.find([':', '='])?)?;
    let is_assignment = value.starts_with('=') || key.ends_with(QUOTES) || value.starts_with(": ");
    let key = key.trim().trim_start_matches("- ").trim_matches(QUOTES);
    let value = value.get(1..)?.trim().trim_end_matches(',').trim_matches(QUOTES);
    (is_assignment && !key.is_empty() && !key.contains(char::is_whitespace)).then_some((key, value))
}

pub(super) fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with(['#', ';']) || line.trim_start().starts_with("//")
}

/// The words of a variable, flag or key, in lower case: `dbHost`, `DB_HOST` and `--db-host` are `db`, `host`.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for character in name.chars() {
        let begins = !character.is_ascii_alphanumeric() || character.is_ascii_uppercase() && was_lower;
        if begins && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if let (true, Some(word)) = (character.is_ascii_alphanumeric(), words.last_mut()) {
            word.push(character.to_ascii_lowercase());
        }
        was_lower = character.is_ascii_lowercase() || character.is_ascii_digit();
    }
    words
}

/// Whether hosts of a variable, flag or key are none that anyone connects to.
pub(super) fn is_no_target(words: &[String]) -> bool {
    let (urls, rest): (Vec<_>, Vec<_>) = words.iter().partition(|word| ["uri", "url"].contains(&word.as_str()));
    let is_of_pages = !rest.is_empty() && rest.iter().all(|word| PAGES.contains(&word.as_str()));
    is_one_of(words, OTHER_WORDS) || !urls.is_empty() && is_of_pages
}

fn is_one_of(words: &[String], list: &str) -> bool {
    let no_proxy = || words.windows(2).any(|pair| pair == ["no", "proxy"]);
    words.iter().any(|word| list.split_whitespace().any(|it| it == word)) || list == OTHER_WORDS && no_proxy()
}
