import { expect, it } from "vitest";
import { emptyVariables } from "./empty-variables.ts";
import { parseSource } from "./source-files.ts";

const compose = parseSource(
  "compose.yaml",
  [
    "services:",
    "  web:",
    "    image: app:${TAG}",
    "    # ${COMMENTED}",
    '    command: echo $GREETING $$ESCAPED ${TAG} ${OPTIONAL:-} ${NEEDED:?no} "${FILLED}"',
  ].join("\n"),
);
const dotEnv = (text: string) => ({ ...parseSource(".env", ""), text });

function found(env: Record<string, string>, file = "") {
  return emptyVariables([compose], [dotEnv(file)], env).map(
    ({ message, position }) => `${message} ${position?.line}:${position?.column}`,
  );
}

it("variables that are set to nothing are found at their first use", () => {
  expect(found({ TAG: "", GREETING: "", FILLED: "x" })).toEqual([
    "variable TAG is set, and empty 3:16",
    "variable GREETING is set, and empty 5:19",
  ]);
});

it("what may be empty, is escaped, commented out or not set at all is not among them", () => {
  expect(found({ OPTIONAL: "", NEEDED: "", ESCAPED: "", COMMENTED: "" })).toEqual([]);
  expect(found({})).toEqual([]);
});

it.each(["TAG=", "TAG=   ", 'TAG=""', "export TAG=''", "TAG= # later", "TAG=v1\nTAG=\r"])(
  "an env file sets it to nothing by %j",
  (text) => {
    expect(found({}, text)).toEqual(["variable TAG is set, and empty 3:16"]);
  },
);

it.each(["TAG=v1", "TAG='#'", "TAG=\nTAG=v1", "XTAG=", "#TAG="])("an env file does not by %j", (text) => {
  expect(found({}, text)).toEqual([]);
});

it("the environment has the last word", () => {
  expect(found({ TAG: "v1" }, "TAG=")).toEqual([]);
  expect(found({ TAG: "" }, "TAG=v1")).toEqual(["variable TAG is set, and empty 3:16"]);
});

it("secrets that a service is given by their name alone are among them, in both spellings", () => {
  const text =
    "services:\n  web: { environment: [KEY, 'A=', B=x, HTTP_PROXY, LOG_LEVEL] }\n  worker:\n    environment:\n      TOKEN:\n      C: ''\n      DATABASE_URL:\n";
  const env = { KEY: "", TOKEN: "", A: "", B: "", C: "", HTTP_PROXY: "", LOG_LEVEL: "", DATABASE_URL: "" };
  expect(emptyVariables([parseSource("compose.yaml", text)], [], env)).toMatchObject([
    { message: "variable DATABASE_URL is set, and empty", position: { line: 7, column: 7 } },
    { message: "variable TOKEN is set, and empty", position: { line: 5, column: 7 } },
    { message: "variable KEY is set, and empty", position: { line: 2, column: 24 } },
  ]);
});
