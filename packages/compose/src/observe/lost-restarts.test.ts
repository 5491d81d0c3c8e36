import { labels } from "@sluice/core";
import { expect, it } from "vitest";
import { composeLabels } from "../engine/containers.ts";
import { lostDoorRestarts, lostRestarts, type Restarting } from "./lost-restarts.ts";

const container = (service: string, policy: string) =>
  ({
    Name: `/shop-${service}-1`,
    Config: { Labels: { [composeLabels.service]: service } },
    HostConfig: { RestartPolicy: { Name: policy } },
  }) as unknown as Restarting;

const services = {
  web: { restart: "always" },
  queue: { restart: "on-failure:3" },
  cache: { deploy: { restart_policy: { condition: "on-failure", max_attempts: 2 } } },
  mail: { restart: "always", deploy: { restart_policy: { delay: "5s" } } },
  batch: { restart: "no" },
  probe: { deploy: { restart_policy: { condition: "none" } } },
  plain: {},
};

it("a container that was to be restarted, and is not any more, is told with the policy of its service", () => {
  const seen = Object.keys(services).map((name) => container(name, "no"));
  expect(lostRestarts({ services }, [...seen, container("gone", "")], "blue")).toEqual([
    { slot: "blue", service: "web", container: "shop-web-1", policy: "always" },
    { slot: "blue", service: "queue", container: "shop-queue-1", policy: "on-failure:3" },
    { slot: "blue", service: "cache", container: "shop-cache-1", policy: "on-failure:2" },
  ]);
});

it("another policy than its service has is one: what a deployment stops is made unless-stopped", () => {
  expect(lostRestarts({ services }, [container("web", "unless-stopped"), container("queue", "always")], null)).toEqual(
    [],
  );
});

it("a door is to have one whatever its service has", () => {
  const door = (policy: string) =>
    ({
      Name: "/shop-door-web",
      Config: { Labels: { [labels.service]: "web" } },
      HostConfig: { RestartPolicy: { Name: policy } },
    }) as unknown as Restarting;
  expect(lostDoorRestarts([door("no"), door("unless-stopped")])).toEqual([
    { slot: null, service: "web", container: "shop-door-web", policy: "unless-stopped" },
  ]);
});
