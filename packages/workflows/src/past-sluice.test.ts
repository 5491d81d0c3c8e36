import { describe, expect, it } from "vitest";
import { pastSluice } from "./past-sluice.ts";

const path = ".github/workflows/deploy.yml";
const on = (events: string, job: string) => ({ path, text: `on: ${events}\njobs: { deploy: ${job} }\n` });
const steps = (...all: readonly string[]) => `{ runs-on: [self-hosted], steps: [${all.join(", ")}] }`;
const up = "{ run: docker compose up -d }";
const script = "{ run: ./deploy.sh }";
const sluice = "{ run: exec sluice deploy --yes }";
const judged = (...files: readonly { readonly path: string; readonly text: string }[]) => pastSluice(files, [path], []);

const byHand = `${path} there brings Compose up by itself`;
const withoutSluice = `it starts ${path}, and no workflow there runs Sluice`;

it.each([
  ["{ release: { types: [published] } }", up, byHand],
  ["[release, workflow_dispatch]", "{ run: docker-compose up -d }", byHand],
  ["{ push: { tags: ['v*'] } }", up, byHand],
  ["release", script, withoutSluice],
  ["{ push: { branches: [main] } }", up, null],
  ["workflow_dispatch", up, null],
  ["{ push: { tags: ['v*'] } }", script, null],
  ["release", sluice, null],
  ["release", "{ uses: acme/sluice@v1 }", null],
])("on %s, %s: %s", (events, step, reason) => {
  expect(judged(on(events, steps(step)))).toBe(reason);
});

it("what brings a service up beside Sluice in one job is how that job deploys", () => {
  expect(judged(on("release", steps(up, sluice)))).toBeNull();
  expect(judged(on("release", steps(up, "{ uses: acme/sluice@v1 }")))).toBeNull();
});

it("one that deploys by hand does so beside one that runs Sluice", () => {
  const other = { ...on("release", steps(sluice)), path: ".github/workflows/deploy-production.yml" };
  expect(judged(on("release", steps(up)), other)).toBe(byHand);
  expect(judged(on("release", steps(script)), other)).toBeNull();
});

it("a workflow of another repository may run Sluice, one of the same is among them", () => {
  expect(judged(on("release", "{ uses: acme/ci/.github/workflows/deploy.yml@v1 }"))).toBeNull();
  expect(judged(on("release", "{ uses: ./.github/workflows/called.yml }"))).toBe(withoutSluice);
});

it("what tests on a machine of GitHub's deploys nothing", () => {
  const test = { path, text: `on: release\njobs: { test: { runs-on: ubuntu-latest, steps: [${up}] } }\n` };
  expect(judged(test, { path: "verify.yml", text: "# sluice" })).toBeNull();
});

it("nothing is said of what is now as it was then", () => {
  expect(pastSluice([on("release", steps(up))], [], [])).toBeNull();
  expect(judged()).toBeNull();
  expect(judged({ path, text: "- no: workflow" })).toBeNull();
});

describe("where the release that is left names Sluice in no workflow either", () => {
  const pinned = "{ uses: actions/checkout@v4 }";
  const other = ".github/workflows/other.yml";
  const judgedBy = (left: readonly ReturnType<typeof on>[], ...there: readonly ReturnType<typeof on>[]) =>
    pastSluice(there, [path, other], left);

  it("runs from what is not seen, as a script, where the same workflow is started", () => {
    expect(judgedBy([on("release", steps(pinned, script))], on("release", steps(script)))).toBeNull();
    expect(judgedBy([on("release", steps(pinned, script))], on("release", steps(up)))).toBe(byHand);
  });

  it("nothing says so of a workflow that no release starts now", () => {
    expect(judgedBy([on("push", steps(script))], on("release", steps(script)))).toBe(withoutSluice);
    expect(judgedBy([{ ...on("release", steps(script)), path: other }], on("release", steps(script)))).toBe(
      withoutSluice,
    );
    const there = [{ ...on("release", steps(pinned)), path: other }, on("release", steps(script))];
    expect(judgedBy([{ ...on("release", steps(script)), path: other }], ...there)).toBe(withoutSluice);
  });

  it("where it does, the one of before is from before Sluice", () => {
    expect(judgedBy([on("release", steps(sluice))], on("release", steps(script)))).toBe(withoutSluice);
  });
});
