import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readReleaseEvent } from "./read-release-event.ts";

interface Samples {
  readonly name: string;
  readonly examples: readonly Record<string, unknown>[];
}

const require = createRequire(import.meta.url);
const recorded = require("@octokit/webhooks-examples") as readonly Samples[];
const samples = (name: string) => recorded.find((event) => event.name === name)?.examples ?? [];
const read = (event: unknown, allowPrerelease = false) => readReleaseEvent(JSON.stringify(event), { allowPrerelease });
const release = (changes: object = {}, action = "published") => ({
  action,
  release: { tag_name: "v1.2.3", draft: false, prerelease: false, target_commitish: "main", ...changes },
});

describe("GitHub's own samples", () => {
  it("of releases: those that are published are asked for, all others are ignored", () => {
    const events = samples("release");
    expect(events.length).toBeGreaterThan(5);
    const actions = new Set<string>();
    for (const event of events) {
      const { action, release: sample } = event as { action: string; release: { tag_name: string } };
      const asked = { tag: sample.tag_name, commit: null, dirty: false, source: "event" };
      const ignored = { ignored: expect.stringContaining(action) as string };
      actions.add(action);
      expect(read(event, true)).toEqual(["published", "released"].includes(action) ? asked : ignored);
    }
    expect([...actions]).toEqual(expect.arrayContaining(["published", "created", "deleted", "edited"]));
  });

  it.each(["check_run", "deployment", "issues", "pull_request"])("of %s are no request for a release", (name) => {
    const [event] = samples(name);
    expect(event).toBeDefined();
    expect(() => read(event)).toThrow(/none of release, workflow_dispatch/);
  });

  it("of dispatches have no release in them, and are told how to", () => {
    for (const name of ["workflow_dispatch", "repository_dispatch"]) {
      for (const event of samples(name)) expect(() => read(event)).toThrow(/must name the release/);
    }
  });
});

describe("where GitHub names the event", () => {
  const named = (eventName: string, event: unknown) => readReleaseEvent(JSON.stringify(event), { eventName });

  it("its keys are not guessed from", () => {
    expect(named("workflow_dispatch", { inputs: { release: "v1" } })).toMatchObject({ tag: "v1" });
    expect(named("workflow_dispatch", { ref: "refs/tags/v2", inputs: null })).toMatchObject({ tag: "v2" });
    expect(named("repository_dispatch", { client_payload: { tag: "v3" } })).toMatchObject({ tag: "v3" });
    expect(named("push", { ref: "refs/tags/v4", after: "a" })).toMatchObject({ tag: "v4" });
    expect(named("release", release())).toMatchObject({ tag: "v1.2.3" });
    expect(named("", release())).toMatchObject({ tag: "v1.2.3" });
  });

  it("this is said where it lacks something, and where it asks for no release", () => {
    expect(() => named("workflow_dispatch", {})).toThrow(/inputs\.release .*must name the release/);
    expect(() => named("release", { inputs: {} })).toThrow(/as a release event it is wrong: action/);
    expect(() => named("schedule", { schedule: "0 0 * * *" })).toThrow(
      /: schedule is none of release, workflow_dispatch/,
    );
  });
});

it("a prerelease that became a full release is asked for, and an edited one is not", () => {
  expect(read(release({}, "released"))).toMatchObject({ tag: "v1.2.3" });
  expect(read(release({}, "edited"))).toEqual({ ignored: expect.stringContaining("was edited") as string });
  expect(read(release({ prerelease: true }, "prereleased"))).toMatchObject({ ignored: expect.any(String) as string });
});

it("a draft is ignored", () => {
  expect(read(release({ draft: true }))).toEqual({ ignored: "release v1.2.3 is a draft" });
});

it("a prerelease is refused unless it is allowed", () => {
  const refused = { code: "RELEASE_REFUSED", hint: expect.stringContaining("allowPrerelease") as string };
  expect(() => read(release({ prerelease: true }))).toThrow(expect.objectContaining(refused));
  expect(read(release({ prerelease: true }), true)).toMatchObject({ tag: "v1.2.3" });
});

it.each([
  ["workflow_dispatch by input release", { workflow: "w", ref: "refs/heads/main", inputs: { release: "v2" } }, "v2"],
  ["workflow_dispatch by input tag", { workflow: "w", ref: "refs/heads/main", inputs: { tag: "v2", other: 1 } }, "v2"],
  ["workflow_dispatch on a tag", { workflow: "w", ref: "refs/tags/v3", inputs: null }, "v3"],
  ["workflow_dispatch by an input on a tag", { workflow: "w", ref: "refs/tags/v3", inputs: { tag: "v2" } }, "v2"],
  ["repository_dispatch", { action: "deploy", client_payload: { release: "v4" } }, "v4"],
  ["push of a tag", { ref: "refs/tags/v5", before: "0", after: "1", deleted: false }, "v5"],
])("understands %s", (_what, event, tag) => {
  expect(read(event)).toEqual({ tag, commit: null, dirty: false, source: "event" });
});

it("the push that deletes a tag is ignored", () => {
  expect(read({ ref: "refs/tags/v5", after: "0", deleted: true })).toEqual({ ignored: "tag v5 was deleted" });
});

it.each([
  ["", "it is no JSON"],
  ["[]", "it is no JSON object"],
  ["{}", "it is none of"],
  ['{"action":"published","release":{}}', "release.tag_name"],
  ['{"release":{"tag_name":"v1"}}', "action"],
  ['{"workflow":"w","ref":"refs/heads/main","inputs":{"release":""}}', "inputs.release"],
  ['{"client_payload":{}}', "client_payload.release"],
  ['{"ref":"refs/heads/main","after":"1"}', "push to refs/heads/main"],
])("says what is wrong with %s", (text, reason) => {
  const error = expect.objectContaining({
    code: "EVENT_INVALID",
    message: expect.stringContaining(reason) as string,
    hint: expect.stringContaining("--release") as string,
  });
  expect(() => readReleaseEvent(text)).toThrow(error);
});

it("a tag that is no safe name is refused", () => {
  for (const tag_name of ["../../etc", "-rf", "a b", "v1//2", "$(id)"]) {
    expect(() => read(release({ tag_name }))).toThrow(expect.objectContaining({ code: "NAME_INVALID" }));
  }
});

function resultOf(text: string, allowPrerelease: boolean): string | undefined {
  try {
    return "ignored" in readReleaseEvent(text, { allowPrerelease }) ? "ignored" : "asked";
  } catch (error) {
    return (error as { code?: string }).code;
  }
}

it("any text gives a request, a reason to ignore it, or an error with a code", () => {
  const event = fc.record(
    {
      action: fc.oneof(fc.constant("published"), fc.jsonValue()),
      release: fc.oneof(fc.record({ tag_name: fc.string(), draft: fc.boolean() }), fc.jsonValue()),
      inputs: fc.jsonValue(),
      workflow: fc.jsonValue(),
      ref: fc.oneof(fc.string(), fc.jsonValue()),
      after: fc.jsonValue(),
      client_payload: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    event.map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(text, fc.boolean(), (content, allowPrerelease) => {
      expect(resultOf(content, allowPrerelease)).toMatch(
        /^(ignored|asked|EVENT_INVALID|RELEASE_REFUSED|NAME_INVALID)$/,
      );
    }),
    { numRuns: 1_000 },
  );
});
