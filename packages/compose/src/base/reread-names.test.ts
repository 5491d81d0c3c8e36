import { labels } from "@sluice/core";
import { expect, it } from "vitest";
import { composeLabels } from "../engine/containers.ts";
import type { Engine } from "../engine/engine.ts";
import { type RereadTools, rereadNames } from "./reread-names.ts";

const containerOf = (project: string, State = "running") => ({
  Id: `${project}-${State}`,
  Names: [`/${project}-proxy-1`],
  State,
  Labels: { [composeLabels.project]: project, [labels.stack]: "shop" },
});
const found = [
  containerOf("shop"),
  containerOf("shop-blue"),
  containerOf("shop-green", "exited"),
  containerOf("other"),
];

/** Its workers are others after each look. */
function anEngine(): Engine {
  let pid = 10;
  const top = async () => ({
    Titles: ["PID", "CMD"],
    Processes: [
      ["1", "nginx: master process nginx -g daemon off;"],
      [String(pid++), "nginx: worker process"],
    ],
  });
  const docker = {
    listContainers: async ({ filters }: { readonly filters: { readonly label: readonly string[] } }) =>
      found.filter(({ Labels }) => filters.label.includes(`${composeLabels.project}=${Labels[composeLabels.project]}`)),
    getContainer: () => ({ top }),
  };
  const clock = { monotonicMs: () => 0, sleep: async () => undefined };
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
