//! What works on data stores without being one: exporters, operators, clients, and applications that use them.

use super::Tier;

/// Heads of names that make a workload a tool, whatever else the name says.
pub(super) const TOOLS: &[&str] = &[
    "backup",
    "backups",
    "dump",
    "exporter",
    "exporters",
    "migrate",
    "migration",
    "migrations",
    "migrator",
    "operator",
    "restore",
    "seed",
    "seeder",
];

/// Words that make a workload a tool beside the name of a data store: `redis-client`, `kafka-ui`, `wait-for-postgres`.
pub(super) const TOOLS_BESIDE_DATA: &[&str] = &[
    "admin",
    "agent",
    "bootstrap",
    "box",
    "bridge",
    "browser",
    "cli",
    "client",
    "commander",
    "connect",
    "connector",
    "console",
    "controller",
    "csi",
    "dashboard",
    "dashboards",
    "express",
    "haproxy",
    "init",
    "injector",
    "insight",
    "kube",
    "loader",
    "manager",
    "metrics",
    "mirror",
    "monitor",
    "plugin",
    "pooler",
    "provider",
    "provisioner",
    "proxy",
    "pruner",
    "reaper",
    "reloader",
    "rest",
    "router",
    "setup",
    "shell",
    "sidecar",
    "sync",
    "test",
    "tests",
    "tool",
    "toolbox",
    "tools",
    "ui",
    "viewer",
    "wait",
    "webhook",
];

/// What a tool of this name does.
pub(super) fn tool_tier(word: &str) -> Tier {
    match word {
        "exporter" | "exporters" | "metrics" | "monitor" => Tier::Monitoring,
        "haproxy" | "pooler" | "proxy" | "router" => Tier::DatabaseProxy,
        _ => Tier::Tooling,
    }
}

/// Programs that an image of a data store may run instead of its server.
pub(super) const CLIENT_COMMANDS: &[&str] = &[
    "clickhouse-client",
    "cqlsh",
    "etcdctl",
    "mariadb",
    "mariadb-dump",
    "mc",
    "mongo",
    "mongodump",
    "mongorestore",
    "mongosh",
    "mysql",
    "mysqladmin",
    "mysqldump",
    "nats",
    "pg_dump",
    "pg_dumpall",
    "pg_isready",
    "pg_restore",
    "psql",
    "rabbitmqadmin",
    "redis-benchmark",
    "redis-cli",
    "sleep",
    "sqlcmd",
    "tail",
    "valkey-cli",
];

/// Words of environment variables that name a data store in general.
pub(super) const STORE_WORDS: &[&str] = &["amqp", "datasource", "jdbc", "pghost", "pghostaddr"];

/// Last words of environment variables that hold an address.
pub(super) const ADDRESS_WORDS: &[&str] = &[
    "addr",
    "address",
    "addresses",
    "broker",
    "brokers",
    "dsn",
    "endpoint",
    "endpoints",
    "host",
    "hostname",
    "hosts",
    "pghost",
    "pghostaddr",
    "server",
    "servers",
    "uri",
    "url",
    "urls",
];

/// Starts of addresses of data stores.
pub(super) const STORE_SCHEMES: &[&str] = &[
    "amqp://",
    "amqps://",
    "cassandra://",
    "clickhouse://",
    "jdbc:",
    "mariadb://",
    "mongodb+srv://",
    "mongodb://",
    "mysql://",
    "nats://",
    "postgres://",
    "postgresql://",
    "redis://",
    "rediss://",
    "sqlserver://",
];
