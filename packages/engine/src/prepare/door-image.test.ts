import { aConfig, createFakeWorld } from "@sluice/testing";
import { expect, it } from "vitest";
import { missingDoorImage } from "./door-image.ts";

it.each([
  [{}, "sluice/door:3.0", "in a checkout of Sluice: docker build -t sluice/door:3.0 images/door"],
  [{ driver: "caddy" as const }, "sluice/door-caddy:2", "docker build -t sluice/door-caddy:2 images/door-caddy"],
  [{ image: "nosuch/door:9" }, "nosuch/door:9", "docker pull nosuch/door:9"],
])("of doors with %j, %s is missing until it is on the engine", async (traffic, image, hint) => {
  const world = createFakeWorld();
  world.state.images.clear();
  const config = aConfig({ traffic });
  expect(await missingDoorImage(config, world.ports())).toEqual({ image, hint: expect.stringContaining(hint) });
  world.state.images.add(image);
  expect(await missingDoorImage(config, world.ports())).toBeNull();
});
