import { expect, it } from "vitest";
import { readWorkflowRun } from "./workflow-run.ts";

const env = { GITHUB_SERVER_URL: "https://github.com", GITHUB_REPOSITORY: "o/r", GITHUB_RUN_ID: "7" };

it("a run has a page", () => {
  expect(readWorkflowRun(env)).toMatchObject({
    link: "https://github.com/o/r/actions/runs/7",
    repository: "o/r",
    id: "7",
  });
  expect(readWorkflowRun({ ...env, GITHUB_RUN_ID: "" }).link).toBeUndefined();
});

it("of a run that is run again, its actor is who did that", () => {
  const again = readWorkflowRun({ GITHUB_ACTOR: "ada", GITHUB_TRIGGERING_ACTOR: "mira" });
  expect(again).toMatchObject({ actor: "mira", startedBy: ["ada", "mira"] });
  const once = readWorkflowRun({ GITHUB_ACTOR: "ada", GITHUB_TRIGGERING_ACTOR: "" });
  expect(once).toMatchObject({ actor: "ada", startedBy: ["ada"] });
});

it("elsewhere there is none, and what is empty is not said", () => {
  const names = [
    "GITHUB_ACTIONS",
    "GITHUB_API_URL",
    "GITHUB_EVENT_NAME",
    "GITHUB_EVENT_PATH",
    "GITHUB_OUTPUT",
    "RUNNER_ENVIRONMENT",
  ];
  const empty = readWorkflowRun(Object.fromEntries(names.map((name) => [name, ""])));
  expect(empty).toEqual(readWorkflowRun({}));
  expect(empty).toEqual({ isStep: false, isSelfHosted: false, startedBy: [], event: {} });
  expect(readWorkflowRun({ GITHUB_ACTIONS: "true" }).isStep).toBe(true);
  const isSelfHosted = (environment: string) => readWorkflowRun({ RUNNER_ENVIRONMENT: environment }).isSelfHosted;
  expect([isSelfHosted("self-hosted"), isSelfHosted("github-hosted")]).toEqual([true, false]);
});
