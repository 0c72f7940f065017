fn main() {
    let mut sources = netlint::source::Sources::default();
    for a in std::env::args().skip(1) {
        if std::path::Path::new(&a).is_dir() {
            continue;
        }
        sources.add(a.clone(), std::fs::read_to_string(&a).unwrap());
    }
    let m = netlint::model::Model::new(sources, &Default::default());
    for f in
        netlint::locate::locate(netlint::rules::run(&m), m.sources(), |r| netlint::rules::find(r).unwrap().severity)
    {
        println!(
            "{}[{}] {} | {} {:?}",
            f.severity,
            f.rule,
            f.message,
            m.sources().name(f.primary.file),
            f.primary.span.slice(m.sources().text(f.primary.file))
        );
        for r in &f.related {
            println!("    {} {:?}: {}", m.sources().name(r.file), r.span.slice(m.sources().text(r.file)), r.message);
        }
        if let Some(h) = &f.help {
            println!("    help: {h}");
        }
    }
    println!(
        "{} docs, {} workloads, {} policies, notes {:?}",
        m.documents(),
        m.cluster().workloads.len(),
        m.cluster().policies.len(),
        m.cluster().notes
    );
}
