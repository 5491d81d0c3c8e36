import { expect, it } from "vitest";
import { layouts } from "../test/layouts.ts";
import { factsOf } from "../test/support/facts-of.ts";
import { projectWorkflows } from "./project-workflows.ts";
import { runVariables } from "./run-variables.ts";

it("variables of the run that deploys are those of its release, and secrets that are not there for others", () => {
  const facts = {
    ...factsOf(layouts["no workflow yet"]),
    variables: [
      { name: "TAG", value: "${{ github.ref_name }}" },
      { name: "SHA", value: "${{ github.sha }}" },
      { name: "API_KEY", value: "${{ secrets.API_KEY }}" },
      { name: "SMTP_PASSWORD", value: "${{ secrets.SMTP_PASSWORD }}" },
      { name: "EMPTY", value: "" },
    ],
    releaseVariables: [{ name: "TAG", value: "${{ github.event.release.tag_name }}" }],
  };
  const workflows = projectWorkflows(facts).filter(({ path }) => path.startsWith(".github/"));
  const env = { TAG: "main", API_KEY: "", SMTP_PASSWORD: "x", EMPTY: "" };
  expect(runVariables(workflows, "production", env).toSorted()).toEqual(["API_KEY", "SHA", "TAG"]);
  expect(runVariables(workflows, "staging", env)).toEqual([]);
});
