import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mountedFiles } from "../src/bundle-files/mounted-files.ts";
import { withCheckout } from "../src/model/checkout.ts";
import { docker, uniqueStack } from "./support/engine.ts";
import { missingNewestCompose, newestCompose } from "./support/newest-compose.ts";
import { aProject, aService, aShop, aSlotRequest } from "./support/project.ts";
import { runtime, runtimeWith } from "./support/runtime.ts";

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "sluice-seccomp-"));
  await mkdir(join(root, "files"));
  await writeFile(join(root, "profile.json"), '{ "defaultAction": "SCMP_ACT_ALLOW" }');
});
afterAll(() => rm(root, { recursive: true }));

const own = { security_opt: ["seccomp:./profile.json"], networks: { default: null } };
const services = [
  aService("store", "support"),
  aService("app", "worker"),
  aService("seed", "job", { networks: ["default"] }),
];

describe.each([
  ["the Compose that is installed", runtime],
  [`the newest Compose${missingNewestCompose}`, runtimeWith({ DOCKER_CONFIG: newestCompose })],
])("a seccomp profile of the project, with %s", (name, { base, observer, slots }) => {
  const stack = uniqueStack("seccomp");
  afterAll(() => stack.remove());

  it.skipIf(name.includes("skipped"))(
    "is that of the checkout in base, and the release's own in slots and jobs",
    async () => {
      const seed = { ...own, command: ["echo", "seeded"] };
      const model = withCheckout(aShop(stack.name, { store: own, app: own, seed }), root);
      for (const file of mountedFiles(aProject(model, services))) {
        if (file.source) await cp(file.source, join(root, "files", file.name));
      }
      await base.ensureNetworks(model, "green", services);
      const { release, ...request } = await aSlotRequest(model, "green", { services });
      const ofRelease = { ...request, release: { ...release, filesDir: join(root, "files") } };
      await slots.create(ofRelease);
      await slots.runJob(ofRelease, "seed");
      await base.up(model, services[0] ?? aService("store", "support"), services);
      for (const container of [`${stack.name}-store-1`, `${stack.name}-green-app-1`]) {
        const options = await docker("inspect", "-f", "{{json .HostConfig.SecurityOpt}}", container);
        expect(JSON.parse(options)).toEqual(['seccomp={"defaultAction":"SCMP_ACT_ALLOW"}']);
      }
      expect((await observer.observe(aProject(model, services))).base["store"]?.state).toBe("current");
    },
  );
});
