import type { ComposeModel, ComposeService } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { withCheckout } from "../model/checkout.ts";
import { modelChanges } from "./model-changes.ts";

const model = (services: Readonly<Record<string, ComposeService>>, more: Partial<ComposeModel> = {}): ComposeModel => ({
  name: "shop",
  services,
  ...more,
});
const changes = (before: ComposeModel, after: ComposeModel, key = "key") => modelChanges(before, after, key).listed;
const ofWeb = (before: ComposeService, after: ComposeService) => changes(model({ web: before }), model({ web: after }));
const hmac = expect.stringMatching(/^hmac:[0-9a-f]{16}$/) as string;

describe("what a release changes in the model", () => {
  it("is nothing for the same, wherever the checkout lies", () => {
    const same = model({ web: { image: "shop:1", environment: { A: "1" } } });
    expect(modelChanges(withCheckout(same, "/a"), withCheckout(structuredClone(same), "/b"), "key")).toEqual({
      listed: [],
      omitted: 0,
    });
  });

  it("is told by path, with values that say how a service is run", () => {
    const before = model({ web: { image: "shop:1", restart: "always" }, old: { image: "old" } });
    const after = model({ web: { image: "shop:2", privileged: true }, cache: { image: "redis:8" } });
    expect(changes(before, after)).toEqual([
      { path: "services.cache.image", change: "added", after: "redis:8" },
      { path: "services.old.image", change: "removed", before: "old" },
      { path: "services.web.image", change: "changed", before: "shop:1", after: "shop:2" },
      { path: "services.web.privileged", change: "added", after: "true" },
      { path: "services.web.restart", change: "removed", before: "always" },
    ]);
  });

  it("tells which ports and mounts came and went, in whatever order they stand", () => {
    const [http, https, socket] = [{ target: 80 }, { target: 443 }, { type: "bind", target: "/var/run/docker.sock" }];
    expect(ofWeb({ ports: [http, https] }, { ports: [https], volumes: [socket] })).toEqual([
      { path: "services.web.ports", change: "removed", before: '{"target":80}' },
      { path: "services.web.volumes", change: "added", after: `[${JSON.stringify(socket)}]` },
    ]);
    expect(ofWeb({ ports: [http, https] }, { ports: [https, http] })).toEqual([
      { path: "services.web.ports", change: "changed", before: expect.any(String), after: expect.any(String) },
    ]);
  });

  it("holds only keyed hashes of values that the user is free to choose", () => {
    const before: ComposeService = {
      environment: { LOG_LEVEL: "debug", GONE: null },
      labels: { "traefik.rule": "Host(`a`)" },
      command: ["serve", "--a"],
      healthcheck: { test: ["CMD", "a"], interval: "5s" },
    };
    const after: ComposeService = {
      environment: { LOG_LEVEL: "info", NEW: "" },
      labels: { "traefik.rule": "Host(`b`)" },
      command: ["serve", "--b"],
      healthcheck: { test: ["CMD", "b"], interval: "9s" },
      "x-own": { hunter: "2" },
    };
    expect(ofWeb(before, after)).toEqual([
      { path: "services.web.command", change: "changed", before: hmac, after: hmac },
      { path: "services.web.environment.GONE", change: "removed", before: hmac },
      { path: "services.web.environment.LOG_LEVEL", change: "changed", before: hmac, after: hmac },
      { path: "services.web.environment.NEW", change: "added", after: hmac },
      { path: "services.web.healthcheck.interval", change: "changed", before: "5s", after: "9s" },
      { path: "services.web.healthcheck.test", change: "changed", before: hmac, after: hmac },
      { path: 'services.web.labels["traefik.rule"]', change: "changed", before: hmac, after: hmac },
      { path: "services.web.x-own", change: "added", after: hmac },
    ]);
  });

  it("hashes by the key, and the same value the same", () => {
    const set = (value: string) => model({ web: { environment: { A: value } } });
    const [first] = changes(set("1"), set("2"));
    expect(changes(set("1"), set("2"))).toEqual([first]);
    expect(changes(set("2"), set("1"))).toMatchObject([{ before: first?.after, after: first?.before }]);
    expect(changes(set("1"), set("2"), "other")[0]?.before).not.toBe(first?.before);
  });

  it("hides options of drivers, contents, addresses with a name in them, what is long, and what nobody has heard of", () => {
    const after = model(
      { web: { hostname: "h".repeat(201), dns: ["http://t0ken@dns"], build: { context: "a" }, future: "b" } },
      { configs: { a: { content: "c" } }, volumes: { v: { driver_opts: { o: "password=d" } } }, include: ["e"] },
    );
    const found = changes(model({}), after);
    expect(found.map(({ path }) => path)).toEqual([
      "configs.a.content",
      "include",
      "services.web.build.context",
      "services.web.dns",
      "services.web.future",
      "services.web.hostname",
      "volumes.v.driver_opts.o",
    ]);
    expect(found.filter(({ after: value }) => !value?.startsWith("hmac:"))).toEqual([]);
  });

  it("hides below what is listed as a whole, too", () => {
    const mount = { type: "volume", target: "/x", volume: { labels: { key: "a" } } };
    expect(ofWeb({}, { volumes: [mount] })).toMatchObject([{ after: hmac }]);
  });

  it("lists 200 and counts the rest", () => {
    const many = Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`s${1_000 + index}`, { image: "a" }]));
    const { listed, omitted } = modelChanges(model({}), model(many), "key");
    expect([listed.length, omitted, listed[0]?.path]).toEqual([200, 50, "services.s1000.image"]);
  });

  it("cuts a path that is very long, after what is secret in it was masked", () => {
    const [found] = ofWeb({}, { environment: { ["N".repeat(400)]: "1" } });
    expect(found?.path).toHaveLength(201);
  });
});
