/**
 * Kinds of software by the last segment of an image's name. Whole names only: `postgrest` is no `postgres`, and
 * `flink-kafka` is no `kafka`. Other distributions of the same thing (`bitnami/redis`, `supabase/postgres`) share the
 * last segment.
 */
export function listOf(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

/** Proxies that stand in front of a project, and what fetches certificates for them. */
export const edgeImages = listOf(`
  nginx nginx-unprivileged nginx-proxy nginx-proxy-manager openresty angie swag caddy caddy-docker-proxy traefik haproxy
  haproxy-alpine kong kong-gateway envoy apisix tyk-gateway bunkerweb cloudflared ngrok pomerium zoraxy varnish
  nginx-certbot docker-nginx-certbot oauth2-proxy krakend modsecurity-crs https-portal oathkeeper anubis gerbil frpc frps
  tailscale
`);

export const edgeRepositories = /(?:^|\/)goauthentik\/proxy$/;

/** Servers of pages and PHP that may also be proxies. */
export const webServers = listOf(`httpd apache apache2`);

/** Where web servers and proxies look for their configuration. */
export const serverConfiguration = /^\/(?:etc\/(?:nginx|caddy|apache2|httpd)|usr\/local\/apache2\/conf)(?:\/|$)/;

/** Names that nobody gives to an application. */
export const edgeNames = listOf(`
  nginx nginx-proxy nginx_proxy proxy reverse-proxy reverse_proxy reverseproxy rproxy traefik caddy haproxy envoy kong
  ingress lb loadbalancer load-balancer load_balancer edge-proxy web-proxy cloudflared swag
`);

/** Names of proxies that follow the name of a project: `shop-nginx`. A `rest-proxy` speaks HTTP for a broker. */
export const edgeNameSuffix = /(?<!^|[-_]rest|^rest)[-_](?:nginx|traefik|caddy|haproxy|envoy|proxy|ingress|lb)$/;

/** Names that proxies and applications have. */
export const gatewayName = /(?:^|[-_.])(?:gateway|(?:edge|http|web|front)-?router)$/i;

/** Dashboards, exporters, mail catchers, log shippers, poolers and other helpers: nothing users wait for. */
export const supportImages = listOf(`
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
  logflare supavisor cloud-sql-proxy gce-proxy maxscale community-router mysql-router mysqlrouter squid torproxy socat
  attu mongoku asynqmon gatus uptime-kuma scrutiny mailcrab grafana-image-renderer apisix-dashboard wazuh-dashboard
  zabbix-agent zabbix-agent2 nats-webui goaccess goaccess-for-nginxproxymanager cp-enterprise-control-center-next-gen
  postfix certbot acme.sh acme-companion letsencrypt-nginx-proxy-companion docker-gen smtp exim exim4 exim-relay swagger-ui swagger-editor
`);

export const supportRepositories =
  /(?:^|\/)(?:datadog\/agent|grafana\/agent|timberio\/vector|jaegertracing\/all-in-one|redpandadata\/console|temporalio\/(?:ui|web)|beats\/[a-z-]+|prymitive\/karma)$/;

export const supportName =
  /(?:^|[-_.])(?:node-?exporter|cadvisor|grafana|alertmanager|kibana|adminer|pgadmin4?|phpmyadmin|pgweb|mongo-?express|redis-?commander|redis-?insight|mailhog|mailpit|maildev|mailcatcher|mailslurper|smtp4dev|jaeger|zipkin|otel(?:-?collector)?|promtail|fluentd|fluent-?bit|logstash|filebeat|telegraf|portainer|dozzle|watchtower|autoheal|flower|kafka-?ui|akhq|kafdrop|pgbouncer|swagger-?ui|certbot|smtp|postfix|squid|otelcol|autodiscover-helper|docker-?proxy|socket-?proxy|backups?|db-?backup)$/;

/** Of an exporter of measurements; where the image has another name, it may export anything. */
export const exporterName = /(?:^|[-_.])exporter$/;

/** Images that do one thing and end. */
export const jobImages = listOf(
  `flyway liquibase dbmate minio-mc sqitch wait-for wait-for-it dockerize keycloak-config-cli`,
);

/** The same, where the last segment is also the name of other things. */
export const jobRepositories =
  /(?:^|\/)(?:migrate\/migrate|ariga\/atlas|arigaio\/atlas|pressly\/goose|kukymbr\/goose-docker|jackc\/tern|minio\/mc|bitnami\/minio-client|kong\/deck)$/;

/** Schedulers that start other containers or commands. */
export const workerImages = listOf(`ofelia chadburn supercronic crontab-ui docker-crontab`);

/** What moves data between stores: the runners of Kafka Connect and its kin. */
export const connectorImage = /(?:^|[-_])connect(?:$|[-_])/;

/** Software for clusters, in one image for its head and its workers. */
export const clusterImages = listOf(`flink spark hadoop`);

/** For tests and development: browsers, mocks, load, shells. */
export const toolImages = listOf(`
  admin-tools playwright cypress netshoot kcat nats-box swagger-codegen-cli stripe-cli
  selenium standalone-chrome standalone-chromium standalone-firefox standalone-edge node-chrome node-chromium
  node-firefox node-edge
  k6 wrk locust wiremock mockserver toxiproxy ganache
`);

/** The same, where the last segment says too little. */
export const toolRepositories = /(?:^|\/)(?:selenium\/hub|cypress\/(?:base|browsers|included))$/;
