import type { ServiceFacts } from "@sluice/core";
import { aService } from "@sluice/testing";
import fc from "fast-check";
import type { RunParts } from "./scenario.ts";

/** What a release may be made of. A service keeps its kind, and its ports are its own. */
export interface Release {
  readonly shop: { readonly ports: readonly number[]; readonly listens: number };
  readonly admin: readonly number[] | null;
  readonly api: readonly number[] | null;
  readonly jobs: "overlap" | "in-turn" | null;
  readonly migrates: boolean;
  /** Images. */
  readonly db: string | null;
  readonly search: string | null;
  /** What is in the file that the proxy mounts. */
  readonly proxy: string | null;
}

export const releases: fc.Arbitrary<Release> = fc.record({
  shop: fc.record({ ports: fc.subarray([80, 81]), listens: fc.constantFrom(3000, 4000) }),
  admin: orNot(fc.subarray([82])),
  api: orNot(fc.subarray([83])),
  jobs: orNot(fc.constantFrom("overlap" as const, "in-turn" as const)),
  migrates: fc.boolean(),
  db: orNot(fc.constantFrom("db:1", "db:2")),
  search: orNot(fc.constantFrom("search:1", "search:2")),
  proxy: orNot(fc.constantFrom("one", "other")),
});

function orNot<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.option(arbitrary, { nil: null, freq: 2 });
}

/** A release as a checkout has it. */
export function checkoutOf({ shop, admin, api, jobs, migrates, db, search, proxy }: Release): RunParts {
  const services: (ServiceFacts | null)[] = [
    aService("shop", { ports: published(shop.ports, shop.listens), port: shop.listens }),
    admin && aService("admin", { ports: published(admin) }),
    api && aService("api", { strategy: "recreate", ports: published(api) }),
    jobs && aService("jobs", { role: "worker", overlap: jobs === "overlap" }),
    migrates ? aService("migrate", { role: "job" }) : null,
    db === null ? null : aService("db", { role: "data" }),
    search === null ? null : aService("search", { role: "support" }),
    proxy === null ? null : aService("proxy", { role: "edge", ports: published([443]) }),
  ];
  return {
    services: services.filter((service) => service !== null),
    images: { ...(db === null ? {} : { db }), ...(search === null ? {} : { search }) },
    files: proxy === null ? {} : { proxy },
  };
}

function published(ports: readonly number[], target = 3000): ServiceFacts["ports"] {
  return ports.map((port) => ({ published: port, target, protocol: "tcp" }));
}
