import { describe, expect, it } from "vitest";
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

const other = { stack: "other", files: ["/srv/shop/compose.yaml"] };

describe("what Compose runs under another name", () => {
  const holder = (project: string, files: string) => ({
    Id: "1",
    Names: ["/shop-web-1"],
    Labels: { "com.docker.compose.project": project, "com.docker.compose.project.config_files": files },
  });

  it("is what is to be taken over where it is made of the same compose files", () => {
    expect(portHolder(holder("shop", "/srv/shop/compose.yaml"), other)).toEqual({
      what: "container shop-web-1 of Compose project shop, which is made of the same compose files",
      way: "to take that project over, with its data: --project-name shop; or publish another port",
    });
  });

  it("may as well be another application, which nobody is told to stop or to take over", () => {
    expect(portHolder(holder("shop", "/srv/blog/compose.yaml"), other)).toEqual({
      what: "container shop-web-1 of Compose project shop",
      way: "publish another port; only if shop is this very project under another name, take that project over, with its data: --project-name shop",
    });
  });

  it("is none where its name is the one that is deployed", () => {
    expect(portHolder(holder("other", "/srv/shop/compose.yaml"), other).way).toBe(
      "docker stop shop-web-1, or publish another port",
    );
  });
});

it("nobody is told to stop a door that users come in through, whosever it is", () => {
  const labels = { "dev.sluice.stack": "shop", "dev.sluice.service": "app", "dev.sluice.kind": "door" };
  expect(portHolder({ Id: "1", Names: ["/shop-door-app"], Labels: labels }, other)).toEqual({
    what: "the door of app of stack shop (shop-door-app)",
    way: "deploy a release of shop in which app does not publish it, or publish another port",
  });
  expect(
    portHolder({ Id: "1", Names: ["/shop-app-1"], Labels: { ...labels, "dev.sluice.kind": "slot" } }, other),
  ).toEqual({
    what: "container shop-app-1 of stack shop",
    way: "deploy a release of shop in which app does not publish it, or publish another port",
  });
  expect(portHolder({ Id: "1", Names: ["/other-web-1"], Labels: {} }, other)).toEqual({
    what: "container other-web-1",
    way: "docker stop other-web-1, or publish another port",
  });
});
