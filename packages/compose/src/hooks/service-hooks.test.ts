import { labels } from "@sluice/core";
import { expect, test } from "vitest";
import { hookLabels, hooksOf } from "./service-hooks.ts";

const service = {
  post_start: [
    {
      command: ["sh", "-c", "echo $$HOME $${A}"],
      user: "root",
      privileged: true,
      working_dir: "/srv/$$a",
      environment: { A: "$$1", B: null, C: 3 },
    },
    { command: ["warm"] },
  ],
  pre_stop: [{ command: ["leave", "now"], privileged: false }],
};

test("the hooks of a service are what the engine is asked to run, dollars and all", () => {
  expect(hooksOf(service)).toEqual({
    postStart: [
      {
        command: ["sh", "-c", "echo $HOME ${A}"],
        user: "root",
        privileged: true,
        workingDir: "/srv/$a",
        environment: { A: "$1", C: "3" },
      },
      { command: ["warm"], environment: {} },
    ],
    preStop: [{ command: ["leave", "now"], environment: {} }],
  });
  expect(hooksOf({})).toEqual({ postStart: [], preStop: [] });
  expect(hooksOf({ post_start: [null, {}, { command: [] }], pre_stop: null })).toEqual({ postStart: [], preStop: [] });
});

test("a label tells that a container has hooks, and nothing of what they are: that may hold secrets", () => {
  expect(hookLabels(service)).toEqual({ [labels.hooks]: "post_start,pre_stop" });
  expect(hookLabels({ pre_stop: service.pre_stop })).toEqual({ [labels.hooks]: "pre_stop" });
  expect(hookLabels({ post_start: [], pre_stop: [{}] })).toEqual({});
});
