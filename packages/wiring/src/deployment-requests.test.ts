import type { DeploymentPlan, Finding } from "@sluice/core";
import { aProject } from "@sluice/core/testing";
import { expect, it } from "vitest";
import { planView } from "./deployment-requests.ts";

const finding = (code: string): Finding => ({ severity: "warn", code, message: code });
const plan: DeploymentPlan = { kind: "deploy", candidate: "green", previous: "blue", steps: [] };

it("a plan shows what is found of the project, of the stack and beyond, each once", () => {
  const ofProject = finding("unset-variable");
  const request = { project: aProject({ findings: [ofProject] }) };
  const codes = (prepared: { readonly findings?: readonly Finding[] }, beyond?: readonly Finding[]) =>
    planView(request, { plan, ...prepared }, null, "v1", beyond).findings.map(({ code }) => code);
  expect(codes({ findings: [finding("orphan-data"), ofProject] }, [finding("memory-low")])).toEqual([
    "unset-variable",
    "orphan-data",
    "memory-low",
  ]);
  expect(codes({})).toEqual(["unset-variable"]);
});
