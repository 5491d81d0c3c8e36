import { assertDoorCan, type DoorHttps, type DoorPort, type DoorSpec, spokenAt } from "@sluice/core";
import { assertDoorSpec } from "../door/assert-door-spec.ts";
import { healthTarget, oldConnectionsMs } from "../door/listen.ts";
import { caddyCapabilities } from "./capabilities.ts";
import { doorFiles } from "./door-files.ts";
import { healthServer } from "./render-health.ts";
import { portProxies, portRoutes, readRouting } from "./render-routes.ts";

/**
 * Caddy's configuration for a door, as JSON. It names addresses, never releases: an ordinary deployment changes the
 * routing and leaves this as it is. Contains the preview secret.
 *
 * @throws SluiceError CONFIG_INVALID
 */
export function renderCaddyConfig(spec: DoorSpec): string {
  assertDoorSpec(spec);
  assertDoorCan({ kind: "caddy", capabilities: caddyCapabilities }, spec);
  const config = {
    // Nobody but who may run commands in the door's container gets at it.
    admin: { listen: `unix/${doorFiles.adminSocket}|0600`, config: { persist: false } },
    logging: logging(),
    storage: { module: "file_system", root: doorFiles.certificates },
    apps: {
      ...(spec.https ? certificates(spec.https) : {}),
      http: {
        grace_period: `${oldConnectionsMs(spec)}ms`,
        servers: Object.fromEntries([
          ...spec.listen.map((listen) => [`users_${listen.port}`, server(spec, listen)]),
          ["routing", routingServer],
          ...(spec.healthPath === null ? [] : [["health", healthServer(spec)] as const]),
        ]),
      },
    },
  };
  return `${JSON.stringify(config, null, 1)}\n`;
}

/** One line for each server that decides whether its slot is up. */
export function renderServers(spec: DoorSpec): string {
  assertDoorSpec(spec);
  const listen = healthTarget(spec);
  const { target } = listen;
  const how = spec.healthPath === null ? "connect" : spokenAt(spec, listen);
  const lines = (["blue", "green"] as const).flatMap((slot) =>
    spec.servers[slot]
      .slice(0, spec.replicas)
      .map(
        (address) =>
          `${slot} ${address} ${target} ${how} ${[spec.healthPath ?? "-", spec.healthHost ?? []].flat().join(" ")}\n`,
      ),
  );
  return lines.join("");
}

function server(spec: DoorSpec, listen: DoorPort): object {
  return {
    listen: [`:${listen.port}`],
    // A reload cuts requests on a port that also takes HTTP/2 without TLS (22 of 110 in flight): only where it is needed.
    protocols: spokenAt(spec, listen) === "h2" ? ["h1", "h2", "h2c"] : ["h1", "h2"],
    automatic_https: { disable: true },
    // Longer than edges in front keep idle connections, so that they close first.
    idle_timeout: "180s",
    read_header_timeout: "30s",
    ...(spec.proxyProtocol.in
      ? { listener_wrappers: [{ wrapper: "proxy_protocol", timeout: "10s", fallback_policy: "REQUIRE" }] }
      : {}),
    ...(listen.port === spec.https?.port ? { tls_connection_policies: [{}] } : {}),
    named_routes: portProxies(spec, listen),
    routes: portRoutes(spec),
    logs: { default_logger_name: "requests" },
  };
}

/**
 * Certificates are asked for at the start and renewed in time. The authority proves the name over the port that speaks TLS,
 * which it reaches as 443: nothing else has to be published.
 */
function certificates({ hosts, port, issuer, email }: DoorHttps): object {
  const acme = {
    module: "acme",
    ...(email === undefined ? {} : { email }),
    challenges: { http: { disabled: true }, "tls-alpn": { alternate_port: port } },
  };
  return {
    tls: {
      certificates: { automate: hosts },
      automation: { policies: [{ subjects: hosts, issuers: [issuer === "acme" ? acme : { module: "internal" }] }] },
    },
    // The authority of its own is not made known to the container, where nobody would ask.
    pki: { certificate_authorities: { local: { install_trust: false } } },
  };
}

/** Says by which routing the process goes. */
const routingServer = {
  listen: [`unix/${doorFiles.routingSocket}|0600`],
  automatic_https: { disable: true },
  routes: [...readRouting, { handle: [{ handler: "static_response", body: "{http.vars.routing}\n" }] }],
};

/** What follows of a request and nothing else: no header, no query, no address of a client. */
function logging(): object {
  const dropped = [
    "bytes_read",
    "user_id",
    "uuid",
    "size",
    "resp_headers",
    "request>remote_ip",
    "request>remote_port",
    "request>client_ip",
    "request>proto",
    "request>host",
    "request>headers",
    "request>tls",
  ];
  return {
    logs: {
      default: { level: "WARN", exclude: ["http.log", "http.handlers.reverse_proxy"] },
      requests: {
        include: ["http.log.access.requests"],
        writer: {
          output: "file",
          filename: doorFiles.log,
          mode: "0600",
          roll_size_mb: 32,
          roll_keep: 2,
          roll_gzip: false,
        },
        encoder: {
          format: "filter",
          wrap: { format: "json", time_format: "unix_milli_float", duration_format: "ms" },
          fields: {
            ...Object.fromEntries(dropped.map((field) => [field, { filter: "delete" }])),
            "request>uri": { filter: "regexp", regexp: "[?].*$", value: "" },
            // A client's own name may be its password: only that two are the same is of interest.
            name: { filter: "hash" },
          },
        },
      },
    },
  };
}
