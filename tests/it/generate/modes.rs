//! Policies that are there: they are kept and completed, or replaced by what they allow.

use netlint::analysis::{Analysis, Options};
use netlint::findings::drafts;
use netlint::generate::{Generated, Mode, generate};

fn texts(directory: &str) -> Vec<(String, String)> {
    let mut files: Vec<_> = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|path| (path.display().to_string(), std::fs::read_to_string(path).unwrap())).collect()
}

fn analyse(files: &[(String, String)]) -> Analysis {
    let texts: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    Analysis::from_texts(&texts, &Options::default())
}

fn with(mut files: Vec<(String, String)>, generated: &Generated) -> Analysis {
    files.extend(generated.files.iter().map(|file| (format!("generated-{}", file.namespace), file.text.clone())));
    analyse(&files)
}

fn allows(analysis: &Analysis, from: &str, to: &str) -> bool {
    netlint::query::ask(analysis, from, to).unwrap().verdict() == netlint::query::Verdict::Allowed
}

/// What the tutorial expects, and its author's policies do not give.
#[track_caller]
fn assert_intent(analysis: &Analysis) {
    assert!(allows(analysis, "frontend", "backend:80"));
    assert!(!allows(analysis, "frontend", "database:5432"));
    assert!(allows(analysis, "backend", "database:5432"));
    assert!(!allows(analysis, "any-pod", "database:5432"));
    assert!(allows(analysis, "backend", "203.0.113.9:443") && !allows(analysis, "backend", "198.51.100.9:443"));
}

#[test]
fn the_tutorial_gets_what_it_meant_by_starting_over() {
    let files = texts("testdata/secure-app");
    let generated = generate(&analyse(&files), Mode::Replace).unwrap();
    assert_eq!(generated.replaced.len(), 4);
    let pods: Vec<_> = files.into_iter().filter(|(name, _)| name.ends_with("0-pods.yaml")).collect();
    assert_intent(&with(pods, &generated));
}

#[test]
fn the_tutorial_gets_what_it_meant_by_completing_it() {
    let files = texts("testdata/secure-app");
    let generated = generate(&analyse(&files), Mode::OnlyMissing).unwrap();
    let names: Vec<&str> = generated.files[0].text.lines().filter_map(|line| line.strip_prefix("  name: ")).collect();
    assert_eq!(names, ["allow-dns", "backend-egress", "frontend-egress"], "the default deny is there already");
    let completed = with(files, &generated);
    assert_intent(&completed);
    let errors: Vec<_> = drafts(&completed).into_iter().filter(|draft| draft.rule == "one-sided-allow").collect();
    assert_eq!(errors.len(), 0, "{errors:?}");
}

#[test]
fn what_is_complete_stays_as_it_is() {
    let repaired = generate(&analyse(&texts("testdata/secure-app-fixed")), Mode::OnlyMissing).unwrap();
    assert_eq!((repaired.policies, repaired.files.len()), (0, 0), "{:?}", repaired.files);
    let files = texts("testdata/shop");
    let first = generate(&analyse(&files), Mode::OnlyMissing).unwrap();
    let again = generate(&with(files, &first), Mode::OnlyMissing).unwrap();
    assert_eq!(again.policies, 0, "{:?}", again.files);
}

#[test]
fn names_of_kept_policies_are_not_used_again() {
    let mut files = texts("testdata/shop");
    let kept = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: api-ingress, namespace: shop}\nspec: \
                {podSelector: {matchLabels: {app: api}}, policyTypes: [Ingress]}\n";
    files.push(("kept.yaml".to_owned(), kept.to_owned()));
    let generated = generate(&analyse(&files), Mode::OnlyMissing).unwrap();
    assert!(generated.files[0].text.contains("\n  name: api-deployment-ingress\n"), "{}", generated.files[0].text);
}

#[test]
fn rules_for_whole_namespaces_and_the_world_are_no_evidence() {
    let files = vec![(
        "app.yaml".to_owned(),
        "apiVersion: v1\nkind: Pod\nmetadata: {name: api, namespace: shop, labels: {app: api}}\nspec: {containers: [{name: \
         api, image: example/api}]}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop, labels: {app: \
         web}}\nspec: {containers: [{name: web, image: example/web}]}\n---\napiVersion: networking.k8s.io/v1\nkind: \
         NetworkPolicy\nmetadata: {name: open, namespace: shop}\nspec: {podSelector: {}, ingress: [{from: [{podSelector: \
         {}}]}], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}, {}]}\n"
            .to_owned(),
    )];
    let generated = generate(&analyse(&files), Mode::Replace).unwrap();
    assert_eq!((generated.policies, generated.connections), (2, 0), "{}", generated.files[0].text);
}
