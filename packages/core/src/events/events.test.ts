import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { EVENT_VERSION, type EventBody } from "./events.ts";

type BodyOf<Type> = Extract<EventBody, { type: Type }>;
type Marks<Body> = {
  readonly [Key in Exclude<keyof Body, "type">]-?: Record<never, never> extends Pick<Body, Key> ? "?" : "";
};

/** The compiler has it that this is all of every event, and says which fields are not always there. */
const fields: { readonly [Type in EventBody["type"]]: Marks<BodyOf<Type>> } = {
  "deployment-start": { deployment: "", kind: "", release: "", tag: "", actor: "", reason: "" },
  plan: { deployment: "", steps: "", text: "" },
  finding: { finding: "" },
  "step-start": { deployment: "", step: "", kind: "", target: "", cause: "" },
  "step-progress": { deployment: "", step: "", text: "" },
  "step-end": { deployment: "", step: "", kind: "", target: "", result: "", durationMs: "", detail: "?" },
  "output-line": { source: "", stream: "", text: "" },
  verdict: { deployment: "", step: "", verdict: "" },
  rehearsal: { deployment: "", step: "", rehearsal: "" },
  "share-change": { deployment: "", service: "", slot: "", share: "" },
  "person-wanted": { deployment: "", step: "", tag: "", why: "", waitMs: "", next: "" },
  order: { deployment: "", order: "", actor: "", reason: "" },
  error: { code: "", message: "", hint: "?", detail: "?", position: "?" },
  "deployment-end": {
    deployment: "",
    outcome: "",
    exitCode: "",
    release: "",
    tag: "",
    serving: "",
    servingUnknown: "?",
    shut: "?",
    undone: "?",
    previous: "",
    durationMs: "",
    reason: "?",
    code: "?",
    logs: "?",
    next: "?",
  },
};

const text = readFileSync(join(import.meta.dirname, "../../../../docs/events.md"), "utf8");

it("every event is in the documentation, once, with exactly its fields", () => {
  const rows = Array.from(text.matchAll(/^\| `([\w-]+)` \| ([^|]+) \| [^|]+ \|$/gm), ([, type = "", named = ""]) => [
    type,
    Array.from(named.matchAll(/`(\w+)`(\??)/g), ([, name, mark]) => `${name}${mark}`),
  ]);
  const written = Object.entries(fields).map(([type, marks]) => [
    type,
    Object.entries(marks).map(([name, mark]) => `${name}${mark}`),
  ]);
  expect(rows).toEqual(written);
});

it("the documentation says the version that events have", () => {
  expect(text).toContain(`\`"v": ${EVENT_VERSION}\``);
});
