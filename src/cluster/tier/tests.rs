#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::net::Protocol;
use crate::objects::{Argument, Container, ContainerPort, EnvVar, Labels, NamespaceId, Object, ReadFrom};
use crate::source::FileId;
use crate::yaml::FieldPath;

fn origin() -> Origin {
    Origin { file: FileId(0), document: 0, path: FieldPath::root() }
}

/// A workload in the making; a Deployment unless it says otherwise.
struct Build(Workload);

fn named(name: &str) -> Build {
    let object = Object {
        kind: "Deployment".into(),
        name: name.into(),
        namespace: NamespaceId(0),
        labels: Default::default(),
        annotations: Default::default(),
        origin: origin(),
    };
    Build(Workload {
        read_from: ReadFrom::Manifest,
        replica: None,
        numbered: None,
        object,
        pod_labels: Default::default(),
        labels_origin: origin().keys(["spec", "template", "metadata", "labels"]),
        spec_origin: origin().keys(["spec", "template", "spec"]),
        pod_annotations: Default::default(),
        containers: Vec::new(),
        host_network: false,
        dns_policy: None,
        service_account: None,
        automount_token: None,
        replicas: None,
        volume_claims: false,
        config_maps: Vec::new(),
        secrets: Vec::new(),
        selector: Labels::default(),
    })
}

/// A workload whose name says nothing.
fn unnamed() -> Build {
    named("x")
}

impl Build {
    fn kind(mut self, kind: &str) -> Self {
        self.0.object.kind = kind.into();
        self
    }

    fn label(mut self, key: &str, value: &str) -> Self {
        self.0.pod_labels.insert(key.into(), value.into());
        self
    }

    fn volume_claims(mut self) -> Self {
        self.0.volume_claims = true;
        self.kind("StatefulSet")
    }

    fn container(mut self, image: &str) -> Self {
        let index = self.0.containers.len();
        self.0.containers.push(Container {
            name: "main".into(),
            image: image.into(),
            ports: Vec::new(),
            env: Vec::new(),
            arguments: Vec::new(),
            init: false,
            origin: self.0.spec_origin.key("containers").index(index),
        });
        self
    }

    fn change(mut self, change: impl FnOnce(&mut Container)) -> Self {
        change(self.0.containers.last_mut().unwrap());
        self
    }

    fn init(self) -> Self {
        self.change(|container| container.init = true)
    }

    fn port(self, port: u16) -> Self {
        self.change(|container| {
            container.ports.push(ContainerPort { name: None, port, protocol: Protocol::Tcp, origin: origin() });
        })
    }

    fn env(self, name: &str, value: &str) -> Self {
        self.change(|container| {
            let value = Some(value.into());
            container.env.push(EnvVar { name: name.into(), value, origin: origin() });
        })
    }

    fn command(self, words: &[&str]) -> Self {
        self.change(|container| {
            container.arguments =
                words.iter().map(|text| Argument { text: (*text).into(), origin: origin() }).collect();
        })
    }

    fn classify(&self) -> Option<Classification> {
        classify(&self.0, None)
    }

    /// Tier, confidence and family in one line: `database High PostgreSQL`; `unknown` without any.
    fn verdict(&self) -> String {
        let Some(found) = self.classify() else { return "unknown".to_owned() };
        let family = found.family.map_or(String::new(), |family| format!(" {}", family.name));
        format!("{} {:?}{family}", found.tier.name(), found.confidence)
    }
}

#[track_caller]
fn assert_images(expected: &[(&str, &str)]) {
    let found: Vec<_> = expected.iter().map(|(image, _)| (*image, unnamed().container(image).verdict())).collect();
    let expected: Vec<_> = expected.iter().map(|(image, verdict)| (*image, (*verdict).to_owned())).collect();
    assert_eq!(found, expected);
}

#[test]
fn bare_pods_of_a_tutorial_are_told_apart() {
    let pod = |name: &str, image: &str| named(name).kind("Pod").label("app", name).container(image);
    assert_eq!(pod("frontend", "nginx").verdict(), "frontend High");
    assert_eq!(pod("backend", "python:3.9").verdict(), "backend Medium");
    assert_eq!(pod("database", "postgres").verdict(), "database High PostgreSQL");
}

#[test]
fn images_of_data_stores_are_known_by_any_registry_tag_and_digest() {
    assert_images(&[
        ("postgres", "database Medium PostgreSQL"),
        ("postgres:16-alpine", "database Medium PostgreSQL"),
        ("docker.io/library/postgres:16", "database Medium PostgreSQL"),
        ("registry.example.com:5000/mirror/postgres", "database Medium PostgreSQL"),
        ("localhost:5000/postgres:16@sha256:0123456789abcdef", "database Medium PostgreSQL"),
        ("postgres@sha256:0123456789abcdef", "database Medium PostgreSQL"),
        ("bitnami/postgresql-repmgr:16.1.0-debian-12-r0", "database Medium PostgreSQL"),
        ("ghcr.io/cloudnative-pg/postgresql:16.3", "database Medium PostgreSQL"),
        ("ghcr.io/zalando/spilo-16:3.2-p3", "database Medium PostgreSQL"),
        ("crunchydata/crunchy-postgres-gis:ubi8-15.6", "database Medium PostgreSQL"),
        ("timescale/timescaledb-ha:pg16", "database Medium PostgreSQL"),
        ("postgis/postgis", "database Medium PostgreSQL"),
        ("pgvector/pgvector:pg16", "database Medium PostgreSQL"),
        ("supabase/postgres:15.1.0", "database Medium PostgreSQL"),
        ("mysql:8.4", "database Medium MySQL"),
        ("mysql/mysql-server", "database Medium MySQL"),
        ("percona/percona-xtradb-cluster:8.0", "database Medium MySQL"),
        ("percona/percona-server:8.0", "database Medium MySQL"),
        ("percona/percona-server-mongodb:7.0", "database Medium MongoDB"),
        ("bitnami/mariadb-galera", "database Medium MariaDB"),
        ("mongo:7", "database Medium MongoDB"),
        ("mongodb/mongodb-community-server:7.0-ubi8", "database Medium MongoDB"),
        ("redis:7-alpine", "database Medium Redis"),
        ("redis/redis-stack-server", "database Medium Redis"),
        ("bitnami/redis-sentinel", "database Medium Redis"),
        ("valkey/valkey:8", "database Medium Redis"),
        ("docker.dragonflydb.io/dragonflydb/dragonfly", "database Medium Redis"),
        ("memcached:1.6", "database Medium Memcached"),
        ("mcr.microsoft.com/mssql/server:2022-latest", "database Medium SQL Server"),
        ("mcr.microsoft.com/azure-sql-edge", "database Medium SQL Server"),
        ("container-registry.oracle.com/database/free", "database Medium Oracle Database"),
        ("gvenzl/oracle-xe:21-slim", "database Medium Oracle Database"),
        ("icr.io/db2_community/db2", "database Medium Db2"),
        ("scylladb/scylla:5.4", "database Medium Cassandra"),
        ("k8ssandra/cass-management-api:4.1", "database Medium Cassandra"),
        ("docker.elastic.co/elasticsearch/elasticsearch-oss:7.10.2", "database Medium Elasticsearch"),
        ("opensearchproject/opensearch:2", "database Medium Elasticsearch"),
        ("clickhouse/clickhouse-server:24.3", "database Medium ClickHouse"),
        ("cockroachdb/cockroach:v24.1.0", "database Medium CockroachDB"),
        ("pingcap/pd:v7.5.0", "database Medium TiDB"),
        ("neo4j:5-enterprise", "database Medium Neo4j"),
        ("couchbase/server:7.6", "database Medium Couchbase"),
        ("qdrant/qdrant", "database Medium Qdrant"),
        ("aerospike/aerospike-server-enterprise", "database Medium Aerospike"),
        ("rancher/mirrored-library-postgres", "database Medium PostgreSQL"),
        ("confluentinc/cp-kafka:7.6.0", "message broker Medium Kafka"),
        ("confluentinc/cp-server", "message broker Medium Kafka"),
        ("quay.io/strimzi/kafka:0.41.0-kafka-3.7.0", "message broker Medium Kafka"),
        ("rabbitmq:3.13-management", "message broker Medium RabbitMQ"),
        ("nats:2.10-alpine", "message broker Medium NATS"),
        ("eclipse-mosquitto:2", "message broker Medium MQTT broker"),
        ("apache/activemq-artemis", "message broker Medium ActiveMQ"),
        ("icr.io/ibm-messaging/mq:9.3", "message broker Medium IBM MQ"),
        ("confluentinc/cp-zookeeper", "coordination service Medium ZooKeeper"),
        ("quay.io/coreos/etcd:v3.5.12", "coordination service Medium etcd"),
        ("hashicorp/consul:1.18", "coordination service Medium Consul"),
        ("quay.io/minio/minio:RELEASE.2024-05-10T01-41-38Z", "object or file store Medium MinIO"),
        ("registry.k8s.io/volume-nfs", "object or file store Medium NFS"),
        ("hashicorp/vault:1.16", "identity service Medium Vault"),
        ("ghcr.io/goauthentik/server", "identity service Medium authentik"),
        ("edoburu/pgbouncer", "database proxy Medium PgBouncer"),
    ]);
}

#[test]
fn what_works_on_a_data_store_is_not_one() {
    assert_images(&[
        ("quay.io/prometheuscommunity/postgres-exporter:v0.15.0", "monitoring Medium"),
        ("oliver006/redis_exporter", "monitoring Medium"),
        ("percona/mongodb_exporter:0.40", "monitoring Medium"),
        ("prom/mysqld-exporter", "monitoring Medium"),
        ("ghcr.io/zalando/postgres-operator", "tool Medium"),
        ("percona/percona-server-mongodb-operator", "tool Medium"),
        ("arangodb/kube-arangodb:1.2.40", "tool Medium"),
        ("prodrigestivill/postgres-backup-local", "tool Medium"),
        ("eeshugerman/postgres-backup-s3", "tool Medium"),
        ("acme/db-migrate", "tool Medium"),
        ("acme/wait-for-postgres", "tool Medium"),
        ("provectuslabs/kafka-ui", "tool Medium"),
        ("rediscommander/redis-commander", "tool Medium"),
        ("mongo-express:1", "tool Medium"),
        ("dpage/pgadmin4", "tool Medium"),
        ("phpmyadmin", "tool Medium"),
        ("adminer:4", "tool Medium"),
        ("docker.elastic.co/kibana/kibana:8.13.0", "tool Medium"),
        ("opensearchproject/opensearch-dashboards", "tool Medium"),
        ("redis/redisinsight", "tool Medium"),
        ("natsio/nats-box", "tool Medium"),
        ("acme/redis-client", "tool Medium"),
        ("acme/redis-test", "tool Medium"),
        ("mysql/mysql-router", "database proxy Medium MySQL proxy"),
        ("gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.11", "database proxy Medium"),
        ("acme/redis-consumer", "backend Medium"),
        ("acme/mongo-api", "backend Medium"),
    ]);
}

#[test]
fn only_whole_words_count() {
    assert_images(&[
        ("acme/redistribute", "unknown"),
        ("acme/postgresify", "unknown"),
        ("acme/mongoose-demo", "unknown"),
        ("acme/etcdless", "unknown"),
        ("oraclelinux:9", "unknown"),
        ("acme/vaulted", "unknown"),
        ("acme/webhook", "unknown"),
        ("acme/kafka-stream-thing", "unknown"),
        ("confluentinc/cp-schema-registry", "unknown"),
        ("dragonflyoss/scheduler", "backend Medium"),
        ("busybox", "unknown"),
        ("nginxdemos/hello", "unknown"),
    ]);
    assert_eq!(named("redistribute").container("acme/a").verdict(), "unknown");
    assert_eq!(named("database1").container("acme/a").verdict(), "database Low");
    assert_eq!(unnamed().label("tier", "databaseless").container("acme/a").verdict(), "unknown");
}

#[test]
fn an_image_named_after_a_product_weighs_less_than_the_product() {
    let found = unnamed().container("acme/orders-postgres").classify().unwrap();
    assert_eq!((found.tier, found.confidence), (Tier::Database, Confidence::Medium));
    // 2 for the image, 1 for the name: not enough for an error, as 3 and 1 would be.
    assert_eq!(named("orders-postgres").container("acme/orders-postgres").verdict(), "database Medium PostgreSQL");
    assert_eq!(named("orders-postgres").container("postgres").verdict(), "database High PostgreSQL");
}

#[test]
fn evidence_adds_up_across_kinds_and_counts_once_within_one() {
    assert_eq!(unnamed().container("acme/a").port(5432).verdict(), "database Medium PostgreSQL");
    assert_eq!(unnamed().container("acme/a").port(27017).port(27018).port(27019).verdict(), "database Medium MongoDB");
    assert_eq!(named("db").container("acme/a").port(5432).verdict(), "database Medium PostgreSQL");
    assert_eq!(named("db").container("acme/a").port(5432).volume_claims().verdict(), "database High PostgreSQL");
    assert_eq!(unnamed().container("redis").port(6379).verdict(), "database High Redis");
    assert_eq!(unnamed().container("redis").kind("StatefulSet").verdict(), "database High Redis");
    assert_eq!(unnamed().container("postgres").env("PGDATA", "/data").verdict(), "database High PostgreSQL");
    assert_eq!(unnamed().container("acme/a").label("tier", "database").verdict(), "database Medium");
    assert_eq!(named("db").container("acme/a").label("tier", "database").verdict(), "database High");
    assert_eq!(named("db").label("app", "db").label("name", "db").container("acme/a").verdict(), "database Low");
}

#[test]
fn explicit_labels_are_read_by_the_end_of_their_values() {
    let labelled = |key: &str, value: &str| unnamed().container("acme/a").label(key, value).verdict();
    assert_eq!(labelled("app.kubernetes.io/component", "postgresql"), "database Medium PostgreSQL");
    assert_eq!(labelled("acme.io/tier", "data-tier"), "database Medium");
    assert_eq!(labelled("role", "db"), "database Medium");
    assert_eq!(labelled("component", "cache"), "database Medium");
    assert_eq!(labelled("component", "message-queue"), "message broker Medium");
    assert_eq!(labelled("tier", "front-end"), "frontend Medium");
    assert_eq!(labelled("tier", "Backend"), "backend Medium");
    assert_eq!(labelled("component", "server"), "backend Low");
    assert_eq!(labelled("component", "database-migration"), "tool Medium");
    assert_eq!(labelled("component", "mysql-exporter"), "monitoring Medium");
    assert_eq!(labelled("app.kubernetes.io/component", "primary"), "unknown");
    assert_eq!(labelled("role", "master"), "unknown");
    assert_eq!(labelled("tier", ""), "unknown");
    assert_eq!(labelled("app.kubernetes.io/part-of", "database"), "unknown");
    assert_eq!(labelled("environment", "database"), "unknown");
    let primary = unnamed().container("mysql").label("app.kubernetes.io/component", "primary");
    assert_eq!(primary.verdict(), "database High MySQL");
}

#[test]
fn a_name_speaks_by_its_head() {
    let verdict = |name: &str, image: &str| named(name).container(image).verdict();
    assert_eq!(verdict("orders-db-primary-0", "acme/a"), "database Low");
    assert_eq!(verdict("redis-cart", "redis:alpine"), "database High Redis");
    assert_eq!(verdict("redis-cart", "acme/a"), "unknown");
    assert_eq!(verdict("admin-db", "postgres"), "database High PostgreSQL");
    assert_eq!(verdict("client-db", "postgres"), "database High PostgreSQL");
    assert_eq!(verdict("postgres-test", "postgres"), "database High PostgreSQL");
    assert_eq!(verdict("db-admin", "postgres"), "tool Low");
    assert_eq!(verdict("redis-client", "redis"), "tool Low");
    assert_eq!(verdict("postgres-backup", "postgres:16"), "tool Low");
    assert_eq!(verdict("database-api", "acme/a"), "backend Low");
    assert_eq!(verdict("api-for-frontend", "acme/a"), "frontend Low");
}

#[test]
fn an_exporter_beside_a_database_does_not_hide_it() {
    let exporter = "prometheuscommunity/postgres-exporter";
    let both = [
        named("db").container("postgres").port(5432).container(exporter).port(9187),
        named("db").container(exporter).port(9187).container("postgres").port(5432),
    ];
    for workload in both {
        assert_eq!(workload.verdict(), "database High PostgreSQL");
    }
    assert_eq!(named("db-metrics").container(exporter).port(9187).verdict(), "monitoring High");
}

#[test]
fn companions_say_nothing_of_the_container_they_serve() {
    assert_eq!(unnamed().container("acme/a").container("istio/proxyv2:1.22").verdict(), "unknown");
    assert_eq!(unnamed().container("acme/a").container("grafana/promtail").verdict(), "unknown");
    assert_eq!(named("orders-api").container("acme/a").container("hashicorp/vault").verdict(), "backend Low");
    let sql_proxy = "gcr.io/cloud-sql-connectors/cloud-sql-proxy";
    assert_eq!(named("orders-api").container("acme/a").container(sql_proxy).port(5432).verdict(), "backend Low");
    assert_eq!(unnamed().container("nginx").container("nginx/nginx-prometheus-exporter").verdict(), "frontend Medium");
    assert_eq!(unnamed().container("acme/shop-frontend").container("acme/a").verdict(), "frontend Medium");
}

#[test]
fn init_containers_and_jobs_are_never_data_stores() {
    assert_eq!(unnamed().container("acme/a").container("postgres").init().verdict(), "unknown");
    for kind in ["Job", "CronJob"] {
        let job = named("db").kind(kind).label("tier", "database").container("postgres").port(5432);
        assert_eq!(job.verdict(), "unknown", "{kind}");
    }
    assert_eq!(named("db-backup").kind("CronJob").container("postgres").verdict(), "tool Low");
}

#[test]
fn an_image_that_runs_a_client_is_no_server() {
    let run = |words: &[&str]| unnamed().container("postgres").command(words).verdict();
    assert_eq!(run(&["psql", "-h", "db"]), "unknown");
    assert_eq!(run(&["/usr/bin/pg_dump", "-h", "db"]), "unknown");
    assert_eq!(run(&["sh", "-c", "psql -h db -c 'select 1'"]), "unknown");
    assert_eq!(run(&["sleep", "infinity"]), "unknown");
    assert_eq!(run(&["postgres", "-c", "max_connections=200"]), "database Medium PostgreSQL");
    assert_eq!(run(&["-c", "max_connections=200"]), "database Medium PostgreSQL");
    assert_eq!(run(&["sh", "-c"]), "database Medium PostgreSQL");
}

#[test]
fn settings_of_a_server_alone_prove_nothing() {
    assert_eq!(unnamed().container("acme/a").env("POSTGRES_PASSWORD", "x").verdict(), "unknown");
    assert_eq!(unnamed().container("acme/a").env("REDIS_PASSWORD", "x").verdict(), "unknown");
    let server = unnamed().container("acme/a").port(5432).env("POSTGRES_PASSWORD", "x");
    assert_eq!(server.verdict(), "database High PostgreSQL");
}

#[test]
fn ports_that_many_programs_use_prove_nothing_alone() {
    for port in [80, 443, 3000, 8000, 8080, 8443, 9000, 9090, 50000] {
        assert_eq!(unnamed().container("acme/a").port(port).verdict(), "unknown", "{port}");
    }
    assert_eq!(unnamed().container("clickhouse/clickhouse-server").port(9000).verdict(), "database High ClickHouse");
}

#[test]
fn a_client_of_a_database_is_a_backend_even_behind_a_web_server() {
    let app = |name: &str, value: &str| unnamed().container("acme/a").env(name, value).verdict();
    assert_eq!(app("DATABASE_URL", "x"), "backend Medium");
    assert_eq!(app("ORDERS_DB_HOST", "orders-db"), "backend Medium");
    assert_eq!(app("SPRING_DATASOURCE_URL", ""), "backend Medium");
    assert_eq!(app("PGHOST", "db"), "backend Medium");
    assert_eq!(app("KAFKA_BOOTSTRAP_SERVERS", "kafka:9092"), "backend Medium");
    assert_eq!(app("STORE", "postgres://db/orders"), "backend Medium");
    assert_eq!(app("API_HOST", "api"), "unknown");
    assert_eq!(app("DB_POOL_SIZE", "5"), "unknown");
    let wordpress = named("wordpress")
        .label("tier", "frontend")
        .container("wordpress:6-apache")
        .port(80)
        .env("WORDPRESS_DB_HOST", "wordpress-mysql");
    assert_eq!(wordpress.verdict(), "backend High");
    let evidence = database_client(&wordpress.0).unwrap();
    assert_eq!(evidence.words, "environment variable `WORDPRESS_DB_HOST`");
    let replica = unnamed().container("redis").env("REDIS_MASTER_HOST", "redis-0");
    assert_eq!(replica.verdict(), "database Medium Redis");
}

#[test]
fn a_web_server_yields_to_a_name_that_says_otherwise() {
    assert_eq!(named("backend").label("app", "backend").container("nginx").port(80).verdict(), "backend Low");
    assert_eq!(named("db").label("role", "db").container("nginx").port(80).verdict(), "database High");
    assert_eq!(named("shop").container("nginx").port(80).verdict(), "frontend High");
    assert_eq!(
        named("redis-ha-haproxy").container("haproxy:2.9").port(6379).verdict(),
        "database proxy High Redis proxy"
    );
}

#[test]
fn exposure_supports_a_frontend_and_makes_none() {
    let exposure = Exposure { words: "behind Ingress `shop`".to_owned(), origin: origin() };
    let exposed = |workload: Build| classify(&workload.0, Some(&exposure));
    assert_eq!(exposed(unnamed().container("acme/a")), None);
    let web = exposed(named("web").container("acme/a")).unwrap();
    assert_eq!((web.tier, web.confidence), (Tier::Frontend, Confidence::Medium));
    let api = exposed(named("api").container("acme/a")).unwrap();
    assert_eq!(api.tier, Tier::Backend);
}

#[test]
fn known_stacks_are_read_as_their_authors_mean_them() {
    let redis = named("redis-leader").label("app", "redis").label("role", "leader").label("tier", "backend");
    assert_eq!(redis.container("redis:6.0.5").port(6379).verdict(), "database High Redis");
    let shop = named("frontend").label("app", "frontend").container("example/microservices-demo/frontend:v0.10");
    assert_eq!(shop.port(8080).verdict(), "frontend High");
    let grafana = named("grafana").label("app.kubernetes.io/name", "grafana").container("grafana/grafana:11.0.0");
    assert_eq!(grafana.port(3000).verdict(), "monitoring High");
    let keycloak = named("keycloak").container("quay.io/keycloak/keycloak:24.0").port(8080).env("KC_DB_URL", "jdbc:x");
    assert_eq!(keycloak.verdict(), "identity service High Keycloak");
    let elastic = named("logs-es-data").label("component", "data").volume_claims().container("elasticsearch:8.13.0");
    assert_eq!(elastic.verdict(), "database High Elasticsearch");
    let broker = named("kafka").kind("StatefulSet").container("apache/kafka:3.7.0").port(9092).port(9093);
    assert_eq!(broker.env("KAFKA_LISTENERS", "PLAINTEXT://:9092").verdict(), "message broker High Kafka");
}

#[test]
fn without_evidence_a_workload_is_unknown() {
    assert_eq!(unnamed().verdict(), "unknown");
    assert_eq!(unnamed().container("").verdict(), "unknown");
    assert_eq!(unnamed().container("python:3.9").verdict(), "unknown");
    assert_eq!(unnamed().container("::/@:").verdict(), "unknown");
    assert_eq!(named("").container("/").label("app", "---").label("tier", "-").verdict(), "unknown");
    assert_eq!(named("worker-é").container("acme/a").verdict(), "backend Low");
    assert_eq!(named("web").kind("StatefulSet").container("acme/a").verdict(), "frontend Low");
}

#[test]
fn evidence_is_told_in_words_with_its_place_and_the_weightiest_first() {
    let database = named("db").container("postgres:16").port(5432).volume_claims();
    let told = |it: &Build| {
        let told = evidence(&it.0, None).into_iter().map(|reason| (reason.words, reason.origin.path.to_string()));
        told.collect::<Vec<_>>()
    };
    let owned = |(words, place): (&str, &str)| (words.to_owned(), place.to_owned());
    assert_eq!(
        told(&database),
        [
            ("image `postgres:16`", "spec.template.spec.containers[0].image"),
            ("container port 5432", ""),
            ("name `db`", "metadata.name"),
            ("a StatefulSet with `volumeClaimTemplates`", "spec.volumeClaimTemplates"),
        ]
        .map(owned)
    );
    assert_eq!(database.classify().unwrap().family.unwrap().ports, [5432]);
    let place = r#"spec.template.metadata.labels["app.kubernetes.io/component"]"#;
    let labelled = unnamed().label("app.kubernetes.io/component", "db");
    assert_eq!(told(&labelled), [("label `app.kubernetes.io/component: db`", place)].map(owned));
}

#[test]
fn families_are_named_once_and_have_ports() {
    let mut names: Vec<_> = families::FAMILIES.iter().flat_map(|family| family.images).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "an image belongs to one family");
    for family in families::FAMILIES {
        assert!(!family.ports.is_empty(), "{}", family.name);
        for name in family.images.iter().filter(|name| !name.contains('/')) {
            let found = unnamed().container(name).classify().and_then(|found| found.family).unwrap();
            assert_eq!(found.name, family.name, "image `{name}`");
        }
    }
}
