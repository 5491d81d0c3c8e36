import { homeFindings, type ObservedStack, stackFindings } from "@sluice/core";
import { aContainer, aDoor, aService, aStack } from "@sluice/core/testing";
import { describe, expect, it } from "vitest";
import { findingDiagnoses } from "./finding-diagnoses.ts";
import { homeDiagnoses } from "./home-diagnoses.ts";
import { memoryDiagnoses } from "./memory-diagnoses.ts";

const gibibyte = 1_073_741_824;
const codes = (diagnoses: readonly { readonly code: string }[]) => diagnoses.map(({ code }) => code);

const live = { slot: "blue", release: "r1" } as const;

describe("of what status finds, the doctor", () => {
  const diagnose = (over: Partial<ObservedStack>) => {
    const services = [aService("web"), aService("worker", { role: "worker" }), aService("db", { role: "data" })];
    const observed = { ...aStack({ services, live }), ...over };
    return findingDiagnoses([...stackFindings(observed, services), ...homeFindings(observed, "home")]);
  };
  const link = {
    slot: "blue",
    service: "db",
    container: "shop-db-1",
    link: "shop-blue_link",
    aliases: ["db"],
  } as const;

  it("says nothing where all is well", () => {
    expect(diagnose({})).toEqual([]);
  });

  it.each([
    ["error home-mismatch", { homeId: "other" }],
    ["error door-stopped", { doors: { web: aDoor("web", null, { state: "stopped" }) } }],
    ["error door-silent", { doors: { web: aDoor("web", null) } }],
    [
      "warn door-outdated",
      { doors: { web: aDoor("web", { stable: "blue", share: 0, salt: 0 }, { state: "outdated" }) } },
    ],
    ["error missing-link", { missingLinks: [link] }],
    ["error second-worker", { plain: [aContainer("worker")] }],
    [
      "warn network-redefined",
      { redefined: [{ kind: "network", key: "back", name: "shop_back", differing: ["internal"] }] },
    ],
    [
      "warn volume-redefined",
      { redefined: [{ kind: "volume", key: "data", name: "shop_data", differing: ["driver"] }] },
    ],
    ["warn second-copy", { plain: [aContainer("web")] }],
    [
      "warn foreign-project",
      {
        foreign: [
          { project: "shop-green", place: "green", containers: ["a"], networks: [], isShared: false, owner: null },
        ],
      },
    ],
    ["warn others-on-network", { guests: [{ network: "shop_back", key: "back", container: "grafana" }] }],
  ] as const)("says how bad it is, why, and what mends it: %s", (expected, over) => {
    const diagnoses = diagnose(over);
    expect(diagnoses.map(({ severity, code }) => `${severity} ${code}`)).toContain(expected);
    expect(
      diagnoses.filter(({ why, mend }) => why === "" || why.includes("as a deployment left it") || mend === ""),
    ).toEqual([]);
  });
});

describe("the doctor", () => {
  it("wants the state home on a disk that has room", () => {
    const home = { path: "/var/lib/sluice/shop", fileSystem: 0xef53, freeBytes: gibibyte, readOnly: null };
    expect(homeDiagnoses(home)).toEqual([]);
    expect(codes(homeDiagnoses({ ...home, fileSystem: 0x0102_1994 }))).toEqual(["home-in-memory"]);
    expect(codes(homeDiagnoses({ ...home, freeBytes: 1_000 }))).toEqual(["home-disk-low"]);
  });

  it("wants room for two versions in memory", () => {
    expect(memoryDiagnoses({ availableBytes: gibibyte, totalBytes: 8 * gibibyte })).toEqual([]);
    expect(codes(memoryDiagnoses({ availableBytes: gibibyte / 4, totalBytes: 8 * gibibyte }))).toEqual(["memory-low"]);
    expect(codes(memoryDiagnoses({ availableBytes: 1_000, totalBytes: gibibyte / 2 }))).toEqual(["memory-low"]);
  });
});
