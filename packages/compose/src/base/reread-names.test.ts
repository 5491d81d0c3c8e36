import { labels } from "@sluice/core";
import { expect, it } from "vitest";
import { composeLabels } from "../engine/containers.ts";
import type { Engine } from "../engine/engine.ts";
import { type RereadTools, reread, rereadNames } from "./reread-names.ts";

const containerOf = (project: string, State = "running") => ({
  Id: `${project}-${State}`,
  Names: [`/${project}-proxy-1`],
  State,
  Labels: { [composeLabels.project]: project, [composeLabels.service]: "proxy", [labels.stack]: "shop" },
});
const found = [
  containerOf("shop"),
  containerOf("shop-blue"),
  containerOf("shop-green", "exited"),
  containerOf("other"),
];

const nginx = (worker: number) => [
  ["1", "nginx: master process nginx -g daemon off;"],
  [String(worker), "nginx: worker process"],
];

/** Its workers are others after each look. */
function anEngine(processes: (pid: number) => readonly (readonly string[])[] = nginx): Engine {
  let pid = 10;
  const top = async () => ({ Titles: ["PID", "CMD"], Processes: processes(pid++) });
  const docker = {
    listContainers: async ({ filters }: { readonly filters: { readonly label: readonly string[] } }) =>
      found.filter(({ Labels }) => filters.label.includes(`${composeLabels.project}=${Labels[composeLabels.project]}`)),
    getContainer: () => ({ top }),
  };
  let at = 0;
  const clock = {
    monotonicMs: () => at,
    sleep: async (ms: number) => {
      at += ms;
    },
  };
  const call = (_what: string, ask: (one: typeof docker) => unknown) => ask(docker);
  return { call, docker: async () => docker, clock } as unknown as Engine;
}

it("has each nginx of the stack that runs read names again, in base and in slots", async () => {
  const told: string[] = [];
  const exec: RereadTools["exec"] = {
    async exec(id, command) {
      told.push(`${id}: ${command.join(" ")}`);
      return { exitCode: 0, stdout: new Uint8Array(), stderr: "" };
    },
  };
  await rereadNames({ engine: anEngine(), exec }, "shop", { onOutput: ({ text }) => told.push(text) });
  expect(told).toEqual(["shop-running: nginx -s reload", "shop-blue-running: nginx -s reload"]);
});

it("an Apache that is no proxy is not told of, and one that is has to be restarted by hand", async () => {
  const engine = anEngine(() => [["1", "apache2 -DFOREGROUND"]]);
  const exec = {} as RereadTools["exec"];
  const toldOf = async (edges: readonly string[] | undefined) => {
    const told: string[] = [];
    await rereadNames({ engine, exec }, "shop", { edges, onOutput: ({ text }) => told.push(text) });
    return told;
  };
  const line = (project: string) =>
    `${project}-proxy-1 may lead to addresses of before: apache2 asks for them only when it starts; if so: docker restart ${project}-proxy-1`;
  expect(await toldOf(["proxy"])).toEqual([line("shop"), line("shop-blue")]);
  expect(await toldOf(undefined)).toHaveLength(2);
  expect(await toldOf([])).toEqual([]);
});

it("what is no nginx has not read changed files: it is to be replaced, an Apache as well", async () => {
  const engine = anEngine(() => [["1", "httpd -DFOREGROUND"]]);
  expect(await reread({ engine, exec: {} as RereadTools["exec"] }, "shop-running")).toBe(false);
});

it("what workers of before took is answered by the addresses of before first, for as long as 1 s", async () => {
  const exec = { exec: async () => ({ exitCode: 0, stdout: new Uint8Array(), stderr: "" }) };
  const looksWhere = async (answered: number) => {
    let looks = 0;
    const engine = anEngine((pid) => {
      looks = pid - 9;
      if (looks === 1) return nginx(7);
      const old = looks < answered ? [["7", "nginx: worker process is shutting down"]] : [];
      return [...nginx(8), ...old];
    });
    expect(await reread({ engine, exec } as unknown as RereadTools, "shop-running")).toBe(true);
    return { looks, ms: engine.clock.monotonicMs() };
  };
  expect(await looksWhere(5)).toEqual({ looks: 5, ms: 100 });
  expect((await looksWhere(10_000)).ms).toBe(1_000);
});
