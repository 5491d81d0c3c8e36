import type { DoorSpec } from "@sluice/core";
import { healthTarget } from "../door/listen.ts";
import { dialed, transport } from "./render-transport.ts";
import { type Route, when } from "./route.ts";

/** Says which server a check is about, by the address that requests go to. */
const serverHeader = "X-Sluice-Server";

/**
 * What a proxy asks of its servers. Its own checks take 2xx or one other class for well: they ask `healthServer` instead, which says
 * of any answer below 500 that it is well.
 *
 * Up to Caddy 2.11 proxies to one address and port count its failures together, and no success takes one away. All of them ask once
 * before the door listens, `healthServer` included: one failure more than that is the first to say something about the server.
 *
 * @param proxies that go to the same address and port
 */
export function activeChecks(spec: DoorSpec, proxies: number): object {
  return {
    uri: spec.healthPath,
    upstream: healthAddress(spec),
    headers: {
      Host: [spec.healthHost ?? "localhost"],
      "User-Agent": ["sluice-door"],
      [serverHeader]: ["{http.reverse_proxy.active.target_upstream}"],
    },
    interval: "500ms",
    timeout: "3s",
    fails: proxies + 1,
    passes: 1,
  };
}

/** Asks one of the door's servers at the port that decides. Only what runs in the door's container gets at it, and only to those servers. */
export function healthServer(spec: DoorSpec): object {
  const decides = healthTarget(spec);
  const addresses = new Set(Object.values(spec.servers).flatMap((own) => own.slice(0, spec.replicas)));
  const known = [...addresses].map(
    (address): Route =>
      when({ header: { [serverHeader]: spec.listen.map((listen) => dialed(address, listen.target)) } }, [
        { handler: "vars", server: dialed(address, decides.target) },
      ]),
  );
  return {
    listen: [healthAddress(spec)],
    protocols: ["h1", "h2c"],
    automatic_https: { disable: true },
    routes: [
      ...known,
      {
        handle: [
          {
            handler: "reverse_proxy",
            // A name of its own: what is under way at an address is counted by what is dialed, and a check is no request.
            upstreams: [{ dial: "{http.vars.server}" }],
            headers: { request: { delete: [serverHeader, "X-Forwarded-*", "Via"] } },
            handle_response: [
              {
                match: { status_code: [2, 3, 4] },
                routes: [{ handle: [{ handler: "static_response", status_code: 204 }] }],
              },
            ],
            transport: transport(spec, decides),
          },
        ],
      },
    ],
  };
}

/** A port on which the door does not listen for others. HTTP checks need one: they take no socket. */
function healthAddress({ listen }: DoorSpec): string {
  const taken = new Set(listen.map(({ port }) => port));
  let port = 2020;
  while (taken.has(port)) port += 1;
  return `127.0.0.1:${port}`;
}
