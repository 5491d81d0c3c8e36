import { aService } from "@sluice/core/testing";
import { expect, it } from "vitest";
import { slotRequestOf } from "../../test/support/slot-request.ts";
import { type PlacedContainer, webAddresses } from "./web-addresses.ts";

const model = { name: "shop", services: { web: { image: "a" }, worker: { image: "a" } } };
const link = { name: "shop-blue_link_default", slot: "blue", key: "default", subnet: "10.213.1.0/25" } as const;
const block = Array.from({ length: 8 }, (_, index) => `10.213.1.${64 + index}`);

function container(number: number, address?: string, service = "web"): PlacedContainer {
  return {
    Id: `${service}-${number}`,
    Config: {
      Labels: { "com.docker.compose.service": service, "com.docker.compose.container-number": String(number) },
    },
    NetworkSettings: { Networks: address ? { [link.name]: { IPAMConfig: { IPv4Address: address } } } : {} },
  } as unknown as PlacedContainer;
}
const given = (...containers: readonly PlacedContainer[]) => {
  const services = [aService("web", { replicas: 2 }), aService("worker", { role: "worker" })];
  const request = { ...slotRequestOf(model, services), addresses: { web: block } };
  return Object.fromEntries(webAddresses(containers, request, [link]));
};

it("each replica has the address of its number, and nothing else has one", () => {
  expect(given(container(1), container(2), container(1, undefined, "worker"))).toEqual({
    "web-1": block[0],
    "web-2": block[1],
  });
});

it("what is on its link already keeps what it has", () => {
  expect(given(container(1, block[1]), container(2))).toEqual({ "web-2": block[0] });
});

it("one that comes back under a higher number gets an address that the door leads to", () => {
  expect(given(container(2, block[1]), container(3))).toEqual({ "web-3": block[0] });
  expect(given(container(4), container(3))).toEqual({ "web-4": block[0], "web-3": block[1] });
});

it("what is more than the replicas gets one of the others, and none where all are held", () => {
  expect(given(container(1, block[0]), container(2, block[1]), container(3))).toEqual({ "web-3": block[2] });
  expect(given(...block.map((address, index) => container(index + 1, address)), container(9))).toEqual({});
});

it("the link is the one that the addresses lie on, also of a network that is carried by none any more", () => {
  const old = { ...link, name: "shop-blue_link_proxy", key: "proxy" };
  const request = { services: [aService("web", { replicas: 2 })], addresses: { web: block } };
  const other = { ...link, subnet: "10.213.2.0/25" };
  expect(Object.fromEntries(webAddresses([container(2)], request, [other, old]))).toEqual({ "web-2": block[1] });
});
