import { labels } from "@sluice/core";
import { expect, test } from "vitest";
import { unescapeDollars } from "../model/dollars.ts";
import { hookLabels, hooksOf, readHooks } from "./service-hooks.ts";

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

test("a container knows them by a label, which Compose takes the escaped dollars from", () => {
  const written = Object.entries(hookLabels(service)).map(([name, value]) => [name, unescapeDollars(value)] as const);
  expect(readHooks(Object.fromEntries(written))).toEqual(hooksOf(service));
  expect(hookLabels({ post_start: [] })).toEqual({});
});

test("a container without the label, or with one that says nothing, has none", () => {
  const none = { postStart: [], preStop: [] };
  expect(readHooks({})).toEqual(none);
  for (const said of ["", "{", "null", "[]", '{"postStart":1}', '{"preStop":[{"command":"a"}]}'])
    expect(readHooks({ [labels.hooks]: said })).toEqual(none);
});
