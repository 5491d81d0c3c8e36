import { expect, it } from "vitest";
import { dependenciesOf } from "./start-order.ts";

it("reads Compose's label", () => {
  const Labels = { "com.docker.compose.depends_on": "db:service_healthy:false,cache:service_started:true" };
  expect(dependenciesOf({ Labels })).toEqual([
    { service: "db", mustBeHealthy: true },
    { service: "cache", mustBeHealthy: false },
  ]);
  expect(dependenciesOf({ Labels: { "com.docker.compose.depends_on": "" } })).toEqual([]);
});
