import type { ComposeModel, ComposeService } from "@sluice/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { factsOf, slotRequestOf } from "../../test/support/slot-request.ts";
import { bundleName } from "../bundle-files/bundle-name.ts";
import { withCheckout } from "./checkout.ts";
import { jobModel } from "./job-model.ts";
import { slotNetworks } from "./networks.ts";
import { slotModel } from "./slot-model.ts";

const subnets = { default: "10.213.0.0/28", back: "10.213.0.16/28", proxy: "10.213.0.32/28" };

const shop: ComposeModel = withCheckout(
  {
    name: "shop",
    services: {
      db: {
        image: "postgres:17",
        networks: { back: null },
        volumes: [{ type: "volume", source: "rows", target: "/var/lib/postgresql" }],
      },
      web: {
        image: "shop:dev",
        build: { context: "/srv/shop" },
        container_name: "shop_web",
        hostname: "shop.local",
        command: ["serve", "--price=$$5"],
        depends_on: { db: { condition: "service_healthy" }, migrate: { condition: "service_completed_successfully" } },
        environment: {
          PRICE: "$$5",
          VIRTUAL_HOST: "shop.example.com",
          LETSENCRYPT_HOST: "shop.example.com",
          LETSENCRYPT_EMAIL: "ops@example.com",
        },
        labels: { "traefik.enable": "true", caddy: "shop.example.com", "com.example.team": "shop" },
        networks: { back: { aliases: ["api"], ipv4_address: "172.30.0.7", priority: 5 }, proxy: null },
        ports: [{ target: 80, published: "8080", protocol: "tcp" }],
        profiles: ["all"],
        restart: "always",
        scale: 2,
        volumes: [
          {
            type: "bind",
            source: "/srv/shop/conf",
            target: "/conf",
            read_only: true,
            bind: { create_host_path: true },
          },
          { type: "bind", source: "/etc/ssl", target: "/etc/ssl", read_only: true },
          { type: "volume", source: "uploads", target: "/uploads" },
          { type: "volume", target: "/cache" },
        ],
        secrets: [{ source: "key" }],
      },
      worker: {
        image: "shop:dev",
        command: ["worker"],
        networks: { back: null },
        depends_on: { db: { condition: "service_healthy" }, web: { condition: "service_healthy" } },
      },
      migrate: { image: "shop:dev", command: ["migrate"], networks: { back: null }, restart: "on-failure", scale: 1 },
    },
    networks: { back: { name: "shop_back", internal: true }, proxy: { name: "edge", external: true } },
    volumes: { rows: { name: "shop_rows" }, uploads: { name: "shop_uploads" } },
    secrets: {
      key: { name: "shop_key", file: "/srv/shop/key.pem" },
      unused: { name: "shop_unused", file: "/srv/unused" },
    },
  },
  "/srv/shop",
);

const services = factsOf(shop, { web: { role: "web", strategy: "slots" } });
const request = slotRequestOf(shop, services);

describe("slotModel", () => {
  const slot = slotModel(request, { subnets });
  const web = slot.services["web"];

  test("holds web, worker and job services under the slot's project, and nothing of base", () => {
    expect(slot.name).toBe("shop-green");
    expect(Object.keys(slot.services)).toEqual(["web", "worker", "migrate"]);
  });

  test("notes on containers which external networks they join, but for jobs", () => {
    const networks = { back: null, proxy: null };
    const apart = { image: "a", command: ["worker"], networks };
    const model = { ...shop, services: { ...shop.services, worker: apart } };
    const noted = slotModel(slotRequestOf(model, factsOf(model, { web: { role: "web", strategy: "slots" } })), {
      subnets,
    });
    const joined = (name: string) => noted.services[name]?.labels?.["dev.sluice.joined"];
    expect(["web", "worker", "migrate"].map(joined)).toEqual(["[]", '["edge"]', undefined]);
  });

  test("has a job run once", () => {
    const migrate = slot.services["migrate"];
    expect(migrate).toMatchObject({ restart: "no", labels: { "dev.sluice.kind": "job" } });
    expect(migrate).not.toHaveProperty("scale");
  });

  test("leaves a job what only one can have, and each service what it is given on a network that the slot has for itself", () => {
    const { model } = request.release;
    const given = { gw_priority: 2, interface_name: "eth5", driver_opts: { a: "1" }, link_local_ips: ["169.254.1.1"] };
    const own = { hostname: "billing", domainname: "example.com", mac_address: "02:42:ac:11:00:02" };
    const back = { ...given, mac_address: "02:42:ac:11:00:03", ipv4_address: "172.30.0.8", ipv6_address: "fd00::8" };
    const vpn = { ...given, aliases: ["app"] };
    const services = Object.fromEntries(
      ["worker", "migrate"].map((name) => [name, { ...model.services[name], ...own, networks: { back, vpn } }]),
    );
    const networks = { ...model.networks, vpn: { name: "vpn", external: true } };
    const release = { ...request.release, model: { ...model, networks, services: { ...model.services, ...services } } };
    const made = slotModel({ ...request, release }, { subnets: { ...subnets, vpn: "10.213.0.48/28" } }).services;
    // Both are connected to the real vpn, and a job to every real one: what they are given is given there.
    const names = { back: { aliases: ["billing"] }, vpn: { aliases: ["app", "billing"] } };
    expect(made["migrate"]).toMatchObject(own);
    expect(made["migrate"]?.networks).toEqual(names);
    for (const key of Object.keys(own)) expect(made["worker"]).not.toHaveProperty(key);
    expect(made["worker"]?.networks).toEqual({ ...names, back: { aliases: ["billing"], ...given } });
  });

  test("carries the AI models that its services use", () => {
    const { model } = request.release;
    const models = { llm: { model: "ai/smollm2" }, other: { model: "ai/other" } };
    const asking = { ...model.services["web"], models: { llm: { endpoint_var: "AI_URL" } } };
    const all: ComposeModel = { ...model, models, services: { ...model.services, web: asking } };
    expect(slotModel(slotRequestOf(all, services), { subnets })["models"]).toEqual({ llm: models.llm });
    expect(slot).not.toHaveProperty("models");
  });

  test("leaves to the door what only one can have", () => {
    for (const key of ["ports", "container_name", "hostname", "build", "depends_on", "profiles"])
      expect(web).not.toHaveProperty(key);
    expect(web?.labels).toEqual({
      "com.example.team": "shop",
      "dev.sluice.stack": "shop",
      "dev.sluice.slot": "green",
      "dev.sluice.release": "r1",
      "dev.sluice.deployment": "d7",
      "dev.sluice.kind": "slot",
      "dev.sluice.service": "web",
      "dev.sluice.joined": "[]",
    });
    expect(web?.environment).toEqual({ PRICE: "$$5", LETSENCRYPT_EMAIL: "ops@example.com" });
  });

  test("keeps what the service is, escaped as Compose wrote it", () => {
    expect(web).toMatchObject({ command: ["serve", "--price=$$5"], restart: "always", scale: 2 });
  });

  test("pins the image and never pulls", () => {
    expect(web).toMatchObject({ image: "sha256:web", pull_policy: "never" });
    const { images: _images, ...bundle } = request.release.bundle;
    const tagged = {
      ...request,
      release: {
        ...request.release,
        bundle: { ...bundle, images: {}, imageTags: { web: "sluice/shop-web:v1", worker: "w", migrate: "m" } },
      },
    };
    expect(slotModel(tagged, { subnets }).services["web"]?.image).toBe("sluice/shop-web:v1");
    const none = { ...request, release: { ...request.release, bundle: { ...bundle, images: {} } } };
    expect(() => slotModel(none, { subnets })).toThrow("release v1 has no image for service web");
  });

  test("mounts the images of its release, whatever their names mean by now", () => {
    const { model, bundle } = request.release;
    const mount = { type: "image", source: "acme/assets", target: "/assets", read_only: true };
    const all: ComposeModel = { ...model, services: { ...model.services, worker: { volumes: [mount] } } };
    const images = { ...bundle.images, "acme/assets:latest": "sha256:assets" };
    const release = { ...request.release, model: all, bundle: { ...bundle, images } };
    const { worker } = slotModel(
      { ...request, release },
      { subnets: { ...subnets, default: "10.213.0.48/28" } },
    ).services;
    expect(worker?.volumes).toEqual([{ ...mount, source: "sha256:assets" }]);
  });

  test("has networks of its own, with the service's names in them and no fixed address", () => {
    expect(web?.networks).toEqual({
      back: { aliases: ["api", "shop.local", "shop_web"], priority: 5 },
      proxy: { aliases: ["shop.local", "shop_web"] },
    });
    expect(slot.networks).toMatchObject({
      back: { name: "shop-green_back", internal: true, ipam: { config: [{ subnet: subnets.back }] } },
      proxy: { name: "shop-green_proxy", ipam: { config: [{ subnet: subnets.proxy }] } },
    });
    expect(slot.networks?.["proxy"]).not.toHaveProperty("external");
    expect(() => slotModel(request, { subnets: { back: subnets.back } })).toThrow(
      "network proxy of slot green of stack shop has no subnet",
    );
  });

  test("has the ways of the networks that its own stand for", () => {
    const { model } = request.release;
    const back = {
      ...model.networks?.["back"],
      driver_opts: { "com.docker.network.driver.mtu": 1400, "com.docker.network.bridge.name": "shop0" },
      enable_ipv6: true,
    };
    const release = { ...request.release, model: { ...model, networks: { ...model.networks, back } } };
    expect(slotModel({ ...request, release }, { subnets }).networks?.["back"]).toMatchObject({
      driver_opts: { "com.docker.network.driver.mtu": "1400" },
      enable_ipv6: true,
      ipam: { config: [{ subnet: subnets.back }, { subnet: expect.stringMatching(/^fd[0-9a-f:]+::\/64$/) }] },
    });
    const overlay = {
      ...release,
      model: { ...model, networks: { ...model.networks, back: { ...back, driver: "overlay" } } },
    };
    expect(slotModel({ ...request, release: overlay }, { subnets }).networks?.["back"]).not.toHaveProperty(
      "driver_opts",
    );
  });

  test("uses the one set of volumes by its real name, and copies of the checkout's files", () => {
    expect(slot.volumes).toEqual({ uploads: { name: "shop_uploads", external: true } });
    const copy = (source: string) => `/state/r1/files/${bundleName(shop, source)}`;
    expect(web?.volumes?.map(({ source }) => source)).toEqual([
      copy("/srv/shop/conf"),
      "/etc/ssl",
      "uploads",
      undefined,
    ]);
    expect(slot.secrets).toEqual({ key: { name: "shop_key", file: copy("/srv/shop/key.pem") } });
  });

  test("takes seccomp profiles from the copies too, and where there are none from where the host has them", () => {
    const security_opt = ["seccomp:chrome.json", "seccomp:../of-the-host.json", "no-new-privileges:true"];
    const model = { ...shop, services: { ...shop.services, web: { ...shop.services["web"], security_opt } } };
    const made = slotModel({ ...request, release: { ...request.release, model } }, { subnets }).services;
    expect(made["web"]?.security_opt).toEqual([
      `seccomp=/state/r1/files/${bundleName(shop, "/srv/shop/chrome.json")}`,
      "seccomp=/srv/of-the-host.json",
      "no-new-privileges:true",
    ]);
  });

  test("keeps the order of start among its own services", () => {
    expect(slot.services["worker"]?.depends_on).toEqual({ web: { condition: "service_healthy" } });
  });

  test("leaves out what is not active or lives in base", () => {
    const some = services.map((service) => ({ ...service, active: service.name === "web" }));
    expect(Object.keys(slotModel({ ...request, services: some }, { subnets }).services)).toEqual(["web"]);
    const stays = services.filter(({ role }) => role !== "job");
    const recreated = stays.map((service) => ({ ...service, strategy: "recreate" as const }));
    expect(slotModel({ ...request, services: recreated }, { subnets }).services).toEqual({});
  });
});

describe("jobModel", () => {
  test("is one container that is never started again, in the slot's networks", () => {
    const job = jobModel(request, "migrate", { subnets });
    expect(Object.keys(job.services)).toEqual(["migrate"]);
    expect(job.services["migrate"]).toMatchObject({ image: "sha256:migrate", command: ["migrate"], restart: "no" });
    expect(job.services["migrate"]).not.toHaveProperty("scale");
    expect(job.services["migrate"]?.labels).toMatchObject({ "dev.sluice.kind": "job" });
    expect(job.networks).toEqual({ back: slotModel(request, { subnets }).networks?.["back"] });
    expect(() => jobModel(request, "nothing", { subnets })).toThrow("has no service nothing");
  });

  test("has what resources it may take, and nothing else of how it is deployed", () => {
    const resources = { limits: { memory: "268435456", cpus: 0.5, pids: 50 } };
    const { model, ...release } = request.release;
    const deploy = { mode: "replicated", replicas: 2, restart_policy: { condition: "any" }, resources };
    const services = { ...model.services, migrate: { ...model.services["migrate"], deploy } };
    const limited = { ...request, release: { ...release, model: { ...model, services } } };
    expect(jobModel(limited, "migrate", { subnets }).services["migrate"]?.deploy).toEqual({ resources });
  });

  test("gives a job what the request has for it beside its own, in the place of its command", () => {
    const jobs = { migrate: { environment: { PGAPPNAME: "run" }, command: ["sh", "-c", "echo $HOME"] } };
    const given = (job: ComposeModel) => job.services["migrate"];
    expect(given(jobModel({ ...request, jobs }, "migrate", { subnets }))).toMatchObject({
      environment: { ...shop.services["migrate"]?.environment, PGAPPNAME: "run" },
      command: ["sh", "-c", "echo $$HOME"],
    });
    const others = { other: jobs.migrate };
    expect(given(jobModel({ ...request, jobs: others }, "migrate", { subnets }))).toEqual(
      given(jobModel(request, "migrate", { subnets })),
    );
  });
});

test("what is mounted for one container alone is labelled for all, as there are two", () => {
  const { model } = request.release;
  const bind = (selinux: string) => ({ selinux, create_host_path: true });
  const volumes = ["Z", "z"].map((mode) => ({ type: "bind", source: "/certs", target: `/${mode}`, bind: bind(mode) }));
  const worker = { ...model.services["worker"], volumes };
  const release = { ...request.release, model: { ...model, services: { ...model.services, worker } } };
  const made = slotModel({ ...request, release }, { subnets }).services["worker"]?.volumes;
  expect(made?.map((mount) => mount["bind"])).toEqual([bind("z"), bind("z")]);
});

const key = fc.constantFrom("default", "back", "proxy");
const service: fc.Arbitrary<ComposeService> = fc.record(
  {
    image: fc.constantFrom("shop", "postgres:17", "nginx", "redis"),
    command: fc.constantFrom(["worker"], ["serve"], ["sh", "-c", "echo $$HOME"], null),
    container_name: fc.constant("fixed"),
    ports: fc.constantFrom([], [{ target: 80, published: "80", protocol: "tcp" }]),
    networks: fc.dictionary(key, fc.constantFrom(null, { aliases: ["a"] }, { ipv4_address: "172.30.0.2" }), {
      minKeys: 1,
    }),
    depends_on: fc.constant({ db: {} }),
    volumes: fc.array(
      fc.constantFrom(
        { type: "volume", source: "rows", target: "/rows" },
        { type: "bind", source: "/srv/shop/conf", target: "/conf", read_only: true },
        { type: "bind", source: "/srv/shop/data", target: "/data" },
      ),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: ["networks"] },
);
const model: fc.Arbitrary<ComposeModel> = fc
  .dictionary(fc.constantFrom("web", "api", "worker", "db", "proxy", "migrate"), service, { minKeys: 1 })
  .map((all) => withCheckout({ ...shop, services: all }, "/srv/shop"));

/** A slot's own networks are external no more. */
function withoutJoined({ services: made, ...rest }: ComposeModel) {
  const bare = Object.entries(made).map(([name, service]) => {
    const labels = { ...service.labels, "dev.sluice.joined": undefined };
    return [name, { ...service, labels }] as const;
  });
  return { ...rest, services: Object.fromEntries(bare) };
}

test("any slot model is free of what belongs to base, shares volumes only by reference, and is its own slot model", () => {
  fc.assert(
    fc.property(model, fc.boolean(), (any, shared) => {
      const overrides = Object.fromEntries(Object.keys(any.services).map((name) => [name, { sharedVolumes: shared }]));
      const facts = factsOf(any, overrides);
      const given = Object.fromEntries(
        slotNetworks(any, facts).map((network, index) => [network, `10.213.${index}.0/28`]),
      );
      const slot = slotModel(slotRequestOf(any, facts), { subnets: given });
      for (const made of Object.values(slot.services)) {
        for (const gone of ["ports", "container_name", "build"]) expect(made).not.toHaveProperty(gone);
        for (const name of Object.keys(made.depends_on ?? {})) expect(slot.services).toHaveProperty(name);
        for (const endpoint of Object.values(made.networks ?? {}))
          expect(endpoint ?? {}).not.toHaveProperty("ipv4_address");
        expect(JSON.stringify(made.volumes ?? [])).not.toContain("/srv/shop/conf");
      }
      for (const network of Object.values(slot.networks ?? {})) expect(network?.name).toMatch(/^shop-green_/);
      for (const volume of Object.values(slot.volumes ?? {})) expect(volume?.external).toBe(true);
      const again = slotModel(
        slotRequestOf(
          slot,
          facts.filter(({ name }) => name in slot.services),
        ),
        { subnets: given },
      );
      expect(withoutJoined(again)).toEqual(withoutJoined(slot));
    }),
  );
});
