import type { FindingRule } from "./finding-rule.ts";

/** Programs that write their name into data or ask for a licence of an address find another one. */
export const ownIdentity: FindingRule = (model, { service, strategy }) => {
  const { networks = {}, ...written } = model.services[service] ?? {};
  const ofService = ["hostname", "domainname", "mac_address"].map((key) => ({ path: [key], value: written[key] }));
  const ofNetworks = Object.entries(networks).map(([name, network]) => ({
    path: ["networks", name, "mac_address"],
    value: network?.["mac_address"],
  }));
  const dropped = [...ofService, ...ofNetworks].flatMap(({ path, value }) =>
    typeof value === "string" && value !== "" ? [{ path, text: `${path.at(-1)} ${value}` }] : [],
  );
  const [first] = dropped;
  const { hostname } = written;
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

/** What has a fixed address otherwise is in no slot. */
export const jobAddress: FindingRule = (model, { service, role }) => {
  const { networks = {} } = model.services[service] ?? {};
  const [first] = Object.entries(networks).flatMap(([name, network]) =>
    ["ipv4_address", "ipv6_address"].flatMap((key) => {
      const address = network?.[key];
      return typeof address === "string" && address !== "" ? [{ address, path: ["networks", name, key] }] : [];
    }),
  );
  return (
    role === "job" &&
    first !== undefined && {
      severity: "warn",
      code: "identity-dropped",
      message: `job ${service} will not have the address ${first.address}: it runs in networks of its slot, which have others`,
      hint: "let what knows it by its address know it by its name",
      path: first.path,
    }
  );
};
