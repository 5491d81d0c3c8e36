import fc from "fast-check";
import { expect, it } from "vitest";
import { existingDeployments } from "./read-existing.ts";
import { workflowRisks } from "./workflow-risks.ts";

const fragments = fc.constantFrom(
  "jobs:",
  "  a:",
  "    steps:",
  "      - run: docker compose -f c.yml run --rm web ./migrate",
  "      - run: docker compose up -d",
  "      - uses: x/y@v1",
  "    env: *nowhere",
  "    env: &a { <<: *a }",
  "on: pull_request",
  "on: [push",
  "permissions: ~",
  "    runs-on: { labels: 5 }",
  "    runs-on: [self-hosted, null]",
  "\t",
  "%",
  "--- !!set {a}",
);

it("whatever lies among the workflows is read without a complaint, or left out", () => {
  const text = fc.oneof(
    fc.string(),
    fc.array(fragments, { maxLength: 12 }).map((lines) => lines.join("\n")),
  );
  fc.assert(
    fc.property(text, (content) => {
      for (const { variables, files, runsOn } of existingDeployments([{ path: "a.yml", text: content }])) {
        expect([...variables, ...files, ...runsOn].every((part) => part !== undefined)).toBe(true);
      }
      for (const { what } of workflowRisks(content)) expect(what).not.toMatch(/undefined|\[object/);
    }),
    { examples: [["jobs: *a"], ["a: &a [*a, *a]\njobs: *a"], ["jobs: { a: { env: *nowhere } }"]] },
  );
});
