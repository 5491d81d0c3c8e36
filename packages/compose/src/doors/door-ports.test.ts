import { expect, it } from "vitest";
import { collide, portHolder } from "./door-ports.ts";

const wanted = (hostIp?: string) => ({ published: 8080, target: 80, protocol: "tcp" as const, hostIp });
const held = (IP?: string) => ({ PublicPort: 8080, Type: "tcp", ...(IP === undefined ? {} : { IP }) });

it.each([
  [undefined, "127.0.0.1", true],
  ["192.168.1.5", "192.168.1.5", true],
  ["192.168.1.5", "127.0.0.1", false],
  ["127.0.0.1", "0.0.0.0", true],
  ["0.0.0.0", "127.0.0.1", true],
  ["127.0.0.1", "::", false],
  ["[::1]", "::", true],
  ["[::1]", "::1", true],
  ["127.0.0.1", undefined, true],
])("a port at %s and one that is held at %s collide: %s", (mine, theirs, expected) => {
  expect(collide(wanted(mine), held(theirs))).toBe(expected);
});

it("ports of another number or protocol, and one that the engine chooses, do not", () => {
  expect(collide({ ...wanted(), published: 8081 }, held())).toBe(false);
  expect(collide({ ...wanted(), protocol: "udp" }, held())).toBe(false);
  expect(collide({ ...wanted(), published: 0 }, { PublicPort: 0, Type: "tcp" })).toBe(false);
});

it("nobody is told to stop a door that users come in through, whosever it is", () => {
  const labels = { "dev.sluice.stack": "shop", "dev.sluice.service": "app", "dev.sluice.kind": "door" };
  expect(portHolder({ Id: "1", Names: ["/shop-door-app"], Labels: labels })).toEqual({
    what: "the door of app of stack shop (shop-door-app)",
    way: "deploy a release of shop in which app does not publish it",
  });
  expect(portHolder({ Id: "1", Names: ["/shop-app-1"], Labels: { ...labels, "dev.sluice.kind": "slot" } })).toEqual({
    what: "container shop-app-1 of stack shop",
    way: "deploy a release of shop in which app does not publish it",
  });
  expect(portHolder({ Id: "1", Names: ["/other-web-1"], Labels: {} })).toEqual({
    what: "container other-web-1",
    way: "docker stop other-web-1",
  });
});
