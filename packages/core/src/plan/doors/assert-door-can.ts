import { proxyProtocolOf } from "../../config/release-settings.ts";
import type { Config } from "../../config/schema.ts";
import { SluiceError } from "../../errors/sluice-error.ts";
import { type DoorSpec, spokenAt } from "../../model/door.ts";
import type { RouterCapabilities } from "../../model/router-capabilities.ts";
import type { ServiceFacts } from "../../model/service.ts";
import { doorPorts, httpsOf, testersOf } from "./door-spec.ts";

/** A traffic router, as far as it is asked. */
interface Router {
  readonly kind: string;
  readonly capabilities: RouterCapabilities;
}
type Wish = Pick<DoorSpec, "service" | "protocol" | "listen" | "proxyProtocol" | "testers" | "https">;

/**
 * Whether the doors of a kind can do what a door is wanted for.
 *
 * @throws SluiceError CONFIG_INVALID with what they cannot do, and what can be done about it
 */
export function assertDoorCan({ kind, capabilities }: Router, wish: Wish): void {
  const objection = objections.find(({ needs, isWanted }) => isWanted(wish) && !capabilities[needs]);
  if (!objection) return;
  throw new SluiceError("CONFIG_INVALID", `a door of ${kind} for ${wish.service} cannot ${objection.what}`, {
    hint: objection.hint,
  });
}

/**
 * The same of all doors that a configuration asks for: known before anything is changed.
 *
 * @throws SluiceError CONFIG_INVALID
 */
export function assertDoorsCan(router: Router, config: Config, services: readonly ServiceFacts[]): void {
  for (const service of services) {
    const { name, protocol, active, role, strategy } = service;
    if (!active || role !== "web" || strategy !== "slots") continue;
    const proxyProtocol = proxyProtocolOf(service, config);
    const https = httpsOf(config, name);
    const { listen } = doorPorts(service, config);
    assertDoorCan(router, { service: name, protocol, listen, proxyProtocol, testers: testersOf(config), https });
  }
}

const byHaproxy = "use traffic.driver: haproxy";

const objections: readonly {
  readonly needs: keyof RouterCapabilities;
  readonly isWanted: (wish: Wish) => boolean;
  readonly what: string;
  readonly hint: string;
}[] = [
  {
    needs: "tcp",
    isWanted: (wish) => wish.listen.some((listen) => spokenAt(wish, listen) === "tcp"),
    what: "pass on connections that are not HTTP",
    hint: `${byHaproxy}, or set the service's protocol to http or h2 if it speaks that, at the port in question or at all of them`,
  },
  {
    needs: "proxyProtocolIn",
    isWanted: ({ proxyProtocol }) => proxyProtocol.in,
    what: "take the PROXY protocol",
    hint: `${byHaproxy}, or leave out traffic.proxyProtocol.in`,
  },
  {
    needs: "proxyProtocolOut",
    isWanted: ({ proxyProtocol }) => proxyProtocol.out,
    what: "send the PROXY protocol",
    hint: `${byHaproxy}, or leave out traffic.proxyProtocol.out: X-Forwarded-For has the address too`,
  },
  {
    needs: "automaticHttps",
    isWanted: ({ https }) => https !== undefined,
    what: "get certificates by itself",
    hint: "use traffic.driver: caddy, or leave out the service's https and let a proxy in front end TLS",
  },
  {
    needs: "testersByToken",
    isWanted: ({ testers }) => testers?.token !== undefined,
    what: "know testers by a header or cookie",
    hint: `${byHaproxy}, or leave out traffic.testers`,
  },
  {
    needs: "testersByAddress",
    isWanted: ({ testers }) => testers?.from !== undefined,
    what: "know testers by their address",
    hint: `${byHaproxy}, or know testers by traffic.testers.name and value`,
  },
  {
    needs: "testersBehindProxies",
    isWanted: ({ testers }) => (testers?.from?.proxies ?? []).length > 0,
    what: "know testers by the address that a proxy passes on",
    hint: `${byHaproxy}, or know testers by traffic.testers.name and value`,
  },
];
