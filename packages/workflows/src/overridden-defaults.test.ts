import { expect, it } from "vitest";
import { overriddenDefaults } from "./overridden-defaults.ts";

const text = `services:
  web:
    image: web:\${TAG:-latest}
    environment:
      PORT: \${PORT-80}
      MODE: \${MODE:-live}
      LEVEL: \${LEVEL:-info}
      NONE: \${NONE:-a}
      ZONE: \${TZ:-UTC}
      ID: \${UID:-1000}
      FLAG: \${FLAG:+--on}
      PLAIN: \${PLAIN:?}
      PROFILES: \${COMPOSE_PROFILES:-none}
`;
const own =
  "TAG=2\nPORT=8080\nMODE=live\nLEVEL=\nTZ=Europe/Berlin\nUID=1001\nFLAG=1\nPLAIN=a\nOTHER=b\nCOMPOSE_PROFILES=x\n";

it("finds what an env file that git does not have says otherwise than the defaults", () => {
  expect(overriddenDefaults([text], own)).toEqual([
    { name: "TAG", mayBeEmpty: true },
    { name: "PORT", mayBeEmpty: false },
    { name: "TZ", mayBeEmpty: false },
    { name: "UID", mayBeEmpty: false },
    { name: "FLAG", mayBeEmpty: true },
  ]);
  expect(overriddenDefaults([text], "")).toEqual([]);
});

it("one that some file takes an empty text of for a value may not be empty", () => {
  expect(overriddenDefaults([text, "name: x${TAG-1}\n"], "TAG=2\n")).toEqual([{ name: "TAG", mayBeEmpty: false }]);
  expect(overriddenDefaults([text, "name: x${MODE:-${TAG:-1}}\n"], "TAG=2\n")).toEqual([
    { name: "TAG", mayBeEmpty: true },
  ]);
});

it("nor may one that a build is given by its name alone, of which an empty text is not the default of the ARG", () => {
  const of = (args: string) => `services: { web: { image: "web:\${TAG:-1}", build: { context: ., args: ${args} } } }`;
  const may = (args: string) => overriddenDefaults([of(args)], "TAG=2\n").map(({ mayBeEmpty }) => mayBeEmpty);
  expect(["[TAG]", "{ TAG: }"].map(may)).toEqual([[false], [false]]);
  expect(["[TAG=1]", "{ TAG: '1' }", "[OTHER]"].map(may)).toEqual([[true], [true], [true]]);
});
