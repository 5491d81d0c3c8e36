import type Docker from "dockerode";
import { expect, it } from "vitest";
import { observedContainer } from "./containers.ts";

const mounting = (release: string | null, ...sources: readonly string[]) =>
  observedContainer({
    Id: "c1",
    Name: "/shop-blue-web-1",
    Image: "sha256:a",
    State: { Status: "running", OOMKilled: false, StartedAt: "", FinishedAt: "" },
    RestartCount: 0,
    Config: { Labels: release === null ? {} : { "dev.sluice.release": release } },
    HostConfig: {},
    Mounts: sources.map((Source) => ({ Type: "bind", Source })),
  } as unknown as Docker.ContainerInspectInfo).filesDir;

it("a container shows where the copies of its release lie, and of no other", () => {
  expect(mounting("r-1", "/srv/media", "/home/shop/releases/r-1/files/conf")).toBe("/home/shop/releases/r-1/files");
  expect(mounting("r-1", "/home/shop/releases/r-1/files")).toBe("/home/shop/releases/r-1/files");
  for (const path of ["/srv/releases/r-2/files/conf", "/srv/releases/r-1/files.d/conf", "/srv/media"]) {
    expect(mounting("r-1", path)).toBeUndefined();
  }
  expect(mounting(null, "/srv/shop/releases/20260101/files/conf")).toBeUndefined();
  const ofBase = "/home/shop/releases/r0123456789abcdef/files";
  expect(mounting(null, "/srv/media", `${ofBase}/1-conf`)).toBe(ofBase);
  expect(mounting("r-1")).toBeUndefined();
});
