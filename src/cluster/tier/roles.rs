//! Words and products that give a workload's part in an application away, beside the families of data stores.

use super::Tier;

/// A word that names a tier.
pub(super) struct Role {
    /// In lower case; several words are joined by `-`.
    pub(super) words: &'static [&'static str],
    pub(super) tier: Tier,
    /// What it weighs as the value of a `tier`, `role` or `component` label.
    pub(super) label_weight: u8,
    /// Whether it proves anything alone; `role: primary` does not.
    pub(super) alone: bool,
    /// Whether names and images are read for it too; `app` and `proxy` say too little there.
    pub(super) in_names: bool,
}

const fn role(tier: Tier, words: &'static [&'static str]) -> Role {
    Role { words, tier, label_weight: 3, alone: true, in_names: true }
}

const fn label_only(tier: Tier, words: &'static [&'static str]) -> Role {
    Role { words, tier, label_weight: 3, alone: true, in_names: false }
}

/// Every role.
pub(super) const ROLES: &[Role] = &[
    role(Tier::Database, &["database", "databases", "db", "dbs", "rdbms", "sql", "datastore", "data-store"]),
    label_only(Tier::Database, &["data", "persistence", "storage", "cache", "caching"]),
    Role {
        words: &["primary", "replica", "master", "slave", "secondary", "leader", "follower", "standby", "master-data"],
        tier: Tier::Database,
        label_weight: 1,
        alone: false,
        in_names: false,
    },
    role(Tier::Broker, &["mq", "broker", "message-queue", "message-broker", "event-bus"]),
    label_only(Tier::Broker, &["queue", "messaging"]),
    role(Tier::Storage, &["object-store", "object-storage", "blob-store"]),
    role(
        Tier::Backend,
        &[
            "backend",
            "back-end",
            "api",
            "bff",
            "worker",
            "workers",
            "consumer",
            "processor",
            "scheduler",
            "celery",
            "sidekiq",
        ],
    ),
    label_only(Tier::Backend, &["app", "application", "job", "logic", "business"]),
    Role {
        words: &["server", "service", "microservice"],
        tier: Tier::Backend,
        label_weight: 1,
        alone: true,
        in_names: false,
    },
    role(
        Tier::Frontend,
        &[
            "frontend",
            "front-end",
            "front",
            "web",
            "webapp",
            "website",
            "webserver",
            "ui",
            "www",
            "spa",
            "portal",
            "storefront",
            "ingress",
            "api-gateway",
        ],
    ),
    label_only(Tier::Frontend, &["edge", "gateway", "proxy", "public", "presentation"]),
    role(Tier::Monitoring, &["monitoring", "metrics", "observability", "logging", "telemetry", "tracing"]),
];

/// Web servers that are in for any workload in examples, so that their image says little.
pub(super) const WEB_SERVERS: &[&str] = &["nginx", "httpd", "apache", "caddy", "openresty", "lighttpd"];

/// Products outside the families, by the same names as [`Family`](super::Family) has them.
pub(super) const PRODUCTS: &[(Tier, &[&str])] = &[
    (
        Tier::Frontend,
        &[
            "nginx",
            "httpd",
            "apache",
            "caddy",
            "openresty",
            "lighttpd",
            "varnish",
            "traefik",
            "haproxy",
            "envoy",
            "proxyv2",
            "kong",
            "kong-gateway",
            "apisix",
            "contour",
            "emissary",
            "ambassador",
            "cloudflared",
            "oauth2-proxy",
            "nginx-ingress",
            "nginx-ingress-controller",
            "ingress-nginx/controller",
            "krakend",
            "tyk-gateway",
            "pomerium",
        ],
    ),
    // Applications that bring their own pages and keep their data in a database.
    (
        Tier::Backend,
        &[
            "wordpress",
            "drupal",
            "joomla",
            "ghost",
            "nextcloud",
            "owncloud",
            "moodle",
            "mediawiki",
            "magento",
            "prestashop",
            "matomo",
            "umami",
            "redmine",
            "gitea",
            "forgejo",
            "gitlab",
            "mattermost",
            "odoo",
            "discourse",
            "strapi",
            "directus",
            "graphql-engine",
            "postgrest",
            "n8n",
            "airflow",
            "superset",
            "metabase",
            "sonarqube",
        ],
    ),
    (
        Tier::Monitoring,
        &[
            "prometheus",
            "thanos",
            "mimir",
            "cortex",
            "loki",
            "tempo",
            "grafana",
            "alertmanager",
            "pushgateway",
            "victoria-metrics",
            "vmagent",
            "vmalert",
            "vmsingle",
            "vmstorage",
            "vmselect",
            "vminsert",
            "promtail",
            "alloy",
            "jaeger",
            "jaegertracing/all-in-one",
            "zipkin",
            "opentelemetry-collector",
            "opentelemetry-collector-contrib",
            "otel-collector",
            "otelcol",
            "fluent-bit",
            "fluentd",
            "vector",
            "telegraf",
            "statsd",
            "netdata",
            "datadog/agent",
            "datadog-agent",
            "kube-state-metrics",
            "metrics-server",
            "logstash",
            "filebeat",
            "metricbeat",
            "elastic-agent",
            "apm-server",
        ],
    ),
    (
        Tier::Tooling,
        &[
            "adminer",
            "pgadmin",
            "phpmyadmin",
            "phppgadmin",
            "phpldapadmin",
            "mongo-express",
            "kibana",
            "redisinsight",
            "kafdrop",
            "akhq",
            "cerebro",
            "cloudbeaver",
            "pghero",
            "pgbackrest",
            "velero",
        ],
    ),
];

/// Images of language runtimes and application servers: whatever runs in them, it is a program of one's own.
pub(super) const RUNTIMES: &[&str] = &[
    "amazoncorretto",
    "aspnet",
    "bun",
    "deno",
    "django",
    "dotnet",
    "elixir",
    "flask",
    "golang",
    "gunicorn",
    "jdk",
    "jetty",
    "jre",
    "node",
    "openjdk",
    "perl",
    "php",
    "pypy",
    "python",
    "ruby",
    "rust",
    "temurin",
    "tomcat",
    "wildfly",
];

/// Ports of web servers: they support what else speaks for a frontend.
pub(super) const WEB_PORTS: &[u16] = &[80, 443, 3000, 4200, 5173, 8080, 8443];
