import type { RouterCapabilities } from "@sluice/core";

export const haproxyCapabilities: RouterCapabilities = {
  tcp: true,
  proxyProtocolIn: true,
  proxyProtocolOut: true,
  testersByToken: true,
  testersByAddress: true,
  testersBehindProxies: true,
  http2WithoutTls: true,
  losslessShift: true,
  losslessReload: true,
  closesOneSlot: true,
  countsAcrossReloads: false,
  automaticHttps: false,
};
