import { aContainer, aService, aStack } from "@sluice/core/testing";
import { describe, expect, it } from "vitest";
import { runningContainer, startHint } from "./open-database.ts";

describe("what starts a database that does not run", () => {
  const hint = (state?: "exited" | "paused") => {
    const containers = state ? [aContainer("db", { state })] : [];
    return startHint("db", { base: { db: { service: "db", state: "stopped", reason: "", containers } } });
  };

  it("is the engine where its container is there, and a deployment where it is gone or in a slot", () => {
    expect(hint("exited")).toBe("docker start shop-db-1");
    expect(hint("paused")).toBe("docker unpause shop-db-1");
    expect(hint()).toBe("sluice deploy brings it back");
    expect(startHint("web", { base: {} })).toBe("sluice deploy brings it back");
  });
});

describe("the container that a database is reached through", () => {
  const db = aService("db", { role: "data" });
  const off = { ...db, active: false, inactiveProfiles: ["prod"] };

  it("is the one that runs", () => {
    const observed = aStack({ services: [db], live: { slot: "blue", release: "r-1" } });
    expect(runningContainer("db", observed, [db])).toMatchObject({ name: "shop-db-1" });
  });

  it("is missed for its profile, where that is not active, and not for being down", () => {
    expect(() => runningContainer("db", aStack(), [db])).toThrow(
      expect.objectContaining({ code: "DATABASE_UNREACHABLE", message: expect.stringMatching(/^db does not run/) }),
    );
    expect(() => runningContainer("db", aStack(), [off])).toThrow(
      expect.objectContaining({
        code: "DATABASE_UNREACHABLE",
        message: "db is under profile prod, which is not active: its database is reached through it",
        hint: expect.stringMatching(/^add prod to COMPOSE_PROFILES /),
      }),
    );
  });
});
