/**
 * Kinds of software by the last segment of an image's name. Whole names only: `postgrest` is no `postgres`, and
 * `flink-kafka` is no `kafka`. Other distributions of the same thing (`bitnami/redis`, `supabase/postgres`) share the
 * last segment.
 */
function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

/** Databases, caches, queues, search engines, object stores, time series: what keeps data. */
export const dataImages = words(`
  postgres postgresql postgresql-repmgr postgis timescaledb timescaledb-ha timescaledb-postgis pgvector pgvecto-rs
  pgautoupgrade spilo citus edb-postgres vectorchord-postgres
  mysql mysql-server mariadb mariadb-galera percona percona-server percona-xtradb-cluster tidb vitess
  mongo mongodb mongodb-community-server mongodb-enterprise-server percona-server-mongodb ferretdb
  redis redis-stack redis-stack-server redismod redis-cluster redis-sentinel rejson redisearch valkey valkey-bundle keydb
  dragonfly memcached memcache
  rabbitmq activemq activemq-classic activemq-artemis artemis nats nats-streaming pulsar kafka kafka-native cp-kafka
  cp-server cp-zookeeper cp-schema-registry zookeeper redpanda emqx hivemq-ce hivemq4 eclipse-mosquitto mosquitto vernemq
  beanstalkd gearmand nsq rocketmq
  elasticsearch elasticsearch-oss opensearch meilisearch typesense typesense-server solr zincsearch quickwit manticore
  qdrant weaviate milvus zinc
  minio rustfs seaweedfs azurite azure-storage-azurite ceph localstack fake-gcs-server s3mock s3ninja cloudserver
  clickhouse clickhouse-server cassandra dse-server scylla cockroach couchdb couchbase neo4j arangodb orientdb surrealdb
  dgraph rethinkdb rqlite influxdb questdb questdb-enterprise crate firebird tarantool ignite hazelcast edgedb gel
  azure-sql-edge mssql-server mssql-server-linux oracle-free oracle-xe db2 immudb foundationdb databend-query
  trino-postgres sqld libsql-server
  prometheus loki mimir thanos cortex victoria-metrics vminsert vmstorage vmselect pushgateway graphite
  graphite-statsd carbon opentsdb druid pinot
  etcd consul vault openldap slapd docker-mailserver mailserver dovecot postfix
`);

/** Images whose last segment says too little. */
export const dataRepositories =
  /^(?:library\/)?registry$|(?:^|\/)(?:mssql\/server|mssql\/rhel\/server|oracle\/database\/.+|db2_community\/db2|dxflrs\/garage|valeriansaliou\/sonic|chroma-core\/chroma|chromadb\/chroma|vespaengine\/vespa|grafana\/tempo)$/;

/** Proxies that stand in front of a project, and what fetches certificates for them. */
export const edgeImages = words(`
  nginx nginx-unprivileged nginx-proxy nginx-proxy-manager openresty angie swag caddy caddy-docker-proxy traefik haproxy
  haproxy-alpine kong kong-gateway envoy apisix tyk-gateway bunkerweb cloudflared ngrok pomerium zoraxy varnish
  nginx-certbot docker-nginx-certbot oauth2-proxy
`);

/** Names that nobody gives to an application. */
export const edgeNames = words(`
  nginx nginx-proxy nginx_proxy proxy reverse-proxy reverse_proxy reverseproxy rproxy traefik caddy haproxy envoy kong
  ingress lb loadbalancer load-balancer load_balancer edge-proxy web-proxy cloudflared swag
`);

/** Names of proxies that follow the name of a project: `shop-nginx`. */
export const edgeNameSuffix = /[-_](?:nginx|traefik|caddy|haproxy|envoy)$/;

/** Dashboards, exporters, mail catchers, log shippers, poolers and other helpers: nothing users wait for. */
export const supportImages = words(`
  adminer phpmyadmin phpldapadmin pgadmin4 pgadmin pgweb pghero mongo-express redis-commander redisinsight redis-insight
  phpredisadmin konga cloudbeaver sqlpad sqlite-web dbgate elasticvue cerebro kibana opensearch-dashboards dejavu
  mailhog mailpit maildev mailcatcher mailslurper inbucket smtp4dev greenmail fakesmtp papercut-smtp
  grafana grafana-oss grafana-enterprise alertmanager cadvisor node-exporter blackbox-exporter netdata telegraf
  statsd-exporter promtail alloy fluentd fluent-bit logstash filebeat metricbeat logspout
  jaeger zipkin otel-collector opentelemetry-collector opentelemetry-collector-contrib otelcol skywalking-ui
  portainer portainer-ce dozzle watchtower autoheal docker-autoheal docker-socket-proxy socket-proxy ouroboros diun wud trivy clamav
  kafka-ui akhq kafdrop kowl cmak redpanda-console schema-registry-ui kafka-connect-ui kafka-topics-ui kafka-manager
  cp-enterprise-control-center zoonavigator elastichq elasticsearch-hq elasticsearch-head apm-server crowdsec glances flower rq-dashboard bull-board bullboard
  pgbouncer pgcat odyssey pgpool proxysql postgres-backup-local postgres-backup-s3 mysql-backup
  mysql-cron-backup docker-volume-backup restic resticker borgmatic duplicati
  certbot acme.sh acme-companion letsencrypt-nginx-proxy-companion docker-gen smtp exim exim4 exim-relay swagger-ui swagger-editor
`);

export const supportRepositories =
  /(?:^|\/)(?:datadog\/agent|grafana\/agent|timberio\/vector|jaegertracing\/all-in-one|redpandadata\/console|temporalio\/(?:ui|web)|beats\/[a-z]+|prymitive\/karma)$/;

export const supportName =
  /(?:^|[-_.])(?:node-?exporter|cadvisor|grafana|alertmanager|kibana|adminer|pgadmin4?|phpmyadmin|pgweb|mongo-?express|redis-?commander|redis-?insight|mailhog|mailpit|maildev|mailcatcher|mailslurper|smtp4dev|jaeger|zipkin|otel(?:-?collector)?|promtail|fluentd|fluent-?bit|logstash|filebeat|telegraf|portainer|dozzle|watchtower|autoheal|flower|kafka-?ui|akhq|kafdrop|pgbouncer|swagger-?ui|certbot|autodiscover-helper|docker-?proxy|socket-?proxy|backups?|db-?backup)$/;

/** Of an exporter of measurements; where the image has another name, it may export anything. */
export const exporterName = /(?:^|[-_.])exporter$/;

/** Images that do one thing and end. */
export const jobImages = words(
  `flyway liquibase migrate goose atlas dbmate mc minio-mc sqitch wait-for wait-for-it dockerize tern`,
);

export const jobRepositories = /(?:^|\/)(?:migrate\/migrate|ariga\/atlas|minio\/mc|bitnami\/minio-client)$/;

/** Schedulers that start other containers or commands. */
export const workerImages = words(`ofelia chadburn supercronic crontab-ui docker-crontab`);

export const toolImages = words(
  `admin-tools playwright cypress selenium standalone-chrome standalone-chromium standalone-firefox netshoot k6 wrk swagger-codegen-cli`,
);

/** Ports that only something with data listens on, when nothing else tells. */
export const dataPorts = new Set([
  1433, 1521, 1883, 2181, 2379, 3306, 4222, 5432, 5433, 5671, 5672, 6379, 6380, 7687, 8529, 9042, 9092, 9200, 9300,
  11211, 26257, 27017, 28015, 33060, 389, 636, 25, 465, 587, 143, 993,
]);

/** Where databases keep their files, whatever their image is called. */
export const dataDirectories =
  /^\/(?:var\/lib\/(?:postgresql|mysql|mongodb|redis|valkey|rabbitmq|cassandra|clickhouse|influxdb\d?|neo4j|couchdb|elasticsearch|zookeeper|kafka)|data\/db|usr\/share\/(?:elasticsearch|opensearch)\/data|bitnami\/(?:postgresql|mysql|mariadb|redis|valkey|mongodb|kafka|rabbitmq|elasticsearch|minio|cassandra)|meili_data|prometheus|opt\/couchdb\/data|cockroach)(?:\/|$)/;

export const dataName =
  /^(?:.*[-_.])?(?:db|database|postgres(?:ql|d)?|pgsql|mysqld?|mariadb|mongo(?:db)?|redis|valkey|memcached?|rabbitmq|elastic(?:search)?|opensearch|kafka|zookeeper|minio|clickhouse|cassandra|mosquitto|meilisearch|typesense|openldap|ldap)(?:[-_.]?(?:\d+|master|primary|replica|main|server))?$/;

/** Locally named or repackaged images of the same things: `team/prod_postgres`, `cp-enterprise-prometheus`. */
export const dataImageSuffix =
  /[-_](?:postgres(?:ql)?|mysql|mariadb|mongo(?:db)?|redis|valkey|memcached|rabbitmq|elasticsearch|opensearch|clickhouse|cassandra|minio|openldap|prometheus|zookeeper|mosquitto)$/;
