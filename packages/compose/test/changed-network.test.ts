import { afterAll, describe, expect, it } from "vitest";
import { idleContainer } from "./support/busybox.ts";
import { docker, uniqueStack } from "./support/engine.ts";
import { missingNewestCompose, newestCompose } from "./support/newest-compose.ts";
import { aProject, aShop, facts, shopServices } from "./support/project.ts";
import { runtimeWith } from "./support/runtime.ts";

// Compose 2.31 and newer stops what is on a network that is defined otherwise than before, to make the network anew.
const { base, observer } = runtimeWith({ DOCKER_CONFIG: newestCompose });
const stack = uniqueStack("networks");
afterAll(() => stack.remove());

describe.skipIf(missingNewestCompose)(`a network that is defined otherwise than before${missingNewestCompose}`, () => {
  it("stays as it is, with all that is on it, while a service of it is replaced and another network is made", async () => {
    const before = aShop(stack.name);
    const back = `${stack.name}_back`;
    await base.ensureNetworks(before, "blue", shopServices);
    await base.up(before, facts("db"), shopServices);
    await idleContainer(`${stack.name}-other`, "--network", back);

    const changed = aShop(stack.name, {
      db: { environment: { NAME: "db", TUNING: "more" } },
      mail: { networks: { fresh: null } },
    });
    const fresh = { name: `${stack.name}_fresh` };
    const model = { ...changed, networks: { ...changed.networks, back: { name: back, internal: true }, fresh } };
    await base.ensureNetworks(model, "blue", shopServices);
    await base.up(model, facts("db"), shopServices);

    expect((await observer.observe(aProject(model))).base["db"]?.state).toBe("current");
    expect(await docker("network", "inspect", "-f", "{{.Internal}} {{len .Containers}}", back)).toBe("false 2");
    expect(await docker("network", "ls", "-q", "--filter", `name=^${fresh.name}$`)).not.toBe("");
  });
});
