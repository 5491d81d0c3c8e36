import { expect, it } from "vitest";
import { defaultUses, fillIn } from "./fill-in.ts";

const variables: Readonly<Record<string, string>> = { DATA: "/srv/data", TAG: "2", EMPTY: "" };
const lookUp = (name: string) => variables[name];

it.each([
  ["${DATA:-./data}:/data", "/srv/data:/data"],
  ["${NONE:-./data}:/data", "./data:/data"],
  ["${EMPTY:-./data}", "./data"],
  ["${EMPTY-./data}", ""],
  ["${NONE:-${DATA}/x}/${TAG}", "/srv/data/x/2"],
  ["${NONE:-${ALSO:-./y}}/z", "./y/z"],
  ["$DATA/$TAG", "/srv/data/2"],
  ["${DATA:?where}/x", "/srv/data/x"],
  ["${TAG:+-alpine}${NONE:+x}", "-alpine"],
  ["${NONE}/x$ALSO", "${NONE}/x${ALSO}"],
  ["./${NONE:?where: there}/x", "./${NONE}/x"],
  ["$$DATA/$${TAG}", "$$DATA/$${TAG}"],
  ["${NONE:-open", "${NONE:-open"],
  ["costs $5", "costs $5"],
])("fills %s in as Compose does", (text, expected) => {
  expect(fillIn(text, lookUp)).toBe(expected);
});

it("finds what has something to say for a variable that is not set, also within another, and in no comment", () => {
  const text = 'image: "web:${TAG:-latest}"\n# ${OLD:-x}\nurl: ${A-${B:-b}}/${C:?c}/$D/$${E:-e}/${F:+f}\n';
  expect(defaultUses(text)).toEqual([
    { name: "TAG", text: "${TAG:-latest}", isEmptyUnset: true },
    { name: "A", text: "${A-${B:-b}}", isEmptyUnset: false },
    { name: "B", text: "${B:-b}", isEmptyUnset: true },
    { name: "F", text: "${F:+f}", isEmptyUnset: true },
  ]);
});
