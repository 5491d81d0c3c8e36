import { aService } from "@sluice/testing";
import { expect, it } from "vitest";
import { aScenario } from "../../test/support/scenario.ts";
import { nameAgain } from "./name-again.ts";

it("the release that is to be the way back gets the names again that a pruning took, before the next one is built", async () => {
  const scenario = aScenario();
  await scenario.deploy("v1");
  const { tags } = scenario.world.state;
  const before = new Map(tags);
  tags.delete("sluice/shop-web:v1");
  tags.delete("sluice/shop-db:v1");
  await scenario.deploy("v2");
  for (const [name, id] of before) expect(tags.get(name)).toBe(id);
  const { log } = scenario.world.calls;
  expect(log.indexOf("images.nameAgain sluice/shop-web:v1")).toBeLessThan(log.indexOf("images.build v2"));
});

it("gives names that keep an image, and those that the project has for what it does not build", async () => {
  const scenario = aScenario({
    services: [aService("web"), aService("cdn", { builds: false }), aService("db", { role: "data", builds: false })],
  });
  await scenario.deploy("v1", { images: { cdn: "nginx:1.27", db: "postgres@sha256:1" } });
  const [release] = [...scenario.world.state.bundles.values()];
  const asked: Readonly<Record<string, string>>[] = [];
  const images = {
    ...scenario.world.ports().images,
    nameAgain: async (names: (typeof asked)[number]) => void asked.push(names),
  };
  if (release) await nameAgain(release, { images });
  expect(asked).toEqual([
    {
      "sluice/shop-web:v1": "sha256:web-v1",
      "sluice/shop-cdn:v1": "sha256:nginx-nginx:1.27",
      "sluice/shop-db:v1": "sha256:postgres-postgres@sha256:1",
      "nginx:1.27": "sha256:nginx-nginx:1.27",
    },
  ]);
});
