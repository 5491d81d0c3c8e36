import type { RouterCapabilities } from "@sluice/core";

export const caddyCapabilities: RouterCapabilities = {
  tcp: false,
  proxyProtocolIn: true,
  proxyProtocolOut: false,
  testersByToken: true,
  testersByAddress: true,
  testersBehindProxies: false,
  http2WithoutTls: false,
  losslessShift: true,
  losslessReload: false,
  closesOneSlot: false,
  countsAcrossReloads: true,
  automaticHttps: true,
};
