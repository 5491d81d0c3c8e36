import { expect, it } from "vitest";
import { readPeers } from "./peers.ts";

const possible = () => "";
const impossible = () => "there is no dockerd";

it("peers are read in their order", () => {
  expect(readPeers("swarm,sluice", possible)).toEqual(["swarm", "sluice"]);
});

it.each(["", "sluice,", "by-hand", "toString"])("%o is no peer", (text) => {
  expect(() => readPeers(text, possible)).toThrow(/unknown peer .*: sluice, compose, swarm/);
});

it("Swarm is refused where it cannot have an engine, and nothing else is", () => {
  expect(() => readPeers("sluice,swarm", impossible)).toThrow(/there is no dockerd/);
  expect(readPeers("sluice,compose", impossible)).toEqual(["sluice", "compose"]);
});

it("unless peers are named, all are meant that can be", () => {
  expect(readPeers(undefined, possible)).toEqual(["sluice", "compose", "swarm"]);
  expect(readPeers(undefined, impossible)).toEqual(["sluice", "compose"]);
});
