import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type PrometheusCheck, watchedChecks } from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import { aConfig, aContainer, aService } from "@sluice/core/testing";
import { createWatcher } from "@sluice/health";
import { expect, it } from "vitest";
import { liveTarget, watchedContainers, watchLive } from "./watch-live.ts";

/** The verdict on a release that serves, by a server that answers with these values, the last of them from then on. */
async function verdictOf(values: readonly string[], changes: Partial<PrometheusCheck> = {}) {
  let asked = 0;
  const server = createServer((_, response) => {
    const value = values[Math.min(asked++, values.length - 1)];
    response.end(
      JSON.stringify({
        status: "success",
        data: { resultType: "vector", result: [{ metric: {}, value: [0, value] }] },
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const check: PrometheusCheck = {
    type: "prometheus",
    name: "success",
    services: ["web"],
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    headers: {},
    query: "up",
    min: 0.99,
    timeoutMs: 5_000,
    intervalMs: 20,
    retries: 2,
    onNoData: "warn",
    ...changes,
  };
  const unasked = (() => Promise.reject(new Error("not asked"))) as never;
  const means = { logs: { lines: unasked }, stats: { usage: unasked, falls: unasked } };
  const watcher = createWatcher({ clock: systemClock, ...means });
  try {
    const target = liveTarget({ stack: "shop", slot: "blue", release: "v1", containers: [] }, new Date());
    return { verdict: await watchLive({ clock: systemClock, watcher }, check, target), asked };
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

it("a bad look that is only forgiven is looked at again, until it is good or bad for sure", async () => {
  expect(await verdictOf(["0.4"])).toMatchObject({ verdict: { result: "fail", value: "0.4" }, asked: 3 });
  expect(await verdictOf(["0.4", "0.4", "1"])).toMatchObject({ verdict: { result: "pass" }, asked: 3 });
  expect(await verdictOf(["1"])).toMatchObject({ verdict: { result: "pass" }, asked: 1 });
  expect(await verdictOf(["0.4"], { retries: 0 })).toMatchObject({ verdict: { result: "fail" }, asked: 1 });
});

it("what a check names is watched where it runs, also in base beside the slot that serves", () => {
  const services = [
    aService("web"),
    aService("mailer", { role: "worker" }),
    aService("worker", { role: "worker", strategy: "recreate" }),
  ];
  const checks = [
    { logs: {} },
    { service: "worker", resources: {} },
    { service: "worker", prometheus: { url: "http://p", query: "up", min: 1 } },
  ];
  const running = {
    containers: [aContainer("web"), aContainer("mailer")],
    elsewhere: [aContainer("worker"), aContainer("db")],
  };
  const seen = watchedChecks(aConfig({ checks }), services).map((check) =>
    watchedContainers(check, running).map(({ service }) => service),
  );
  expect(seen).toEqual([["web", "mailer"], ["worker"], ["web", "mailer"]]);
});
