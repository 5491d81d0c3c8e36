import { type DoorPort, type DoorSpec, spokenAt } from "@sluice/core";
import { assertDoorSpec } from "../door/assert-door-spec.ts";
import { oldConnectionsMs, unavailablePage } from "../door/listen.ts";
import { doorFiles, requestRing } from "./door-files.ts";
import { renderBackends } from "./render-backends.ts";
import { renderHttpFrontend, renderTcpFrontend } from "./render-frontend.ts";

/**
 * HAProxy's configuration for a door. It names addresses, never releases: an ordinary deployment changes the routing
 * map and leaves this as it is. Works with HAProxy 2.6 and newer. Contains the preview secret.
 *
 * @throws SluiceError CONFIG_INVALID
 */
export function renderHaproxyConfig(spec: DoorSpec): string {
  assertDoorSpec(spec);
  const ports = (mode: Mode) => spec.listen.filter((listen) => modeOf(spec, listen) === mode);
  const lines = [
    `# The door of ${spec.service} in ${spec.stack}, written by Sluice: changes by hand are lost.`,
    ...globalSection(spec),
    ...modes
      .filter((mode) => ports(mode).length > 0)
      .flatMap((mode) => [
        ...defaultsSection(mode),
        ...ports(mode).flatMap((listen) => [...renderFrontend[mode](spec, listen), ...renderBackends(spec, listen)]),
      ]),
  ];
  return `${lines.join("\n")}\n`;
}

/** Whether requests are read, or connections passed on. Defaults are of one of both, and hold until there are others. */
const modes = ["http", "tcp"] as const;
type Mode = (typeof modes)[number];
const modeOf = (spec: DoorSpec, listen: DoorPort): Mode => (spokenAt(spec, listen) === "tcp" ? "tcp" : "http");
const renderFrontend = { http: renderHttpFrontend, tcp: renderTcpFrontend };

const bufferBytes = 65_536;
/** Of it, for what the door adds: the rest is what a client or an application may send. */
const addedBytes = 4_096;

function globalSection(spec: DoorSpec): string[] {
  return [
    "global",
    "  log stdout format raw local0 notice",
    `  stats socket ${doorFiles.adminSocket} mode 600 level admin expose-fd listeners`,
    // Somebody follows the request ring, which may be quiet for long.
    "  stats timeout 1h",
    "  stats maxconn 50",
    "  maxconn 10000",
    "  no strict-limits",
    // All headers of a request or an answer, with what the door adds to them, must be in one buffer: of the usual 16 KiB long
    // cookies and tokens are more, which applications took before they had a door.
    `  tune.bufsize ${bufferBytes}`,
    `  tune.maxrewrite ${addedBytes}`,
    // After a reload the process before this one stays only as long as a drain may take, whatever its WebSockets do.
    `  hard-stop-after ${oldConnectionsMs(spec)}ms`,
    `ring ${requestRing}`,
    "  format raw",
    "  maxlen 1200",
    "  size 4194304",
  ];
}

/** HAProxy counts in milliseconds and has 24 days. */
const silentConnections = "7d";

/**
 * An application was reached directly before. What its own server takes, such as `/café` as bytes, `#` in a path, or the name
 * of a header that no standard allows, must not become an error because there is a door. Each request has a connection of its
 * own to the application, so that none can be taken for a part of the one before. The names changed in between; the former ones
 * are known until 3.2 at least. https://docs.haproxy.org/3.0/configuration.html#4.2-option%20accept-invalid-http-request
 */
const asLenientAsApplications = [
  ".if version_atleast(3.2)",
  "option accept-unsafe-violations-in-http-request",
  "option accept-unsafe-violations-in-http-response",
  ".else",
  "option accept-invalid-http-request",
  "option accept-invalid-http-response",
  ".endif",
];

function defaultsSection(mode: Mode): string[] {
  const http = [
    ...asLenientAsApplications,
    // A connection of its own for each request to the application: an idle one that the application closes just when
    // a POST is on its way to it cannot lose that POST.
    "option http-server-close",
    // A reload ends a user's idle connection after its next answer, not at once: closing it just when a request is on
    // its way lost 3 requests a reload. The old process answers that one request by the routing it ended with.
    "option idle-close-on-response",
    "timeout client 5m",
    "timeout server 1h",
    "timeout http-request 30s",
    // Longer than edges in front keep idle connections, so that they close first.
    "timeout http-keep-alive 180s",
    `http-error status 503 content-type "text/html; charset=utf-8" string '${unavailablePage}' hdr Retry-After 5 hdr Cache-Control no-store`,
  ];
  const tcp = [`timeout client ${silentConnections}`, `timeout server ${silentConnections}`];
  return [
    "defaults",
    `  mode ${mode}`,
    "  log global",
    "  balance leastconn",
    // Networks of one host; with the checks' `fall` this finds a server that vanished within 3.7 s. Retries last longer,
    // so that a request that waits for such a server still finds the ones that stand by.
    "  timeout connect 700ms",
    "  retries 5",
    "  option redispatch 1",
    "  timeout queue 10s",
    // The application was reached directly before and set its own limits. Connections that are silent for days are in use where
    // queues, databases and WebSockets are; one whose other end is gone is found by the kernel's probes.
    "  option clitcpka",
    "  option srvtcpka",
    `  timeout tunnel ${silentConnections}`,
    // Less makes healthy servers flap on a loaded host.
    "  timeout check 3s",
    ...(mode === "http" ? http : tcp).map((line) => `  ${line}`),
    "  default-server inter 1s fastinter 200ms downinter 200ms fall 3 rise 1",
  ];
}
