import { expect, it } from "vitest";
import { aProject } from "../../testing/a-project.ts";
import { aRelease } from "../../testing/a-release.ts";
import { aService } from "../../testing/a-service.ts";
import { unsetVariableFindings } from "./unset-variables.ts";

type Environments = Readonly<Record<string, Readonly<Record<string, string | null>>>>;

const services = [
  aService("web"),
  aService("worker", { role: "worker" }),
  aService("shell", { role: "tool" }),
  aService("off", { active: false }),
];

function found(before: Environments, now: Environments) {
  const serves = aRelease("v1", { services });
  const there = { ...serves, model: aProject({ services, environment: before }).model };
  return unsetVariableFindings(aProject({ services, environment: now }), there);
}

it("a variable that the release which serves has, and nobody sets now, is told once, with those that would lack it", () => {
  const before = { web: { KEY: "sk", EMPTY: "" }, worker: { KEY: "sk" } };
  expect(found(before, { web: { KEY: null, EMPTY: null }, worker: { KEY: null } })).toEqual([
    {
      severity: "warn",
      code: "variable-gone",
      message:
        "web, worker would run without KEY, which v1 has: the compose files give it by its name alone, and it is not set here",
      hint: "set KEY as before: by hand in the shell or --env-file, in a workflow under env: (sluice init --workflow names secrets there); or take it out of the compose files",
      service: "web",
    },
    expect.objectContaining({ message: expect.stringContaining("web would run without EMPTY") as string }),
  ]);
});

it.each<[string, Environments, Environments]>([
  ["never had", { web: { KEY: null } }, { web: { KEY: null } }],
  ["did not know", {}, { web: { KEY: null } }],
  ["has, and that is set to something else", { web: { KEY: "a" } }, { web: { KEY: "" } }],
  ["has, and that the compose files do not name any more", { web: { KEY: "a" } }, { web: {} }],
  ["has in what is started by hand", { shell: { KEY: "a" } }, { shell: { KEY: null } }],
  ["has in what no active profile has", { off: { KEY: "a" } }, { off: { KEY: null } }],
])("a variable is not told that the release which serves %s", (_, before, now) => {
  expect(found(before, now)).toEqual([]);
});

it("nothing is told where no release is stored", () => {
  expect(unsetVariableFindings(aProject({ services, environment: { web: { KEY: null } } }), null)).toEqual([]);
});
