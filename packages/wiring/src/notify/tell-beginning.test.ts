import { createEvent, type EventBody } from "@sluice/core";
import type { Notifier } from "@sluice/notify";
import { expect, it } from "vitest";
import { tellBeginning } from "./tell-beginning.ts";

const event = (body: EventBody) => createEvent(new Date(0), body);
const start = { deployment: "d1", kind: "deploy", release: "r2", tag: "v2", actor: "ci", reason: "a release" } as const;
const step = { id: "build-1", kind: "build", target: "v2", cause: "it is new" } as const;

it("is not waited for any more once the run is to end, though a channel never answers", async () => {
  const run = new AbortController();
  const announce: Notifier["announce"] = (_, { signal }) =>
    new Promise((resolve) => {
      signal?.addEventListener("abort", () => resolve([]));
    });
  const parts = { stack: "shop", link: undefined, timeoutMs: 10_000, signal: run.signal };
  const beginning = tellBeginning({ announce }, parts, (work) => work());
  beginning.onEvent(event({ type: "deployment-start", ...start }));
  beginning.onEvent(event({ type: "plan", deployment: "d1", steps: [step], text: "" }));
  run.abort();
  await expect(beginning.settled()).resolves.toBeUndefined();
});
