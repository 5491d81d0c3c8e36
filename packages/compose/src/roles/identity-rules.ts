import type { ComposeService } from "@sluice/core";
import type { FindingRule } from "./finding-rule.ts";
import { runByHand } from "./run-by-hand.ts";

/** Programs that write their name into data or ask for a licence of an address find another one. */
export const ownIdentity: FindingRule = (model, { service, strategy }) => {
  const { hostname, ...written } = model.services[service] ?? {};
  const dropped = [...texts({ hostname, domainname: written["domainname"] }), ...macAddresses(written)];
  const [first] = dropped;
  return (
    strategy === "slots" &&
    first !== undefined && {
      severity: "warn",
      code: "identity-dropped",
      message: `the containers of ${service} will not have ${dropped.map(({ text }) => text).join(" and ")}: there can be two`,
      hint: `${hostname ? `other containers still reach it as ${hostname}; ` : ""}set services.${service}.strategy: recreate in sluice.yaml if it needs that itself (a gap at each deployment)`,
      path: first.path,
    }
  );
};

/** A job is connected to its networks after it was made, see https://github.com/moby/moby/pull/52040. */
export const jobMacAddress: FindingRule = (model, { service, role }) => {
  const [first] = macAddresses(model.services[service] ?? {});
  return (
    role === "job" &&
    first !== undefined && {
      severity: "warn",
      code: "identity-dropped",
      message: `job ${service} may not have ${first.text}: only the newest engines give one to a container that is connected to a network later`,
      hint: `if it needs that, set services.${service}.role: tool in sluice.yaml and run it by hand: ${runByHand(model, service)}`,
      path: first.path,
    }
  );
};

interface Written {
  readonly path: readonly string[];
  readonly text: string;
}

function macAddresses({ networks = {}, mac_address }: ComposeService): readonly Written[] {
  const ofNetworks = Object.entries(networks).flatMap(([name, network]) =>
    texts({ mac_address: network?.["mac_address"] }, ["networks", name]),
  );
  return [...texts({ mac_address }), ...ofNetworks];
}

function texts(values: Readonly<Record<string, unknown>>, under: readonly string[] = []): readonly Written[] {
  return Object.entries(values).flatMap(([key, value]) =>
    typeof value === "string" && value !== "" ? [{ path: [...under, key], text: `${key} ${value}` }] : [],
  );
}
