import {
  type ComposeModel,
  defaultConfig,
  planDeployment,
  type ResolvedProject,
  type Role,
  type ServiceFacts,
} from "@sluice/core";
import { aStack } from "@sluice/core/testing";
import { describe, expect, test } from "vitest";
import { runCompose } from "../src/compose-cli/run.ts";
import { slotNetworks } from "../src/model/networks.ts";
import { serviceHashes } from "../src/model/service-hashes.ts";
import { slotModel } from "../src/model/slot-model.ts";
import { cliEnvironment, expectedRoles, resolveStack, stacks } from "./corpus-stacks.ts";

describe("on real projects, the classifier", () => {
  // Forty calls of Compose: seconds on a quiet machine.
  test("knows data, edge and job for what they are, and colours nothing else than web and worker", {
    timeout: 300_000,
  }, async () => {
    const decisions = [];
    for (const key of Object.keys(stacks)) {
      const { services } = await resolveStack(key);
      const expected = expectedRoles[key] ?? {};
      expect({ key, names: services.map(({ name }) => name).toSorted() }).toEqual({
        key,
        names: Object.keys(expected).toSorted(),
      });
      decisions.push(...services.map((service) => ({ ...service, key, expected: expected[service.name] })));
    }
    const wrong = decisions.filter(({ role, expected }) => role !== expected);
    const isExact = (role: Role | undefined) => role === "data" || role === "edge" || role === "job";
    expect(decisions).toHaveLength(100);
    expect(wrong.filter(({ role, expected }) => isExact(role) || isExact(expected))).toEqual([]);
    expect(wrong.filter(({ strategy, confidence }) => strategy === "slots" || confidence !== "ask")).toEqual([]);
    expect(wrong.length / decisions.length).toBeLessThanOrEqual(0.05);
  });
});

describe("a real project gives", () => {
  test.each(Object.keys(stacks))("%s: a plan, or a refusal with service, reason and place", async (key) => {
    const { services, findings } = await resolveStack(key);
    for (const { service, message, position } of findings) {
      expect(position).toMatchObject({ file: expect.stringContaining("/corpus/"), line: expect.any(Number) });
      expect(message).toContain(service ?? "");
    }
    const refusals = findings.filter(({ severity }) => severity === "error");
    // A UDP port beside the one for users: it cannot be two.
    expect(refusals.map(({ code, service }) => ({ code, service }))).toEqual(
      key.startsWith("mattermost") ? [{ code: "cannot-be-two", service: "mattermost" }] : [],
    );
    const desired = { tag: "v1", services, config: defaultConfig(), bundleId: null, imagesOf: null };
    const plan = planDeployment({ ...desired, wasLive: false, prunable: [] }, aStack({ stack: "corpus", services }));
    const active = services.filter(({ active: isActive, role }) => isActive && role !== "tool").map(({ name }) => name);
    expect(plan.steps.length).toBeGreaterThan(0);
    expect(active.filter((name) => !JSON.stringify(plan.steps).includes(`"${name}"`))).toEqual([]);
  });
});

/** As if the user had said of every web and worker service that it may be two. */
function allInSlots(services: readonly ServiceFacts[]): readonly ServiceFacts[] {
  return services.map((service) => ({ ...service, active: true, strategy: "slots" as const }));
}

function slotOf({ model, services }: ResolvedProject): ComposeModel {
  const slotted = allInSlots(services);
  const image = `sha256:${"a".repeat(64)}`;
  const images = Object.fromEntries(services.map(({ name }) => [name, image]));
  return slotModel(
    {
      stack: model.name,
      slot: "green",
      deployment: "d1",
      services: slotted,
      addresses: {},
      release: {
        model,
        filesDir: "/var/lib/sluice/corpus/releases/r1/files",
        bundle: {
          version: 1,
          id: "r1",
          tag: "v1",
          tags: ["v1"],
          commit: null,
          createdAt: "2026-01-01T00:00:00.000Z",
          key: "k",
          services: slotted,
          images,
          imageTags: {},
          environment: {},
        },
      },
    },
    { subnets: Object.fromEntries(slotNetworks(model, slotted).map((key, index) => [key, `10.213.${index}.0/28`])) },
  );
}

async function readBack(model: ComposeModel): Promise<ComposeModel> {
  const run = await runCompose({
    args: ["--file", "-", "--profile", "*", "config", "--format", "json"],
    stdin: JSON.stringify(model),
    cwd: "/",
    env: cliEnvironment,
  });
  expect(run.stderr).toBe("");
  expect(run.exitCode).toBe(0);
  return JSON.parse(run.stdout) as ComposeModel;
}

describe("the slot model of a real project", () => {
  test.each(Object.keys(stacks))("%s is accepted by Compose as it is", async (key) => {
    const project = await resolveStack(key);
    const slot = slotOf(project);
    const read = await readBack(slot);
    expect(await readBack(read)).toEqual(read);
    expect(Object.keys(read.services)).toEqual(Object.keys(slot.services).toSorted());
    const roles: readonly Role[] = ["web", "worker", "job"];
    const inSlots = allInSlots(project.services).filter(({ role }) => roles.includes(role));
    expect(Object.keys(read.services)).toEqual(inSlots.map(({ name }) => name).toSorted());
    const left = Object.values(read.services).flatMap((service) =>
      ["ports", "container_name", "hostname", "profiles", "build"].filter((key) => key in service),
    );
    expect(left).toEqual([]);
    const dependencies = Object.values(read.services).flatMap((service) => Object.keys(service.depends_on ?? {}));
    expect(dependencies.filter((name) => !(name in read.services))).toEqual([]);
    // Not one character of a value with a dollar may be lost on the way.
    const values = ({ services }: ComposeModel) =>
      Object.keys(read.services).map((name) => [name, services[name]?.command, services[name]?.environment]);
    expect(values(read)).toEqual(values(project.model));
    const productionVolumes = new Set(Object.values(project.model.volumes ?? {}).map((volume) => volume?.name));
    for (const volume of Object.values(read.volumes ?? {})) {
      expect(volume?.external).toBe(true);
      expect(productionVolumes).toContain(volume?.name);
    }
    for (const network of Object.values(read.networks ?? {})) expect(network?.name).toMatch(/^corpus-green_/);
  });
});

test("a container made from the source files is recognised by the hashes of the resolved model", async () => {
  const { model } = await resolveStack("dockersamples__example-voting-app~");
  const hashes = await serviceHashes(model, { env: cliEnvironment, cwd: "/" });
  expect(Object.keys(hashes).toSorted()).toEqual(Object.keys(model.services).toSorted());
  // No depends_on: whether it counts makes no difference.
  expect(hashes["db"]).toHaveLength(1);
  const source = await runCompose({
    args: ["--project-name", "corpus", "--profile", "*", "config", "--hash", "*"],
    cwd: `${import.meta.dirname}/corpus/dockersamples__example-voting-app`,
    env: cliEnvironment,
  });
  const unknown = source.stdout
    .trim()
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([name = "", hash = ""]) => !hashes[name]?.includes(hash));
  expect(unknown).toEqual([]);
});
