import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anEvent } from "../testing/a-catalog.ts";
import { eventMarker, parseDdlEvents, rewriteReason } from "./ddl-events.ts";

const lineOf = (event: unknown) => `2026-05-01 10:00:00.000 UTC [77] LOG:  ${eventMarker} ${JSON.stringify(event)}`;

describe("events in a server's log", () => {
  it("are found among everything else, in order", () => {
    const [first, second] = [anEvent({ event: "start" }), anEvent({ event: "end", objects: ["public.orders"] })];
    const log = ["LOG:  database system is ready", lineOf(first), "ERROR:  sluice-rehearsal", lineOf(second), ""];
    expect(parseDdlEvents(log.join("\n"), "w1")).toEqual([first, second]);
  });

  it("of an older shape have what is missing filled in", () => {
    expect(
      parseDdlEvents(lineOf({ watch: "w1", event: "rewrite", xid: "7", at: 1, began: 1, table: 5, reason: 4 }), "w1"),
    ).toEqual([anEvent({ event: "rewrite", at: 1, began: 1, tag: "", table: 5, reason: 4 })]);
  });

  it("of another watch of the same server are not of this one", () => {
    expect(parseDdlEvents(lineOf(anEvent({ watch: "w0" })), "w1")).toEqual([]);
  });

  it("that were cut or are of somebody else are passed over, whatever they hold", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const event = anEvent();
        const cut = lineOf(event).slice(0, -1);
        const log = `${text.replaceAll(eventMarker, "")}\n${cut}\n${lineOf(event)}`;
        expect(parseDdlEvents(log, "w1")).toEqual([event]);
      }),
    );
  });
});

it("says why a table is written anew", () => {
  expect(rewriteReason(4)).toBe("a column got another type");
  expect(rewriteReason(6)).toBe("a column got a default that each row computes, a column got another type");
  expect(rewriteReason(0)).toBe("all its rows were written anew");
});
