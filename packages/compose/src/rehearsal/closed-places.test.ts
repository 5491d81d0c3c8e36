import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ComposeModel } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { factsOf } from "../../test/support/slot-request.ts";
import { closedPlaces, dataPlaces } from "./closed-places.ts";

const servers: Server[] = [];
let root = "";

async function listen(path: string): Promise<void> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(path, resolve));
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "closed-"));
  for (const path of ["app/src/deep", "app/run", "pgdata", "plain"]) await mkdir(join(root, path), { recursive: true });
  await writeFile(join(root, "app/.env"), "");
  await symlink(join(root, "pgdata"), join(root, "link"));
  await listen(join(root, "app/run/app"));
});
afterAll(async () => {
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  await rm(root, { recursive: true });
});

const look = (path: string, isLocal = true, ...places: readonly string[]) =>
  closedPlaces(join(root, path), { isLocal, dataPlaces: places.map((place) => join(root, place)) });

describe("what a rehearsal must not see of a directory of the host", () => {
  it("is nothing where no server listens and no data service writes", async () => {
    expect(await look("plain", true, "pgdata")).toEqual([]);
    expect(await look("plain", false, "pgdata")).toEqual([]);
  });

  it("is all of what a data service writes to, by whatever name, though there is no socket in it now", async () => {
    expect(await look("pgdata", true, "pgdata")).toEqual([""]);
    expect(await look("link", true, "pgdata")).toEqual([""]);
    expect(await look("app/src/deep", true, "app/src")).toEqual([""]);
  });

  it("is the directories in it that hold a socket, or that a data service writes to", async () => {
    expect(await look("app")).toEqual(["run"]);
    expect((await look("app", true, "app/src", "app/.env")).toSorted()).toEqual(["run", "src"]);
    expect(await look("app/run")).toEqual([""]);
    expect(await look("app/run/app")).toEqual([""]);
  });

  it("is nothing of a file, which no server listens at", async () => {
    expect(await look("app/.env", true, "app/.env")).toEqual([]);
  });

  it("is all that has to do with a data service where nobody can look", async () => {
    expect(await look("app", false, "app/src")).toEqual([""]);
    expect(await look("app/src/deep", false, "app/src")).toEqual([""]);
    expect(await look("app-of-another", false, "app")).toEqual([]);
    expect(await look("nowhere", true, "nowhere/data")).toEqual([""]);
  });
});

it("data services write to their directories and to volumes that are one, not to what they only read", () => {
  const bind = (source: string, read_only = false) => ({ type: "bind", source, target: `/in${source}`, read_only });
  const sock = { type: "volume", source: "sock", target: "/sock" };
  const model: ComposeModel = {
    name: "shop",
    services: {
      db: { image: "postgres:17", volumes: [bind("/srv/$$data"), bind("/srv/conf", true), sock] },
      cache: { image: "redis:7", volumes: [bind("/srv/cache"), bind("/etc/localtime")] },
      web: { image: "shop", volumes: [bind("/srv/uploads")] },
    },
    volumes: { sock: { driver_opts: { type: "none", o: "bind", device: "/srv/sock" } } },
  };
  const facts = factsOf(model, { db: { role: "data" }, cache: { role: "data" }, web: { role: "web" } });
  expect(dataPlaces(model, facts, "migrate")).toEqual(["/srv/$data", "/srv/sock", "/srv/cache"]);
  expect(dataPlaces(model, facts, "cache")).toEqual(["/srv/$data", "/srv/sock"]);
});
