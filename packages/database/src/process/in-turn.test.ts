import { expect, it } from "vitest";
import { answersInTurn, inTurn } from "./in-turn.ts";

it("what is asked together is answered one by one, also by nothing", () => {
  const asked = inTurn(["select 1;", "do 1;", "select 2; select 3;"]);
  // As a client does: what it is asked to say.
  const lines = Array.from(asked.matchAll(/select '?(.*?)'?;/g), ([, text = ""]) => text);
  expect(answersInTurn(lines)).toEqual([["1"], [], ["2", "3"]]);
  expect(answersInTurn([])).toEqual([[]]);
});
