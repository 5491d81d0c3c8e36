import { expect, it } from "vitest";
import { aStack } from "../../testing/a-stack.ts";
import { guestFindings } from "./network-guests.ts";

it("what of others is on a network is named once for each, with what lets services in slots reach it", () => {
  expect(guestFindings(aStack())).toEqual([]);
  const guests = [
    { container: "auth-api-1", key: "default", network: "shop_default" },
    { container: "search-1", key: "default", network: "shop_default" },
    { container: "search-1", key: "back", network: "shop_back" },
  ];
  expect(guestFindings(aStack({ guests }))).toMatchObject([
    {
      severity: "warn",
      code: "others-on-network",
      message: expect.stringContaining("do not reach auth-api-1, search-1 of others on network shop_default:"),
      hint: expect.stringContaining("networks.default: {name: shop_default, external: true}"),
    },
    { hint: expect.stringContaining("networks.back: {name: shop_back, external: true}") },
  ]);
});

it("what helps is another thing where services in slots would not be on that network as an external one either", () => {
  const guest = { container: "auth-1", key: "proxy", network: "traefik" };
  const hint = (remedy: "further" | "recreate") =>
    guestFindings(aStack({ guests: [{ ...guest, remedy }] })).map((finding) => finding.hint);
  expect(hint("further")).toEqual([
    "if they call it, give both one more network, with external: true in the compose file: services in slots are on that themselves",
  ]);
  expect(hint("recreate")).toEqual([
    "if a service calls it, set services.NAME.strategy: recreate for that one in sluice.yaml (a gap at each deployment): in base it is on that network itself",
  ]);
});
