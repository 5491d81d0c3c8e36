import { listOf } from "./known-images.ts";

/** Databases, caches, queues, search engines, object stores, time series: what keeps data. */
export const dataImages = listOf(`
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
  dynamodb-local elasticmq elasticmq-native tikv greptimedb arcadedb ravendb eventstore kurrentdb aerospike-server
  victoria-logs openobserve pyroscope otel-lgtm seq marqo hbase voltdb-community tdengine iotdb kvrocks kubo client-go
  oceanbase-ce opengauss matrixone iris-community wazuh-indexer solace-pubsub-standard moto versitygw s3server iggy
  garnet garnet-alpine falkordb memgraph memgraph-mage yugabyte singlestoredb-dev openbao schema-registry ksqldb-server
  cp-ksqldb-server cosmosdb azure-cosmos-emulator servicebus-emulator mongodb-atlas-local
  etcd consul vault openldap slapd docker-mailserver mailserver dovecot
`);

/** Images whose last segment says too little. */
export const dataRepositories =
  /^(?:(?:library\/)?registry|distribution\/distribution)$|(?:^|\/)(?:mssql\/server|mssql\/rhel\/server|oracle\/database\/.+|db2_community\/db2|dxflrs\/garage|valeriansaliou\/sonic|chroma-core\/chroma|chromadb\/chroma|vespaengine\/vespa|grafana\/tempo|ibm-messaging\/mq|infinispan\/server|pingcap\/pd|starrocks\/.+|apache\/doris|stalwartlabs\/.+|atmoz\/sftp)$/;

/** Words of `dataImages` that other software is called too, or that say little. */
const ambiguous = listOf(`
  vault consul artemis cortex thanos mimir pulsar pinot druid carbon graphite crate ignite gel zinc dragonfly firebird seq
  moto iggy garnet kubo client-go hbase iris-community zookeeper kafka postfix tarantool nsq
`);

const plain = [...dataImages].filter((name) => !ambiguous.has(name)).map((name) => name.replaceAll(".", "\\."));

/** An image that begins or ends with the name of a store: `etcd-tls`, `prod_elasticsearch`. */
export const dataImagePart = new RegExp(`^(?:${plain.join("|")})(?=[-_.])|[-_.](?:${plain.join("|")})$`);

/** What is named after a store because it speaks to it. */
export const clientOfStore =
  /(?:^|[-_.])(?:client|cli|ui|gui|console|web|exporter|rest|api|proxy|workers?|consumer|producer|commander|manager|express|admin|insight|backup|datagen|meta|operator|tools?|router)(?:$|[-_.])/;

/** Kinds of stores as parts of an image's name: `arcadedb`, `acme-mq`, `pubsub-emulator`. */
export const storeWord =
  /(?:^|[-_.])(?:[a-z\d]*(?:db|sql)|mq|[a-z\d]+mq|kv|tikv|emulators?|metastore|registry|hive|hdfs|tsdb)(?=$|[-_.\d])/;

/** The same, which are names of shops and other applications too. */
export const shopWord = /(?:^|[-_.])(?:store|storage|lake|vault|cache|queue|broker)$/;

/** Names of services that keep data for others, if their port says so too. */
export const storeName =
  /(?:^|[-_.])(?:brokers?|queues?|mq|mqtt|bus|cache|store|storage|search|kv|tsdb|sql|graph)(?:$|[-_.\d])/i;

/** Where databases keep their files, whatever their image is called. */
export const dataDirectories =
  /^\/(?:var\/lib\/(?:postgresql|mysql|mongodb|redis|valkey|rabbitmq|cassandra|scylla|clickhouse|influxdb\d?|neo4j|couchdb|elasticsearch|zookeeper|kafka)|data\/db|usr\/share\/(?:elasticsearch|opensearch)\/data|bitnami\/(?:postgresql|mysql|mariadb|redis|valkey|mongodb|kafka|rabbitmq|elasticsearch|minio|cassandra)|meili_data|prometheus|opt\/couchdb\/data|cockroach|qdrant\/storage|var\/lib\/(?:etcd|eventstore|weaviate|milvus|opengauss|wazuh-indexer)|opt\/couchbase\/var)(?:\/|$)/;

const dataNames = [
  ...plain,
  ...listOf(`
    db database postgresd pgsql mysqld memcached elastic scylladb zookeeper kafka mosquitto
  `),
];

export const dataName = new RegExp(
  `^(?:.*[-_.])?(?:${dataNames.join("|")})(?:[-_.]?(?:\\d+|master|primary|replica|main|server))?$`,
);

/** Of a service that the project builds: it may be that store, or an application of this name. */
export const ambiguousDataName = new RegExp(`^(?:.*[-_.])?(?:${[...ambiguous].join("|")})(?:[-_.]?\\d+)?$`);

/** Locally named or repackaged images of the same things: `team/prod_postgres`, `cp-enterprise-prometheus`. */
export const dataImageSuffix =
  /[-_](?:postgres(?:ql)?|mysql|mariadb|mongo(?:db)?|redis|valkey|memcached|rabbitmq|elasticsearch|opensearch|clickhouse|cassandra|minio|openldap|prometheus|zookeeper|mosquitto)$/;
