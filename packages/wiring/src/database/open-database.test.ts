import { aContainer } from "@sluice/core/testing";
import { describe, expect, it } from "vitest";
import { startHint } from "./open-database.ts";

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
