import { expect, it } from "vitest";
import { readPeers } from "./peers.ts";

const possible = () => "";
const impossible = () => "there is no dockerd";

it("peers are read in their order", () => {
  expect(readPeers("swarm,sluice", possible)).toEqual({ names: ["swarm", "sluice"], without: "" });
});

it.each(["", "sluice,", "by-hand", "toString"])("%o is no peer", (text) => {
  expect(() => readPeers(text, possible)).toThrow(/unknown peer .*: sluice, compose, swarm/);
});

it("Swarm is refused where it cannot have an engine, and nothing else is", () => {
  expect(() => readPeers("sluice,swarm", impossible)).toThrow(/there is no dockerd/);
  expect(readPeers("sluice,compose", impossible)).toEqual({ names: ["sluice", "compose"], without: "" });
});

it("unless peers are named, all are meant that can be", () => {
  expect(readPeers(undefined, possible)).toEqual({ names: ["sluice", "compose", "swarm"], without: "" });
  const { names, without } = readPeers(undefined, impossible);
  expect(names).toEqual(["sluice", "compose"]);
  expect(without).toContain("there is no dockerd");
});
