//! Names of hosts in texts: in URLs, with a port, or alone.

/// A host that a text names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Host<'t> {
    /// Its name, as in DNS.
    pub(super) name: &'t str,
    /// Its port, if that is given.
    pub(super) port: Option<u16>,
    /// The usual port of the URL's scheme, where none is given.
    pub(super) usual_port: Option<u16>,
    /// How sure it is that this is a host.
    pub(super) form: Form,
}

/// How a host is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// In a URL, `http://api` or `postgres://user:secret@db/orders`.
    Url,
    /// As a Service of a namespace, `api.shop.svc`.
    Qualified,
    /// With a port, `api:8080`.
    Address,
    /// A word like any other.
    Bare,
}

/// How far back a URL's scheme may be from a host behind a user and a password.
const LONGEST_USER: usize = 256;

/// The words of a text that may be hosts, whole ones only: `redis` is one in `redis:6379` and not in `my_redis`.
pub(super) fn hosts(text: &str) -> impl Iterator<Item = Host<'_>> {
    let mut rest = 0;
    std::iter::from_fn(move || {
        loop {
            let start = rest + text.get(rest..)?.find(is_host_character)?;
            let length = text.get(start..)?.find(|it| !is_host_character(it)).unwrap_or(text.len() - start);
            rest = start + length;
            if let Some(host) = host(text, start, rest) {
                return Some(host);
            }
        }
    })
}

fn is_host_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '.' | '-')
}

fn host(text: &str, start: usize, end: usize) -> Option<Host<'_>> {
    let (before, after) = (text.get(..start)?, text.get(end..)?);
    let name = text.get(start..end)?.trim_end_matches('.');
    let in_url = before.ends_with("://") || before.strip_suffix('@').is_some_and(has_scheme);
    let starts = |character: char| character.is_whitespace() || "\"'`([<,;=|>".contains(character);
    if !in_url && !before.chars().next_back().is_none_or(starts) {
        return None;
    }
    let (port, after) = match after.strip_prefix(':').map(number) {
        Some(Some((port, after))) => (Some(port), after),
        // A variable may stand for the port.
        Some(None) if !(in_url && after.starts_with(":$")) => return None,
        _ => (None, after),
    };
    let ends = |character: char| character.is_whitespace() || "\"'`)]>,;|/?#&}\\:$".contains(character);
    if !after.chars().next().is_none_or(ends) || !name.split('.').all(is_label) {
        return None;
    }
    let form = match (in_url, port) {
        (true, _) => Form::Url,
        _ if name.split('.').skip(2).take(2).any(|label| label == "svc") => Form::Qualified,
        (false, Some(_)) => Form::Address,
        (false, None) => Form::Bare,
    };
    let usual_port = usual_port(before).filter(|_| port.is_none());
    Some(Host { name, port, usual_port, form })
}

/// Whether what is before an `@` is the beginning of a URL.
fn has_scheme(before: &str) -> bool {
    let user = before.char_indices().rev().take(LONGEST_USER);
    let start = user.take_while(|(_, it)| !it.is_whitespace() && !"\"'`".contains(*it)).last();
    start.and_then(|(start, _)| before.get(start..)).is_some_and(|user| user.contains("://"))
}

/// The port of web addresses that name none. Other schemes have one as well, but then the Service tells it.
fn usual_port(before: &str) -> Option<u16> {
    let scheme = before.strip_suffix("://")?;
    let ends_in = |name: &str| {
        scheme.strip_suffix(name).is_some_and(|rest| !rest.ends_with(|it: char| it.is_ascii_alphanumeric()))
    };
    [("http", 80), ("ws", 80), ("https", 443), ("wss", 443)]
        .into_iter()
        .find(|(name, _)| ends_in(name))
        .map(|(_, port)| port)
}

/// A port number at the beginning of a text, and what follows it.
fn number(text: &str) -> Option<(u16, &str)> {
    let end = text.find(|it: char| !it.is_ascii_digit()).unwrap_or(text.len());
    let port = text.get(..end)?.parse().ok().filter(|&port| port > 0)?;
    let after = text.get(end..)?;
    (!after.starts_with(is_host_character)).then_some((port, after))
}

fn is_label(label: &str) -> bool {
    !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::{Form, Host, hosts};

    /// Compares all hosts but bare words, each as name, port and form.
    #[track_caller]
    fn check(text: &str, expected: &[(&str, Option<u16>, Form)]) {
        let found = hosts(text).filter(|host| host.form != Form::Bare);
        let found: Vec<_> = found.map(|Host { name, port, form, .. }| (name, port, form)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn urls_of_every_sort() {
        check("http://api:8080/v1", &[("api", Some(8080), Form::Url)]);
        check("https://api.shop.svc.cluster.local.", &[("api.shop.svc.cluster.local", None, Form::Url)]);
        check("postgres://user:s3cret@db.ns.svc:5432/x", &[("db.ns.svc", Some(5432), Form::Url)]);
        check("jdbc:postgresql://db/orders?x=1", &[("db", None, Form::Url)]);
        check("mongodb://a:27017,b:27017/x", &[("a", Some(27017), Form::Url), ("b", Some(27017), Form::Address)]);
        check("curl -s \"http://api:$PORT/\"", &[("api", None, Form::Url)]);
        check("{\"url\":\"http://api:80\"}", &[("api", Some(80), Form::Url)]);
        check("proxy_pass http://api;", &[("api", None, Form::Url)]);
    }

    #[test]
    fn web_addresses_have_usual_ports() {
        for (text, port) in
            [("http://api/v1", Some(80)), ("wss://api", Some(443)), ("http://api:81", None), ("xhttp://api", None)]
        {
            assert_eq!(hosts(text).last().and_then(|host| host.usual_port), port, "{text}");
        }
    }

    #[test]
    fn addresses_and_qualified_names() {
        check("redis:6379", &[("redis", Some(6379), Form::Address)]);
        check("user:pass@tcp(db:3306)/x", &[("db", Some(3306), Form::Address)]);
        check("kafka-0.kafka.mq.svc", &[("kafka-0.kafka.mq.svc", None, Form::Qualified)]);
        check("--db=db.shop.svc", &[("db.shop.svc", None, Form::Qualified)]);
        let members = [("zk-0.zk", Some(2181), Form::Address), ("zk-1.zk", Some(2181), Form::Address)];
        check("[zk-0.zk:2181, zk-1.zk:2181]", &members);
    }

    #[test]
    fn parts_of_words_are_no_hosts() {
        let texts = "my_redis:6379 $redis:6379 redis:6379x redis:latest user:1234@db http://${API}:80 a/redis:6379 \
                     redis:99999 -redis:6379 redis..x:80 {{redis}}:80 example/api:1.4 redis:0 :// @ http:// é:80";
        for text in texts.split(' ') {
            check(text, &[]);
        }
        check("", &[]);
    }
}
