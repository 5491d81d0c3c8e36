import { systemClock as clock } from "@sluice/core/node";
import { expect, it } from "vitest";
import { createEngine } from "./engine.ts";
import { stopContainer } from "./stop.ts";

it("leaves no note of a stop that the engine was never asked for", async () => {
  const notes = new Map<string, string>();
  const stopNotes = {
    get: async (id: string) => notes.get(id),
    set: async (id: string, startedAt: string) => void notes.set(id, startedAt),
    remove: async (id: string) => void notes.delete(id),
  };
  const engine = createEngine({ env: { DOCKER_HOST: "unix:///nowhere/docker.sock" }, clock, stopNotes });
  const State = { Running: true, StartedAt: "2026-01-01T00:00:00Z" } as never;
  await expect(stopContainer(engine, { Id: "c1", State })).rejects.toThrow("ENOENT");
  expect([...notes]).toEqual([]);
});
