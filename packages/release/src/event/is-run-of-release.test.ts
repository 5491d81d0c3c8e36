import { expect, it } from "vitest";
import { isRunOfRelease } from "./is-run-of-release.ts";

it.each([
  [{ GITHUB_EVENT_PATH: "e.json", GITHUB_EVENT_NAME: "release" }, true],
  [{ GITHUB_EVENT_PATH: "e.json" }, true],
  [{ GITHUB_EVENT_PATH: "e.json", GITHUB_EVENT_NAME: "schedule" }, false],
  [{ GITHUB_EVENT_PATH: "e.json", GITHUB_EVENT_NAME: "workflow_dispatch" }, false],
  [{ GITHUB_EVENT_NAME: "release" }, false],
  [{ GITHUB_EVENT_PATH: "e.json", GITHUB_EVENT_NAME: "" }, true],
  [{ GITHUB_EVENT_PATH: "", GITHUB_EVENT_NAME: "release" }, false],
])("an event is judged where a release started the run: %j is %s", (env, expected) => {
  expect(isRunOfRelease(env)).toBe(expected);
});
