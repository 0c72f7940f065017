//! What asks for the connections of an estate: settings of every kind, scrape annotations and monitors, and expectations
//! for what only people know.

/// A server as its clients know it: its Service and port.
pub(super) struct Server {
    pub(super) name: String,
    pub(super) port: u16,
}

/// What a workload's manifest says of the servers that it uses.
#[derive(Default)]
pub(super) struct Settings {
    /// Fields of its container.
    pub(super) container: String,
    /// Fields of its pod.
    pub(super) pod: String,
    /// ConfigMaps that it takes.
    pub(super) config_maps: Vec<String>,
}

/// The settings of a workload, which name each server in another way.
pub(super) fn settings(namespace: &str, client: &str, servers: &[Server]) -> Settings {
    let (mut env, mut arguments, mut whole, mut single, mut file) = (vec![], vec![], vec![], vec![], vec![]);
    for (index, Server { name, port }) in servers.iter().enumerate() {
        let variable = name.to_uppercase().replace('-', "_");
        match (index + client.len()) % 6 {
            0 => env.push(format!("            - {{name: {variable}_URL, value: \"http://{name}:{port}/v1\"}}\n")),
            1 => {
                env.push(format!("            - {{name: {variable}_HOST, value: \"{name}.{namespace}.svc:{port}\"}}\n"))
            }
            2 => arguments.push(format!("\"--{name}-addr={name}:{port}\"")),
            3 => {
                single.push(format!("  {name}: \"{name}:{port}\"\n"));
                env.push(format!(
                    "            - name: {variable}_ADDR\n              valueFrom: {{configMapKeyRef: {{name: \
                     {client}-single, key: {name}}}}}\n"
                ));
            }
            4 => whole.push(format!("  {variable}_ENDPOINT: {name}:{port}\n")),
            _ => file.push(format!("    {name}.host = {name}:{port}\n")),
        }
    }
    let mut settings = Settings::default();
    let mut config_map = |kind: &str, data: String| {
        settings.config_maps.push(format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {client}-{kind}, namespace: {namespace}}}\ndata:\n{data}"
        ));
    };
    if !single.is_empty() {
        config_map("single", single.concat());
    }
    if !whole.is_empty() {
        config_map("whole", whole.concat());
    }
    if !file.is_empty() {
        config_map("file", format!("  application.properties: |\n    # Who is called.\n{}", file.concat()));
    }
    if !arguments.is_empty() {
        settings.container += &format!("          args: [{}]\n", arguments.join(", "));
    }
    if !env.is_empty() {
        settings.container += &format!("          env:\n{}", env.concat());
    }
    if !whole.is_empty() {
        settings.container += &format!("          envFrom:\n            - configMapRef: {{name: {client}-whole}}\n");
    }
    if !file.is_empty() {
        settings.pod +=
            &format!("      volumes:\n        - name: settings\n          configMap: {{name: {client}-file}}\n");
    }
    settings
}

/// The annotations of pods that are to be scraped.
pub(super) fn annotations(port: u16) -> String {
    format!("      annotations:\n        prometheus.io/scrape: \"true\"\n        prometheus.io/port: \"{port}\"\n")
}

/// A monitor of pods.
pub(super) fn monitor(namespace: &str, app: &str) -> String {
    format!(
        "apiVersion: monitoring.coreos.com/v1\nkind: PodMonitor\nmetadata: {{name: {app}, namespace: {namespace}}}\n\
         spec:\n  selector: {{matchLabels: {{app: {app}}}}}\n  podMetricsEndpoints: [{{port: metrics}}]\n"
    )
}

/// An entry of the configuration's `expect`.
pub(super) fn expectation(from: &str, to: &str) -> String {
    format!("  - {{from: \"{from}\", to: \"{to}\", allow: true}}\n")
}
