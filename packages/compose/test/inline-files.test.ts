import type { ComposeService } from "@sluice/core";
import { afterAll, describe, expect, it } from "vitest";
import { docker, uniqueStack } from "./support/engine.ts";
import { missingNewestCompose, newestCompose } from "./support/newest-compose.ts";
import { aService, aShop, aSlotRequest } from "./support/project.ts";
import { runtimeWith } from "./support/runtime.ts";

const secret = "se$cret-of-the-shell";
const used: Partial<ComposeService> = {
  networks: { default: null },
  secrets: [{ source: "token" }, { source: "token", target: "own", uid: "12", gid: "13", mode: 0o440 }],
  configs: [{ source: "limits" }, { source: "mode", target: "/etc/app/mode", mode: 0o444 }],
};
/** Fails at once unless all is there when the first instruction runs. */
const look = [
  `test "$$(cat /run/secrets/token)" = "$$EXPECTED"`,
  `test "$$(stat -c %a:%u:%g /run/secrets/own)" = 440:12:13`,
  `test "$$(cat /limits)" = 'up to $$5'`,
  `test "$$(stat -c %a:%u:%g /etc/app/mode):$$(cat /etc/app/mode)" = 444:0:0:fast`,
].join(" && ");
const looking = (then: string): Partial<ComposeService> => ({
  ...used,
  command: ["sh", "-c", `${look} || exit 9; ${then}`],
  environment: { EXPECTED: secret.replace("$", "$$$$") },
});

// Compose 2.37.3 and newer puts them only into what it starts itself.
const stack = uniqueStack("inline");
const { base, slots } = runtimeWith({ DOCKER_CONFIG: newestCompose, SHOP_TOKEN: secret, SHOP_MODE: "fast" });
const [store, app] = [aService("store", "data"), aService("app", "worker")];
const services = [store, app, aService("seed", "job", { networks: ["default"] })];
const model = {
  ...aShop(stack.name, { store: looking("sleep 600"), app: looking("sleep 600"), seed: looking("echo seeded") }),
  secrets: { token: { environment: "SHOP_TOKEN" } },
  configs: { limits: { content: "up to $$5" }, mode: { environment: "SHOP_MODE" } },
};
afterAll(() => stack.remove());

describe.skipIf(missingNewestCompose)(`secrets and configs without a file${missingNewestCompose}`, () => {
  it("are there when a base service, a job and a service of a slot start", async () => {
    await base.ensureNetworks(model, "green", services);
    const request = await aSlotRequest(model, "green", { services });
    const said: string[] = [];
    await slots.create(request);
    await slots.start(stack.name, "green", ["app"]);
    await Promise.all([
      base.up(model, store, services),
      slots.waitReady({ stack: stack.name, slot: "green", services: [app] }),
      slots.runJob(request, "seed", { onOutput: ({ text }) => void said.push(text) }),
    ]);
    expect(said).toEqual(["seeded"]);
    expect(await docker("inspect", "-f", "{{.State.Status}}", `${stack.name}-store-1`)).toBe("running");
  });
});
