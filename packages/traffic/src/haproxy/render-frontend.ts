import {
  type DoorPort,
  type DoorSpec,
  doorIpv6Variable,
  otherSlot,
  type Slot,
  type Stickiness,
  slots,
} from "@sluice/core";
import { bucketCookie } from "../door/bucket-cookie.ts";
import { doorFiles, requestRing } from "./door-files.ts";
import { backendName, type Way } from "./render-backends.ts";
import { testerRules } from "./render-testers.ts";
import { routingKey } from "./routing-map.ts";

/** Splits the routing value, and says by which rule a request's bucket is compared with the share. */
function splitRules(directive: "http-request" | "tcp-request content"): string[] {
  return [
    `${directive} set-var(txn.route) str(${routingKey}),map(${doorFiles.routing},none:0:0)`,
    `${directive} set-var(txn.stable) var(txn.route),field(1,:)`,
    `${directive} set-var(txn.share) var(txn.route),field(2,:),add(0)`,
    `${directive} set-var(txn.salt) var(txn.route),field(3,:),add(0)`,
  ];
}

/** Where no server of either slot is up, users are left to those of the stable one, that may still be alive. */
function slotRules(spec: DoorSpec, port: number): string[] {
  const name = (way: Way, slot: Slot) => backendName(spec, port, way, slot);
  const isUp = (way: Way, slot: Slot) => `{ nbsrv(${name(way, slot)}) gt 0 }`;
  return [
    "acl has_share var(txn.share) -m int gt 0",
    "acl in_share var(txn.turn),sub(txn.share) lt 0",
    ...slots.flatMap((stable) => [
      `acl ${stable}_stable var(txn.stable) -m str ${stable}`,
      `use_backend ${name("candidate", otherSlot(stable))} if ${stable}_stable has_share in_share ${isUp("candidate", otherSlot(stable))}`,
      `use_backend ${name("stable", stable)} if ${stable}_stable has_share ${isUp("stable", stable)}`,
      `use_backend ${name("only", stable)} if ${stable}_stable`,
    ]),
  ];
}

/** Where no network has IPv6 the kernel may have none, and HAProxy would not start. A client's IPv4 address stays one: `v6only`. */
function bindLines({ proxyProtocol }: DoorSpec, port: number): string[] {
  const options = proxyProtocol.in ? " accept-proxy" : "";
  return [`bind :${port}${options}`, `.if defined(${doorIpv6Variable})`, `bind :::${port} v6only${options}`, ".endif"];
}

export function renderHttpFrontend(spec: DoorSpec, { port }: DoorPort): string[] {
  const lines = [
    ...bindLines(spec, port),
    `log ring@${requestRing} format raw local0`,
    `log-format "%[date(0,ms)] %s %ST %Ta %tsc %[var(txn.bucket)] %[var(txn.preview)] %HM %HPO"`,
    "option dontlognull",
    "http-request disable-l7-retry unless { method GET HEAD OPTIONS PUT DELETE TRACE }",
    ...splitRules("http-request"),
    `acl is_preview req.hdr(x-sluice-preview) -m str ${spec.previewSecret}`,
    "http-request set-var(txn.preview) str(unknown) if is_preview",
    ...slots.map(
      (slot) =>
        `http-request set-var(txn.preview) str(${slot}) if is_preview { req.hdr(x-sluice-slot) -m str ${slot} }`,
    ),
    "http-request del-header x-sluice-preview",
    "http-request del-header x-sluice-slot",
    ...testerRules(spec),
    "acl preview var(txn.preview) -m found",
    'http-request return status 400 content-type text/plain string "X-Sluice-Slot must be blue or green" if { var(txn.preview) -m str unknown }',
    "http-request deny deny_status 503 if !preview { var(txn.stable) -m str none }",
    ...slots.map((stable) => crowdRule(spec, port, stable)),
    ...bucketRules(spec.stickiness),
    "http-request set-var(txn.turn) var(txn.bucket),add(txn.salt),mod(10000) if !preview",
    ...forwardedRules,
    ...slots.map(
      (slot) => `use_backend ${backendName(spec, port, "preview", slot)} if { var(txn.preview) -m str ${slot} }`,
    ),
    ...slotRules(spec, port),
  ];
  return [`frontend users_${port}`, ...lines.map((line) => `  ${line}`)];
}

/** Half of the door's connections: the others are for previews, without which nothing could take the place of what is dead. */
const mostWaiting = 5_000;

/** How many may wait for servers that their checks have given up; whoever comes after them is told at once. */
function crowdRule(spec: DoorSpec, port: number, stable: Slot): string {
  const [waiting, checked] = [backendName(spec, port, "only", stable), backendName(spec, port, "preview", stable)];
  return `http-request deny deny_status 503 if !preview { var(txn.stable) -m str ${stable} } { nbsrv(${checked}) eq 0 } { be_conn(${waiting}) ge ${mostWaiting} }`;
}

/** A bucket is a number from 0 to 9999 that stays with a client. It is the client's to choose: no bucket opens a share of 0. */
function bucketRules(stickiness: Stickiness): string[] {
  const isUnset = "!preview !{ var(txn.bucket) -m found }";
  const fromAddress = [
    `http-request set-var(txn.bucket) req.hdr(x-forwarded-for,1),crc32(1),mod(10000) if ${isUnset} { req.hdr(x-forwarded-for) -m found }`,
    `http-request set-var(txn.bucket) src,crc32(1),mod(10000) if ${isUnset}`,
  ];
  switch (stickiness.by) {
    case "cookie": {
      const domain = stickiness.domain === undefined ? "" : `; Domain=${stickiness.domain}`;
      return [
        `http-request set-var(txn.bucket) req.cook(${bucketCookie}),add(0) if !preview { req.cook(${bucketCookie}) -m reg ^[0-9]{1,4}$ }`,
        `http-request set-var(txn.new) bool(true) if ${isUnset}`,
        `http-request set-var(txn.bucket) rand(10000) if ${isUnset}`,
        // A shared cache would hand one user's bucket to all: such answers carry no cookie.
        "acl cached_for_all res.hdr(cache-control) -m sub -i public s-maxage immutable",
        `http-response add-header Set-Cookie "${bucketCookie}=%[var(txn.bucket)]; Path=/${domain}; HttpOnly; SameSite=Lax" if { var(txn.new) -m bool } !cached_for_all`,
      ];
    }
    case "header": {
      const { name } = stickiness;
      return [
        `http-request set-var(txn.bucket) req.fhdr(${name}),crc32(1),mod(10000) if !preview { req.fhdr(${name}) -m found }`,
        ...fromAddress,
      ];
    }
    case "ip":
      return fromAddress;
    case "none":
      return [`http-request set-var(txn.bucket) rand(10000) if ${isUnset}`];
  }
}

/** What an earlier proxy said stays; `X-Forwarded-For` is appended to, on the same line where there is one line. */
const forwardedRules = [
  "http-request set-var(txn.forwarded) req.fhdr_cnt(x-forwarded-for)",
  "acl one_forwarded var(txn.forwarded) -m int 1",
  'http-request set-header X-Forwarded-For "%[req.fhdr(x-forwarded-for)], %[src]" if one_forwarded',
  "http-request add-header X-Forwarded-For %[src] unless one_forwarded",
  "http-request set-header X-Forwarded-Proto http unless { req.hdr(x-forwarded-proto) -m found }",
  "http-request set-header X-Forwarded-Host %[req.hdr(host)] unless { req.hdr(x-forwarded-host) -m found }",
];

export function renderTcpFrontend(spec: DoorSpec, { port }: DoorPort): string[] {
  const bucket = spec.stickiness.by === "none" ? "rand(10000)" : "src,crc32(1),mod(10000)";
  const lines = [
    ...bindLines(spec, port),
    `log ring@${requestRing} format raw local0`,
    'log-format "%[date(0,ms)] %s 0 %Tt %ts-- %[var(txn.bucket)] - TCP -"',
    "option dontlognull",
    ...splitRules("tcp-request content"),
    "tcp-request content reject if { var(txn.stable) -m str none }",
    `tcp-request content set-var(txn.bucket) ${bucket}`,
    "tcp-request content set-var(txn.turn) var(txn.bucket),add(txn.salt),mod(10000)",
    ...slotRules(spec, port),
  ];
  return [`frontend users_${port}`, ...lines.map((line) => `  ${line}`)];
}
