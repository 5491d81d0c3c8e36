import { type ComposeModel, type ComposeService, defaultConfig, inferredSettings, planDeployment } from "@sluice/core";
import { aStack } from "@sluice/core/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { firstBlocker } from "./blockers.ts";
import { classifyServices } from "./classify-services.ts";
import { serviceFacts } from "./service-facts.ts";
import { serviceFindings } from "./service-findings.ts";
import { writableMounts } from "./service-shape.ts";

const names = ["web", "worker", "db", "nginx", "migrate", "redis", "a.b-c_1", "constructor", "backup", "e2e"];
const name = fc.constantFrom(...names);
const words = fc.oneof(
  fc.string(),
  fc.constantFrom("postgres", "nginx:1", "r.example.com:5000/a/b@sha256:1", "celery worker", "migrate && start", "$$A"),
);
const mount = fc.record(
  { type: fc.constantFrom("volume", "bind", "tmpfs"), source: words, target: words, read_only: fc.boolean() },
  { requiredKeys: ["type", "target"] },
);
const port = fc.record(
  {
    target: fc.integer({ min: 1, max: 65_535 }),
    published: fc.constantFrom("", "80", "0"),
    protocol: fc.constantFrom("tcp", "udp"),
  },
  { requiredKeys: ["target"] },
);

/** A service as Compose's canonical form has it: of the right types, with any values. */
const service: fc.Arbitrary<ComposeService> = fc.record(
  {
    image: words,
    build: fc.constant({ context: "." }),
    command: fc.option(fc.array(words, { maxLength: 3 })),
    entrypoint: fc.option(fc.array(words, { maxLength: 2 })),
    environment: fc.dictionary(fc.constantFrom("VIRTUAL_HOST", "VIRTUAL_PORT", "URL"), fc.option(words)),
    labels: fc.dictionary(fc.constantFrom("traefik.enable", "caddy", "traefik.http.routers.a.rule", "x"), words),
    ports: fc.array(port, { maxLength: 2 }),
    expose: fc.array(fc.constantFrom("80", "9000", 3000, "53/udp", "7000-7001", ""), { maxLength: 2 }),
    networks: fc.dictionary(
      fc.constantFrom("default", "back"),
      fc.option(fc.record({ ipv4_address: words }, { requiredKeys: [] })),
    ),
    network_mode: fc.constantFrom("host", "none", "service:web", "bridge"),
    volumes: fc.array(mount, { maxLength: 2 }),
    depends_on: fc.dictionary(
      name,
      fc.record({ condition: fc.constantFrom("service_started", "service_healthy", "service_completed_successfully") }),
    ),
    healthcheck: fc.record(
      {
        test: fc.array(words),
        interval: words,
        timeout: words,
        retries: fc.nat(),
        start_period: words,
        disable: fc.boolean(),
      },
      { requiredKeys: [] },
    ),
    restart: fc.constantFrom("no", "always", "on-failure", "unless-stopped"),
    deploy: fc.record({ replicas: fc.nat(5), resources: fc.constant({}) }, { requiredKeys: [] }),
    profiles: fc.array(fc.constantFrom("tools", "web", ""), { maxLength: 2 }),
    stop_grace_period: words,
    devices: fc.array(words, { maxLength: 1 }),
    privileged: fc.boolean(),
    container_name: words,
  } as const,
  { requiredKeys: [] },
);

test("of any services: nothing but web, workers and jobs is made two, and none that cannot be or is not sure", () => {
  fc.assert(
    fc.property(fc.dictionary(name, service, { minKeys: 1, maxKeys: 5 }), (services) => {
      const model: ComposeModel = { name: "shop", services };
      const decisions = classifyServices(model);
      expect(decisions.map((decision) => decision.service)).toEqual(Object.keys(services));
      for (const { service: of, role, strategy, confidence } of decisions) {
        const written = services[of] ?? {};
        if (strategy !== "slots" || role === "job") continue;
        expect({ role, of }).toEqual({ role: expect.stringMatching(/^(?:web|worker)$/), of });
        expect(confidence).not.toBe("ask");
        expect([firstBlocker(written, model), ...writableMounts(written)]).toEqual([undefined]);
      }
    }),
    { numRuns: 500 },
  );
});

test("of any services: what is written of an inference changes no role and no strategy, and silences only what is decided by it", () => {
  fc.assert(
    fc.property(fc.dictionary(name, service, { minKeys: 1, maxKeys: 5 }), (services) => {
      const model: ComposeModel = { name: "shop", services };
      const decisions = classifyServices(model);
      const found = serviceFindings(model, decisions);
      const facts = serviceFacts(model, decisions, defaultConfig());
      const written = Object.fromEntries(facts.map((one) => [one.name, inferredSettings(one, found).certain]));
      const again = classifyServices(model, written);
      const kindsOf = (all: typeof decisions) => all.map(({ service: of, role, strategy }) => [of, role, strategy]);
      expect(kindsOf(again)).toEqual(kindsOf(decisions));
      const codesOf = (all: typeof found) => all.map(({ code, service: of }) => `${code} ${of}`).toSorted();
      const isDecided = ({ code, service: of = "" }: (typeof found)[number]) =>
        code === "cannot-be-two" && written[of]?.strategy !== undefined;
      expect(codesOf(serviceFindings(model, again, written))).toEqual(codesOf(found.filter((one) => !isDecided(one))));
    }),
    { numRuns: 200 },
  );
});

test("of any services: there is a plan, and every finding has words and a place", () => {
  fc.assert(
    fc.property(fc.dictionary(name, service, { minKeys: 1, maxKeys: 5 }), (services) => {
      const model: ComposeModel = { name: "shop", services };
      const decisions = classifyServices(model);
      for (const { message, hint, path } of serviceFindings(model, decisions)) {
        expect([message, hint, ...path.slice(0, 1)]).toEqual([
          expect.stringMatching(/./),
          expect.stringMatching(/./),
          "services",
        ]);
      }
      const facts = serviceFacts(model, decisions, defaultConfig());
      const desired = {
        tag: "v1",
        config: defaultConfig(),
        bundleId: null,
        imagesOf: null,
        wasLive: false,
        prunable: [],
      };
      const { steps } = planDeployment({ ...desired, services: facts }, aStack({ services: facts }));
      expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length);
    }),
    { numRuns: 500 },
  );
});
