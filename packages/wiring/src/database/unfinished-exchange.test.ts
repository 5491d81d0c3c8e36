import { type DatabaseAction, type DatabaseResult, databaseEntry } from "@sluice/core";
import { createFakeWorld } from "@sluice/testing";
import { beforeEach, expect, it } from "vitest";
import { unfinishedExchange } from "./unfinished-exchange.ts";

let journal: ReturnType<ReturnType<typeof createFakeWorld>["ports"]>["journal"];
beforeEach(() => {
  ({ journal } = createFakeWorld().ports());
});
const append = async (action: DatabaseAction, results: readonly DatabaseResult[], backup = "b1", service = "db") => {
  const of = { actor: "ada", reason: "", service, backup };
  for (const result of results) await journal.append(databaseEntry({ action, ...of, result }));
};
const found = () => unfinishedExchange(journal, "db");

it("a restore or an undo that was begun and has no end is unfinished, until it has one or another was begun", async () => {
  expect(await found()).toBeNull();
  await append("restore", ["begun"]);
  await append("backup", ["begun", "done"]);
  expect(await found()).toMatchObject({ action: "restore", backup: "b1", actor: "ada" });
  await append("restore", ["begun", "done"], "b2");
  expect(await found()).toBeNull();
  await append("restore-undo", ["begun"], "b2");
  expect(await found()).toMatchObject({ action: "restore-undo", backup: "b2" });
  await append("restore-undo", ["interrupted"], "b2");
  expect(await found()).toBeNull();
});

it("that of another database is not this one's", async () => {
  await append("restore", ["begun", "done"]);
  await append("restore", ["begun"], "a1", "analytics");
  expect(await found()).toBeNull();
  expect(await unfinishedExchange(journal, "analytics")).toMatchObject({ backup: "a1" });
});

it("what is set aside tells nothing where an earlier restore of the same backup has set it aside", async () => {
  await append("restore", ["begun", "done"]);
  await append("restore", ["begun"]);
  expect(await found()).toBeNull();
  await append("restore", ["failed"]);
  await append("restore-undo", ["begun", "done"]);
  await append("restore", ["begun"]);
  expect(await found()).toMatchObject({ action: "restore", backup: "b1" });
});
