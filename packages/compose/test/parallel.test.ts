import { afterAll, describe, expect, it } from "vitest";
import { docker, uniqueStack } from "./support/engine.ts";
import { aShop, aSlotRequest, facts, shopServices } from "./support/project.ts";
import { runtime } from "./support/runtime.ts";

const { base, slots, doors, exec } = runtime;
const stacks = [uniqueStack("first"), uniqueStack("second")];
afterAll(() => Promise.all(stacks.map((stack) => stack.remove())));

async function deploy(stack: string, database: string) {
  const model = aShop(stack, { db: { environment: { NAME: database } } });
  await base.ensureNetworks(model, "blue", shopServices);
  await base.up(model, facts("db"), shopServices);
  const addresses = { web: (await doors.addresses(model, facts("web"), "blue")).blue };
  await slots.create(await aSlotRequest(model, "blue", { addresses }));
  await slots.start(stack, "blue", ["web"]);
  await slots.waitReady({ stack, slot: "blue", services: [facts("web")] });
}

describe("two stacks on one engine", () => {
  it("deploy at the same time, on networks that do not overlap, each with its own database", async () => {
    await Promise.all(stacks.map(({ name }, index) => deploy(name, `database ${index}`)));
    const pages = stacks.map(async ({ name }) => {
      const { stdout } = await exec.exec(`${name}-blue-web-1`, ["wget", "-q", "-O", "-", "http://db/"]);
      return Buffer.from(stdout).toString().trim();
    });
    expect(await Promise.all(pages)).toEqual(["database 0", "database 1"]);
    const names = (await docker("network", "ls", "--format", "{{.Name}}", "--filter", "name=sluicetest-")).split("\n");
    const own = names.filter((name) => stacks.some((stack) => name.startsWith(`${stack.name}-blue`)));
    const subnets = await docker("network", "inspect", "-f", "{{range .IPAM.Config}}{{.Subnet}}{{end}}", ...own);
    expect(new Set(subnets.split("\n")).size).toBe(own.length);
  });
});
