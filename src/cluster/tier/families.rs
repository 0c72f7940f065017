//! The products that hold data or are before it: how their images are called and where they listen.

use super::Tier;

/// A product, or several that speak the same protocol.
#[derive(Debug, Eq)]
pub struct Family {
    /// The name for messages, for example `PostgreSQL`.
    pub name: &'static str,
    /// The tier that it makes a workload.
    pub tier: Tier,
    /// TCP ports that its clients use, the usual one first. Cluster, administration and metrics ports are left out.
    pub ports: &'static [u16],
    /// Names of its images: the last words of a repository, or `owner/image` where the image alone says too little.
    pub(super) images: &'static [&'static str],
    /// Further words for it in names and labels.
    pub(super) words: &'static [&'static str],
    /// Environment variables that only its server reads: whole names, or prefixes that end in `*`.
    pub(super) env: &'static [&'static str],
}

impl PartialEq for Family {
    /// No two have the same name.
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Family {
    const fn new(tier: Tier, name: &'static str, ports: &'static [u16], images: &'static [&'static str]) -> Self {
        Self { name, tier, ports, images, words: &[], env: &[] }
    }

    const fn words(mut self, words: &'static [&'static str]) -> Self {
        self.words = words;
        self
    }

    const fn env(mut self, env: &'static [&'static str]) -> Self {
        self.env = env;
        self
    }
}

const fn database(name: &'static str, ports: &'static [u16], images: &'static [&'static str]) -> Family {
    Family::new(Tier::Database, name, ports, images)
}

const fn broker(name: &'static str, ports: &'static [u16], images: &'static [&'static str]) -> Family {
    Family::new(Tier::Broker, name, ports, images)
}

const fn coordination(name: &'static str, ports: &'static [u16], images: &'static [&'static str]) -> Family {
    Family::new(Tier::Coordination, name, ports, images)
}

const fn storage(name: &'static str, ports: &'static [u16], images: &'static [&'static str]) -> Family {
    Family::new(Tier::Storage, name, ports, images)
}

const fn identity(name: &'static str, ports: &'static [u16], images: &'static [&'static str]) -> Family {
    Family::new(Tier::Identity, name, ports, images)
}

const fn proxy(name: &'static str, ports: &'static [u16], images: &'static [&'static str]) -> Family {
    Family::new(Tier::DatabaseProxy, name, ports, images)
}

/// Every family, those that are met most often first.
pub(super) const FAMILIES: &[Family] = &[
    database(
        "PostgreSQL",
        &[5432],
        &["postgres", "postgresql", "postgis", "timescaledb", "spilo", "pgvector", "pgvecto-rs"],
    )
    .words(&["pg", "pgsql", "psql", "postgresdb", "postgresqldb", "timescale"])
    .env(&["POSTGRES_PASSWORD", "POSTGRES_DB", "POSTGRES_INITDB_ARGS", "POSTGRESQL_REPLICATION_*", "PGDATA"]),
    database("MySQL", &[3306, 33060], &["mysql", "percona", "percona-server", "percona-xtradb-cluster", "vttablet"])
        .words(&["mysqldb", "mysqld", "vitess"])
        .env(&["MYSQL_ROOT_PASSWORD", "MYSQL_RANDOM_ROOT_PASSWORD", "MYSQL_ALLOW_EMPTY_PASSWORD"]),
    database("MariaDB", &[3306], &["mariadb"]).words(&["galera"]).env(&["MARIADB_*"]),
    database("MongoDB", &[27017, 27018, 27019], &["mongo", "mongodb", "mongod", "ferretdb", "documentdb"]).env(&[
        "MONGO_INITDB_*",
        "MONGODB_ROOT_PASSWORD",
        "MONGODB_REPLICA_SET_*",
    ]),
    database("Redis", &[6379, 26379], &["redis", "valkey", "keydb", "dragonfly", "dragonflydb"])
        .words(&["redisdb"])
        .env(&["REDIS_PASSWORD", "ALLOW_EMPTY_PASSWORD", "REDIS_REPLICATION_MODE", "VALKEY_PASSWORD"]),
    database("Memcached", &[11211], &["memcached"]).words(&["memcache"]),
    database("SQL Server", &[1433], &["mssql", "mssql/server", "mssql/rhel/server", "azure-sql-edge", "sqlserver"])
        .env(&["MSSQL_SA_PASSWORD", "SA_PASSWORD", "MSSQL_PID"]),
    database("Oracle Database", &[1521], &["oracle", "database/free", "database/express", "database/enterprise"])
        .env(&["ORACLE_PWD", "ORACLE_SID"]),
    database("Db2", &[50000], &["db2"]).env(&["DB2INST1_PASSWORD"]),
    database("Cassandra", &[9042, 9142, 9160], &["cassandra", "scylla", "scylladb", "dse", "cass-management-api"])
        .env(&["CASSANDRA_SEEDS", "CASSANDRA_CLUSTER_NAME"]),
    database("Elasticsearch", &[9200], &["elasticsearch", "opensearch"]).words(&["elastic"]).env(&[
        "ES_JAVA_OPTS",
        "OPENSEARCH_JAVA_OPTS",
        "discovery.type",
        "cluster.initial_master_nodes",
    ]),
    database("Solr", &[8983], &["solr"]),
    database("Meilisearch", &[7700], &["meilisearch"]).env(&["MEILI_MASTER_KEY"]),
    database("Typesense", &[8108], &["typesense"]),
    database("ClickHouse", &[8123, 9000, 8443, 9440], &["clickhouse"]).env(&["CLICKHOUSE_DB", "CLICKHOUSE_PASSWORD"]),
    database("InfluxDB", &[8086], &["influxdb"]).words(&["influx"]).env(&["DOCKER_INFLUXDB_INIT_*", "INFLUXDB_DB"]),
    database("QuestDB", &[8812, 9009, 9000], &["questdb"]),
    database("Druid", &[8888, 8082, 8081], &["druid"]),
    database("Pinot", &[8099, 8098], &["pinot"]),
    database("CockroachDB", &[26257], &["cockroach", "cockroachdb"]),
    database("TiDB", &[4000, 20160, 2379], &["tidb", "tikv", "pingcap/pd"]),
    database("YugabyteDB", &[5433, 9042], &["yugabyte", "yugabytedb"]),
    database("Neo4j", &[7687, 7474], &["neo4j"]).env(&["NEO4J_AUTH"]),
    database("ArangoDB", &[8529], &["arangodb", "arango"]).env(&["ARANGO_ROOT_PASSWORD"]),
    database("CouchDB", &[5984], &["couchdb"]).env(&["COUCHDB_PASSWORD"]),
    database("Couchbase", &[8091, 8092, 8093, 8094, 8095, 8096, 8097, 11210], &["couchbase", "couchbase/server"]),
    database("Dgraph", &[9080], &["dgraph"]),
    database("RethinkDB", &[28015], &["rethinkdb"]),
    database("SurrealDB", &[8000], &["surrealdb"]),
    database("FoundationDB", &[4500], &["foundationdb"]),
    database("Aerospike", &[3000, 3001, 3002, 3003], &["aerospike"]),
    database("Milvus", &[19530], &["milvus"]),
    database("Qdrant", &[6333, 6334], &["qdrant"]),
    database("Weaviate", &[8080, 50051], &["weaviate"]),
    database("Chroma", &[8000], &["chroma", "chromadb"]),
    database("Hazelcast", &[5701], &["hazelcast"]),
    database("Infinispan", &[11222], &["infinispan", "infinispan/server", "datagrid"]),
    database("Ignite", &[10800], &["ignite"]),
    broker("Kafka", &[9092, 9093, 9094, 9095], &["kafka", "cp-server", "redpanda"]).env(&[
        "KAFKA_LISTENERS",
        "KAFKA_ADVERTISED_LISTENERS",
        "KAFKA_CFG_*",
    ]),
    broker("RabbitMQ", &[5672, 5671], &["rabbitmq"]).words(&["rabbit"]).env(&[
        "RABBITMQ_DEFAULT_USER",
        "RABBITMQ_DEFAULT_PASS",
        "RABBITMQ_ERLANG_COOKIE",
    ]),
    broker("NATS", &[4222], &["nats", "nats-streaming"]),
    broker("Pulsar", &[6650, 6651], &["pulsar", "pulsar-all"]),
    broker("ActiveMQ", &[61616, 5672], &["activemq", "artemis", "activemq-artemis"]),
    broker("MQTT broker", &[1883, 8883], &["emqx", "mosquitto", "hivemq"]).words(&["mqtt"]),
    broker("IBM MQ", &[1414], &["ibm-messaging/mq", "ibmcom/mq", "ibm-mqadvanced"]),
    coordination("ZooKeeper", &[2181], &["zookeeper", "clickhouse-keeper"]).words(&["zk"]).env(&["ZOO_MY_ID"]),
    coordination("etcd", &[2379], &["etcd"]).env(&["ETCD_INITIAL_CLUSTER", "ETCD_DATA_DIR"]),
    coordination("Consul", &[8500, 8501], &["consul"]),
    storage("MinIO", &[9000], &["minio"]).env(&["MINIO_ROOT_USER", "MINIO_ROOT_PASSWORD"]),
    storage("SeaweedFS", &[8333, 8888, 9333], &["seaweedfs"]),
    storage("Ceph", &[7480, 8080], &["ceph", "rgw"]),
    storage("NFS", &[2049], &["nfs"]),
    storage("Azurite", &[10000, 10001, 10002], &["azurite"]),
    storage("LocalStack", &[4566], &["localstack"]),
    identity("Vault", &[8200], &["vault", "openbao"]),
    identity("Keycloak", &[8080, 8443], &["keycloak"]).env(&["KC_BOOTSTRAP_ADMIN_USERNAME", "KEYCLOAK_ADMIN"]),
    identity("Dex", &[5556], &["dex"]),
    identity("LDAP directory", &[389, 636, 1389, 1636], &["openldap", "dirsrv", "389ds", "freeipa", "lldap"])
        .words(&["ldap"])
        .env(&["LDAP_ADMIN_PASSWORD"]),
    identity("authentik", &[9000, 9443], &["authentik", "goauthentik/server"]),
    proxy("PgBouncer", &[6432, 5432], &["pgbouncer", "odyssey", "pgcat"]),
    proxy("Pgpool-II", &[9999, 5432], &["pgpool"]),
    proxy("MySQL proxy", &[6033, 3306], &["proxysql", "mysql-router", "maxscale", "vtgate"]),
    proxy("Redis proxy", &[6379], &["twemproxy", "nutcracker", "predixy"]),
];

/// Ports that programs of every sort use: they strengthen other evidence and prove nothing alone.
pub(super) const SHARED_PORTS: &[u16] = &[
    389, 636, 2049, 2379, 3000, 3001, 3002, 3003, 4000, 4500, 5556, 7700, 8000, 8080, 8081, 8082, 8086, 8091, 8092,
    8093, 8094, 8095, 8096, 8097, 8098, 8099, 8108, 8200, 8333, 8443, 8500, 8501, 8812, 8888, 9000, 9009, 9080, 9093,
    9094, 9095, 9333, 9443, 9999, 10000, 10001, 10002, 50000, 50051,
];
