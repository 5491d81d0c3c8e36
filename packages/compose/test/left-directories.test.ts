import { access, chmod, chown, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aService } from "@sluice/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { busybox } from "./support/busybox.ts";
import { docker, uniqueStack } from "./support/engine.ts";
import { runtime } from "./support/runtime.ts";

const stack = uniqueStack("left");
let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "sluice-left-"));
});
afterAll(async () => {
  await stack.remove();
  await rm(root, { recursive: true });
});

const dataIn = (checkout: string) => join(root, checkout, "data");
const obstacles = (checkout: string) =>
  runtime.observer.obstacles({
    stack: stack.name,
    model: {
      name: stack.name,
      services: { db: { volumes: [{ type: "bind", source: dataIn(checkout), target: "/data" }] } },
    },
    services: [aService("db", { role: "data" })],
    publishing: [],
    staying: [],
    image: busybox,
  });

it("data that another checkout's directory would leave behind is told, until it is there or nobody has it", async () => {
  await mkdir(dataIn("srv"), { recursive: true });
  const labels = [`com.docker.compose.project=${stack.name}`, "com.docker.compose.service=db"];
  const all = [...labels, "com.docker.compose.oneoff=False"].flatMap((label) => ["--label", label]);
  await docker("run", "-d", "--name", `${stack.name}-db-1`, ...all, "-v", `${dataIn("srv")}:/data`, busybox, "true");

  // Nothing is in it: nothing is left.
  expect(await obstacles("work")).toEqual([]);

  await writeFile(join(dataIn("srv"), "PG_VERSION"), "17");
  await chmod(dataIn("srv"), 0o700);
  if (process.getuid?.() === 0) await chown(dataIn("srv"), 999, 999);
  const message = `db would leave what is in ${dataIn("srv")}: its /data is to be ${dataIn("work")}`;
  expect(await obstacles("work")).toMatchObject([{ code: "data-left", message: `${message}, which is not there` }]);
  // Looking makes nothing.
  await expect(access(join(root, "work"))).rejects.toThrow("ENOENT");
  expect(await obstacles("srv")).toEqual([]);

  await mkdir(dataIn("work"), { recursive: true });
  await writeFile(join(dataIn("work"), ".gitkeep"), "");
  expect(await obstacles("work")).toMatchObject([{ code: "data-left", message: `${message}, which is empty` }]);

  await writeFile(join(dataIn("work"), "PG_VERSION"), "17");
  expect(await obstacles("work")).toEqual([]);

  await rm(dataIn("work"), { recursive: true });
  await rm(dataIn("srv"), { recursive: true });
  expect(await obstacles("work")).toEqual([]);
  expect(await docker("ps", "-aq", "--filter", `label=dev.sluice.stack=${stack.name}`)).toBe("");
});
