import { isIP } from "node:net";
import {
  cookieDomain,
  type DoorSpec,
  httpToken,
  parseNetwork,
  plainEmail,
  plainHost,
  plainPath,
  SluiceError,
  slots,
} from "@sluice/core";

const hostName = /^(?:[a-z0-9-]+\.)*[a-z0-9-]+$/;
const testerName = /^[A-Za-z0-9_-]{1,64}$/;
const testerValue = /^[A-Za-z0-9_-]{8,128}$/;
const secret = /^[A-Za-z0-9_-]{16,128}$/;

/**
 * Everything in a spec ends up in a proxy's configuration, so everything is checked before it does.
 *
 * @throws SluiceError CONFIG_INVALID with the value that cannot be used (the secret is never shown)
 */
export function assertDoorSpec(spec: DoorSpec): void {
  const refuse = (what: string, hint: string): never => {
    throw new SluiceError("CONFIG_INVALID", `the door of ${spec.service} in ${spec.stack}: ${what}`, { hint });
  };
  if (!/^[\w.-]+$/.test(spec.stack) || !/^[\w.-]+$/.test(spec.service)) {
    refuse("stack or service name has characters outside letters, digits, '.', '_' and '-'", "rename it");
  }
  if (spec.listen.length === 0) refuse("it listens on no port", "give at least one port");
  const ports = spec.listen.map(({ port }) => port);
  if (new Set(ports).size !== ports.length)
    refuse(`a port is listed twice: ${ports.join(", ")}`, "list each port once");
  for (const port of spec.listen.flatMap((entry) => [entry.port, entry.target])) {
    if (!Number.isInteger(port) || port < 1 || port > 65_535) refuse(`port ${port} does not exist`, "use 1 to 65535");
  }
  if (spec.healthPort !== undefined && !spec.listen.some(({ target }) => target === spec.healthPort)) {
    refuse(`health port ${spec.healthPort} is none of its targets`, "use the target of a port it listens on");
  }
  for (const slot of slots) {
    const addresses = spec.servers[slot];
    if (addresses.length === 0) refuse(`slot ${slot} has no address`, "give each slot one address per replica");
    for (const address of addresses) {
      if (isIP(address) === 0) refuse(`${JSON.stringify(address)} is not an IP address`, "doors use fixed addresses");
    }
  }
  if (spec.healthPath !== null && !plainPath.test(spec.healthPath)) {
    refuse(`health path ${JSON.stringify(spec.healthPath)} cannot be used`, "use a plain path, such as /healthz");
  }
  if (spec.healthHost !== undefined && !plainHost.test(spec.healthHost)) {
    refuse(`health host ${JSON.stringify(spec.healthHost)} cannot be used`, "use a name such as shop.example.com");
  }
  const { stickiness } = spec;
  if (stickiness.by === "header" && !httpToken.test(stickiness.name)) {
    refuse(`header name ${JSON.stringify(stickiness.name)} cannot be used`, "use a name such as Authorization");
  }
  if (stickiness.by === "cookie" && stickiness.domain !== undefined && !cookieDomain.test(stickiness.domain)) {
    refuse(`cookie domain ${JSON.stringify(stickiness.domain)} cannot be used`, "use a domain such as example.com");
  }
  const { https } = spec;
  if (https && !ports.includes(https.port)) refuse(`it does not listen on port ${https.port} of its HTTPS`, "list it");
  for (const host of https?.hosts ?? []) {
    if (!hostName.test(host)) refuse(`host ${JSON.stringify(host)} cannot be used`, "use a name such as example.com");
  }
  if (https?.email !== undefined && !plainEmail.test(https.email)) {
    refuse(`address ${JSON.stringify(https.email)} cannot be used`, "use one such as admin@example.com");
  }
  const { token, from } = spec.testers ?? {};
  if (token && !(testerName.test(token.name) && testerValue.test(token.value))) {
    refuse(
      "the header or cookie of its testers cannot be used",
      "use letters, digits, '_' and '-'; 8 or more as the value",
    );
  }
  for (const network of [...(from?.addresses ?? []), ...(from?.proxies ?? [])]) {
    if (!parseNetwork(network)) {
      refuse(
        `${JSON.stringify(network)} cannot be where its testers come from`,
        "use an address, or a network such as 203.0.113.0/24",
      );
    }
  }
  if (!secret.test(spec.previewSecret)) {
    refuse("the preview secret is not 16 to 128 letters, digits, '_' and '-'", "make one with 128 random bits");
  }
  if (!Number.isInteger(spec.drainTimeoutMs) || spec.drainTimeoutMs < 0) {
    refuse(`drain timeout ${spec.drainTimeoutMs} ms cannot be used`, "use whole milliseconds, 0 or more");
  }
}
