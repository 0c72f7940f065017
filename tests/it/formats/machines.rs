//! Reports for machines, through the real binary, held against the definitions of their formats: SARIF against the
//! schema of OASIS; JSON, GitHub, GitLab and JUnit against assertions written from their documentation.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use serde_json::{Value, json};

/// Names that are wrong in every way a quoted YAML scalar allows, on an object that rules are about.
const HOSTILE: &str = r#"
apiVersion: v1
kind: Pod
metadata:
  name: "web\e[31m\x9b\u202e\r\n::error::x\n]]>|`<b>&%0A,\0\uFFFE"
  namespace: "shop\e]0;t\a```\n\n##[error]y](http://x)"
spec:
  containers:
  - name: web
    image: "postgres:16\e[2J"
---
key: [unclosed
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: broken, namespace: shop}
spec:
  podSelector: {}
  policyTypes: ["In\u202egress\n::warning::z"]
"#;

/// What netlint prints of a manifest in a format.
fn report(format: &str, manifest: &str) -> String {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("k8s")).unwrap();
    fs::write(root.path().join("k8s/a b#é.yaml"), manifest).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_netlint"));
    let output = command.current_dir(root.path()).args(["--format", format, "k8s"]).output().unwrap();
    assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn json_report(format: &str, manifest: &str) -> Value {
    serde_json::from_str(&report(format, manifest)).unwrap()
}

/// One finding in each document at least.
fn findings() -> Vec<Value> {
    let findings = json_report("json", HOSTILE)["findings"].as_array().unwrap().clone();
    assert!(findings.len() >= 3, "{findings:?}");
    findings
}

fn clean() -> String {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/secure-app-fixed");
    let mut files: Vec<_> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read_to_string(file).unwrap() + "\n---\n").collect()
}

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn nothing_is_raw_in_any_format() {
    for format in
        ["human", "plain", "concise", "json", "sarif", "github", "gitlab", "azure", "rdjson", "junit", "markdown"]
    {
        let text = report(format, HOSTILE);
        let raw = |character: char| {
            (character.is_control() && character != '\n') || matches!(character, '\u{202e}' | '\u{fffe}')
        };
        assert!(!text.contains(raw), "{format}: {text:?}");
        let forged = text.lines().filter(|line| line.starts_with("::warning::z") || line.starts_with("::error::x"));
        assert_eq!(forged.count(), 0, "{format}: {text}");
    }
}

#[test]
fn json_has_exactly_the_frozen_fields() {
    let report = json_report("json", HOSTILE);
    assert_eq!(keys(&report), ["findings", "netlint", "notes", "schemaVersion", "summary", "unread"].into());
    assert_eq!(report["schemaVersion"], 1);
    assert_eq!(report["netlint"], env!("CARGO_PKG_VERSION"));
    let summary = ["documents", "errors", "files", "notes", "policies", "suppressed", "warnings", "workloads"];
    assert_eq!(keys(&report["summary"]), summary.into());
    assert!(report["summary"].as_object().unwrap().values().all(Value::is_u64));
    assert!(report["notes"].as_array().unwrap().iter().all(Value::is_string));
    for mut finding in findings() {
        // Only findings with a fix have one.
        if let Some(fix) = finding.as_object_mut().unwrap().remove("fix") {
            assert_eq!(keys(&fix), ["edits", "safety", "title"].into());
        }
        let fields = [
            "confidence",
            "fingerprint",
            "help",
            "message",
            "primary",
            "related",
            "rule",
            "severity",
            "subject",
            "url",
        ];
        assert_eq!(keys(&finding), fields.into());
        assert_eq!(keys(&finding["subject"]), ["kind", "name", "namespace"].into());
        assert!(["error", "warning", "note"].contains(&finding["severity"].as_str().unwrap()));
        assert!(["certain", "likely", "guess"].contains(&finding["confidence"].as_str().unwrap()));
        assert_eq!(finding["fingerprint"].as_str().unwrap().len(), 32);
        for label in finding["related"].as_array().unwrap().iter().chain([&finding["primary"]]) {
            assert_eq!(keys(label), ["end", "field", "message", "path", "start"].into());
            assert_eq!(label["path"], "k8s/a b#é.yaml");
            for end in ["start", "end"] {
                assert_eq!(keys(&label[end]), ["column", "line", "offset"].into());
                assert!(label[end]["line"].as_u64() > Some(0) && label[end]["column"].as_u64() > Some(0));
            }
        }
    }
}

#[test]
fn json_begins_with_its_version() {
    assert!(report("json", HOSTILE).starts_with("{\"schemaVersion\":1,\"netlint\":\""));
}

#[test]
fn lines_and_columns_count_characters_and_offsets_count_bytes() {
    let manifest = HOSTILE.replace("kind: Pod", "kind: Pod # é日").replace('\n', "\r\n");
    for finding in json_report("json", &manifest)["findings"].as_array().unwrap() {
        for end in ["start", "end"] {
            let position = &finding["primary"][end];
            let offset = usize::try_from(position["offset"].as_u64().unwrap()).unwrap();
            let before = manifest.get(..offset).unwrap();
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
            assert_eq!((&position["line"], &position["column"]), (&json!(line), &json!(column)), "{finding}");
        }
    }
}

/// Where a log departs from the schema.
fn sarif_errors(log: &Value) -> Vec<String> {
    // The pattern of a language has a stray bracket, which the validator's expressions do not take.
    let schema = include_str!("schemas/sarif-2.1.0.json").replace("{2}]?$", "{2}$");
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    validator.iter_errors(log).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn sarif_meets_its_schema() {
    let without_tool = sarif_errors(&json!({"version": "2.1.0", "runs": [{"results": []}]}));
    assert!(!without_tool.is_empty(), "a tool is required");
    for manifest in [HOSTILE, &clean()] {
        let errors = sarif_errors(&json_report("sarif", manifest));
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

/// A policy with two mistakes that have a fix, and one that lacks a policy for the pods.
const FIXABLE: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}} # é日
spec: {containers: [{name: web, image: example/web:1}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: office, namespace: shop}
spec:
  podSelctor: {matchLabels: {app: web}}
  policyTypes: [Ingress]
  ingress:
    - from: [{ipBlock: {cidr: 203.0.113.7}}] # é日
      ports: [{protocol: tcp, port: 80}]
";

/// The manifest with the edits of a fix, which are apart from one another.
fn with_edits(manifest: &str, edits: &Value) -> String {
    let offset = |position: &Value| usize::try_from(position["offset"].as_u64().unwrap()).unwrap();
    let mut text = manifest.to_owned();
    for edit in edits.as_array().unwrap().iter().rev() {
        assert_eq!(keys(edit), ["content", "end", "path", "start"].into());
        text.replace_range(offset(&edit["start"])..offset(&edit["end"]), edit["content"].as_str().unwrap());
    }
    text
}

#[test]
fn json_carries_edits_by_bytes() {
    for manifest in [FIXABLE.to_owned(), FIXABLE.replace('\n', "\r\n")] {
        let mut fixed = manifest.clone();
        let report = json_report("json", &manifest);
        let findings = report["findings"].as_array().unwrap().iter();
        let fixes: Vec<&Value> = findings.filter_map(|finding| finding.get("fix")).collect();
        // From the end, so that offsets hold.
        for fix in fixes.iter().rev().filter(|fix| fix["safety"] == "safe") {
            fixed = with_edits(&fixed, &fix["edits"]);
        }
        let right = manifest
            .replace("podSelctor", "podSelector")
            .replace("203.0.113.7}", "203.0.113.7/32}")
            .replace("tcp", "TCP");
        assert_eq!(fixed, right);
        assert!(fixes.iter().any(|fix| fix["safety"] == "unsafe" && fix["title"].is_string()), "{fixes:?}");
    }
}

#[test]
fn sarif_carries_fixes_that_meet_its_schema() {
    let log = json_report("sarif", FIXABLE);
    assert_eq!(sarif_errors(&log), Vec::<String>::new());
    let results = log["runs"][0]["results"].as_array().unwrap();
    let fixes: Vec<&Value> = results.iter().filter_map(|result| result.get("fixes")).map(|fixes| &fixes[0]).collect();
    let tcp = fixes.iter().find(|fix| fix["description"]["text"] == "write `TCP` (safe)").unwrap();
    assert_eq!(
        tcp["artifactChanges"],
        json!([{
            "artifactLocation": {"uri": "k8s/a%20b%23%C3%A9.yaml"},
            "replacements": [{
                "deletedRegion": {"startLine": 14, "startColumn": 26, "endLine": 14, "endColumn": 29},
                "insertedContent": {"text": "TCP"},
            }],
        }])
    );
    let suggestions = report("github", FIXABLE);
    assert!(!suggestions.contains("suggestion"), "annotations have no room for changes: {suggestions}");
}

#[test]
fn sarif_has_what_code_scanning_needs() {
    let log = json_report("sarif", HOSTILE);
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for rule in rules {
        assert!(rule["helpUri"].as_str().unwrap().starts_with("https://"), "{rule}");
        let texts = ["/shortDescription/text", "/fullDescription/text", "/help/text", "/help/markdown"];
        let texts = texts.map(|text| rule.pointer(text).and_then(Value::as_str).unwrap());
        assert!(texts.iter().all(|text| !text.is_empty()), "{rule}");
        let fix = texts[2].split("\n\n").next().unwrap();
        assert!(texts[3].starts_with(fix), "{rule}");
        // The page itself is a link: a report says what was found.
        let link = rule["helpUri"].as_str().unwrap();
        assert!(texts[2].ends_with(link) && texts[3].contains(link) && texts[3].len() < 2_000, "{rule}");
        // Code scanning takes no more of a description.
        assert!(texts[..2].iter().all(|text| text.chars().count() <= 1024), "{rule}");
    }
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), findings().len());
    for (result, finding) in results.iter().zip(findings()) {
        let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!((&result["ruleId"], &rule["id"]), (&finding["rule"], &finding["rule"]));
        assert_eq!(result["level"], finding["severity"]);
        assert_eq!(result["partialFingerprints"]["netlint/v1"], finding["fingerprint"]);
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "k8s/a%20b%23%C3%A9.yaml");
        assert_eq!(place["region"]["startLine"], finding["primary"]["start"]["line"]);
        assert_eq!(place["region"]["endColumn"], finding["primary"]["end"]["column"]);
        let related = result["relatedLocations"].as_array().map_or(0, Vec::len);
        assert_eq!(related, finding["related"].as_array().unwrap().len());
    }
}

/// The rules that have results, and no others: thirteen findings stay far below what a service takes.
#[test]
fn sarif_is_small() {
    let log = report("sarif", HOSTILE);
    let rules: BTreeSet<String> =
        findings().iter().map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect();
    let value: Value = serde_json::from_str(&log).unwrap();
    assert_eq!(value["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap().len(), rules.len());
    assert!(log.len() < 60_000 * findings().len() / 13, "{} bytes", log.len());
}

#[test]
fn a_clean_sarif_log_has_empty_results() {
    assert_eq!(json_report("sarif", &clean())["runs"][0]["results"], json!([]));
}

/// What the runner does with a line: the command, its properties and its message, with the escapes undone.
fn github_command(line: &str) -> (String, Vec<(String, String)>, String) {
    let (head, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
    let (command, properties) = head.split_once(' ').unwrap();
    let plain = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",");
    let property = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap();
        (name.to_owned(), plain(value).replace("%25", "%"))
    };
    (command.to_owned(), properties.split(',').map(property).collect(), plain(message).replace("%25", "%"))
}

#[test]
fn github_commands_are_one_line_each() {
    let text = report("github", HOSTILE);
    let commands: Vec<_> = text.lines().filter(|line| line.starts_with("::")).map(github_command).collect();
    assert_eq!(commands.len(), findings().len());
    for ((command, properties, message), finding) in commands.iter().zip(findings()) {
        let expected = match finding["severity"].as_str().unwrap() {
            "note" => "notice",
            severity => severity,
        };
        assert_eq!(command, expected);
        let property = |name: &str| properties.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let (start, end) = (&finding["primary"]["start"], &finding["primary"]["end"]);
        assert_eq!(property("file"), Some("k8s/a b#é.yaml"));
        assert_eq!(property("line"), Some(start["line"].to_string().as_str()));
        assert_eq!(property("endLine"), Some(end["line"].to_string().as_str()));
        assert_eq!(property("title"), finding["rule"].as_str());
        // The runner refuses columns of ranges over several lines.
        let column = (start["line"] == end["line"]).then(|| start["column"].to_string());
        assert_eq!(property("col"), column.as_deref());
        assert!(!message.is_empty());
    }
}

#[test]
fn gitlab_issues_have_the_documented_fields() {
    let issues = json_report("gitlab", HOSTILE);
    let issues = issues.as_array().unwrap();
    assert_eq!(issues.len(), findings().len());
    let mut fingerprints = BTreeSet::new();
    for issue in issues {
        assert!(issue["description"].is_string() && issue["check_name"].is_string());
        assert!(fingerprints.insert(issue["fingerprint"].as_str().unwrap()), "{issue}");
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&issue["severity"].as_str().unwrap()));
        assert_eq!(issue["location"]["path"], "k8s/a b#é.yaml");
        assert!(issue["location"]["lines"]["begin"].as_u64() > Some(0));
    }
    assert_eq!(json_report("gitlab", &clean()), json!([]));
}

type Names = &'static [&'static str];

/// What the JUnit schema of Jenkins has: each element with its attributes, the first ones required, and its children
/// in order. GitLab reads `file` beside it.
const JUNIT: &[(&str, Names, Names, Names)] = &[
    ("testsuites", &[], &["name", "tests", "failures", "errors"], &["testsuite"]),
    ("testsuite", &["name", "tests"], &["failures", "errors", "skipped"], &["testcase"]),
    ("testcase", &["name"], &["classname", "file"], &["error", "failure", "system-out"]),
    ("error", &[], &["type", "message"], &[]),
    ("failure", &[], &["type", "message"], &[]),
    ("system-out", &[], &[], &[]),
];

fn assert_junit(element: roxmltree::Node<'_, '_>) {
    let name = element.tag_name().name();
    let (_, required, optional, children) = JUNIT.iter().find(|(known, ..)| *known == name).expect(name);
    let attributes: Vec<_> = element.attributes().map(|attribute| attribute.name()).collect();
    assert!(required.iter().all(|name| attributes.contains(name)), "{name}: {attributes:?}");
    assert!(attributes.iter().all(|name| required.contains(name) || optional.contains(name)), "{name}: {attributes:?}");
    let inner: Vec<_> = element.children().filter(roxmltree::Node::is_element).collect();
    let order = inner.iter().map(|child| children.iter().position(|name| *name == child.tag_name().name()).unwrap());
    assert!(order.is_sorted(), "{name}");
    for (counted, of) in [("tests", "testcase"), ("failures", "failure"), ("errors", "error")] {
        if let Some(number) = element.attribute(counted) {
            let there = element.descendants().filter(|inner| inner.has_tag_name(of)).count();
            assert_eq!(number, there.to_string(), "{name}: {counted}");
        }
    }
    inner.into_iter().for_each(assert_junit);
}

#[test]
fn junit_meets_its_schema_and_counts_its_cases() {
    let findings = findings();
    let failures = findings.iter().filter(|finding| finding["severity"] != "note").count();
    let cases = [(report("junit", HOSTILE), findings.len(), failures), (report("junit", &clean()), 1, 0)];
    for (xml, cases, failures) in cases {
        let document = roxmltree::Document::parse(&xml).unwrap();
        assert_junit(document.root_element());
        let number = |name: &str| document.descendants().filter(|element| element.has_tag_name(name)).count();
        assert_eq!((number("testcase"), number("failure")), (cases, failures));
    }
}

/// Two findings, one of them known, and a file that is not there.
#[cfg(unix)]
fn incomplete(format: &str) -> String {
    let root = tempfile::tempdir().unwrap();
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {containers: [{name: web, image: nginx}]}\n";
    let known = pod.replace("shop}", "known} # netlint: ignore[missing-default-deny] one \"pod\"");
    fs::write(root.path().join("a.yaml"), format!("{pod}---\n{known}")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_netlint"));
    let output = command.current_dir(root.path()).args(["--format", format, "a.yaml", "/dev/null"]).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
#[cfg(unix)]
fn sarif_tells_what_is_suppressed_and_why() {
    let log: Value = serde_json::from_str(&incomplete("sarif")).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let suppressed: Vec<_> = results.iter().filter(|result| !result["suppressions"].is_null()).collect();
    let [result] = suppressed[..] else { panic!("{suppressed:?}") };
    assert_eq!(result["ruleId"], "missing-default-deny");
    let expected = json!([{"kind": "inSource", "status": "accepted", "justification": "one \"pod\""}]);
    assert_eq!(result["suppressions"], expected);
    assert!(results.len() > 1, "{results:?}");
    assert!(sarif_errors(&log).is_empty());
}

#[test]
#[cfg(unix)]
fn what_could_not_be_read_is_in_reports_that_outlive_the_log() {
    let error = "`/dev/null` is a device, not a file or directory";
    let log: Value = serde_json::from_str(&incomplete("sarif")).unwrap();
    let invocation = &log["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    assert_eq!(invocation["toolExecutionNotifications"][0], json!({"level": "error", "message": {"text": error}}));
    assert!(incomplete("github").contains(&format!("\n::error title=netlint::{error}\n")));
    assert!(
        incomplete("markdown")
            .contains("> **Not checked:** <code>/dev/null</code> is a device, not a file or directory\n")
    );
    let json: Value = serde_json::from_str(&incomplete("json")).unwrap();
    assert_eq!(json["unread"], json!([error]));
    let xml = incomplete("junit");
    let document = roxmltree::Document::parse(&xml).unwrap();
    assert_junit(document.root_element());
    let errors: Vec<_> = document.descendants().filter(|element| element.has_tag_name("error")).collect();
    assert_eq!(errors.iter().map(|element| element.attribute("message").unwrap()).collect::<Vec<_>>(), [error]);
}

/// As "Logging commands" of Azure DevOps describe `task.logissue`.
#[test]
fn azure_commands_are_one_line_each() {
    let text = report("azure", HOSTILE);
    let commands: Vec<&str> = text.lines().filter(|line| line.starts_with("##vso[")).collect();
    let told = findings().into_iter().filter(|finding| finding["severity"] != "note").count();
    assert_eq!(commands.len(), told, "{text}");
    for command in commands {
        let (properties, message) = command.strip_prefix("##vso[task.logissue ").unwrap().split_once(']').unwrap();
        let keys: Vec<&str> = properties.split_terminator(';').map(|it| it.split_once('=').unwrap().0).collect();
        assert_eq!(keys, ["type", "sourcepath", "linenumber", "columnnumber", "code"], "{command}");
        assert!(!message.is_empty() && !message.contains("##vso["));
    }
    // Neither a command of the manifest's own, in this format or in any that a job's log may show.
    let manifest = HOSTILE.replace("shop\\e]0;t", "##vso[task.setvariable variable=x]y");
    for format in ["human", "plain", "concise", "azure", "json", "junit", "markdown"] {
        let text = report(format, &manifest);
        assert!(text.contains("task.setvariable") && !text.contains("##vso[task.setvariable"), "{format}: {text}");
    }
}

/// As reviewdog's `rdf.proto` has it: positions from 1, columns in bytes.
#[test]
fn rdjson_has_what_reviewdog_reads() {
    let manifest = HOSTILE.replace("image: \"postgres", "image:   # é日\n      \"postgres");
    let report = json_report("rdjson", &manifest);
    assert_eq!(keys(&report), ["diagnostics", "source"].into());
    assert_eq!(report["source"]["name"], "netlint");
    let findings = json_report("json", &manifest);
    let (findings, diagnostics) = (findings["findings"].as_array().unwrap(), report["diagnostics"].as_array().unwrap());
    assert_eq!(findings.len(), diagnostics.len());
    let lines: Vec<&str> = manifest.split('\n').collect();
    for (finding, diagnostic) in findings.iter().zip(diagnostics) {
        let message = diagnostic["message"].as_str().unwrap();
        assert!(message.starts_with(finding["message"].as_str().unwrap()), "{message}");
        assert_eq!(diagnostic["code"]["value"], finding["rule"]);
        assert!(["ERROR", "WARNING", "INFO"].contains(&diagnostic["severity"].as_str().unwrap()));
        assert_eq!(diagnostic["location"]["path"], "k8s/a b#é.yaml");
        for end in ["start", "end"] {
            let (ours, theirs) = (&finding["primary"][end], &diagnostic["location"]["range"][end]);
            assert_eq!(ours["line"], theirs["line"]);
            let line = usize::try_from(ours["line"].as_u64().unwrap()).unwrap();
            let before: usize = lines[..line - 1].iter().map(|line| line.len() + 1).sum();
            assert_eq!(ours["offset"].as_u64().unwrap() - before as u64 + 1, theirs["column"].as_u64().unwrap());
        }
    }
}

/// Two columns, and links where an address is known: a phone has room for no more.
#[test]
fn markdown_links_to_lines() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("k8s")).unwrap();
    fs::write(root.path().join("k8s/a b#é.yaml"), HOSTILE).unwrap();
    let run = |url: &str| {
        let arguments = ["--format", "markdown", "--source-url", url, "k8s"];
        Command::new(env!("CARGO_BIN_EXE_netlint")).current_dir(root.path()).args(arguments).output().unwrap()
    };
    let text = String::from_utf8(run("https://example.com/shop/blob/main/").stdout).unwrap();
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| [<code>")).collect();
    assert_eq!(rows.len(), findings().len(), "{text}");
    for row in rows {
        assert!(row.contains("](https://example.com/shop/blob/main/k8s/a%20b%23%C3%A9.yaml#L"), "{row}");
        assert_eq!(row.matches('|').count(), 3, "{row}");
    }
    for wrong in ["javascript:alert(1)", "https://example.com/a b", "https://example.com/)[x](y"] {
        assert_eq!(run(wrong).status.code(), Some(2), "{wrong}");
    }
}
