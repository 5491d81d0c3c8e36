import { expect, it } from "vitest";
import { parseConfig } from "./parse-config.ts";

const parse = (text: string) => parseConfig(text, "sluice.yaml").database;

it("is absent where nobody wrote it, and has its defaults where somebody did", () => {
  expect(parse("")).toBeUndefined();
  expect(parse("database: {}")).toEqual({
    beforeDeploy: "proven",
    rehearsal: "off",
    timeout: 3_600_000,
    keep: 7,
    store: {},
    verify: { rows: "sampled", memory: 1_073_741_824, timeout: 3_600_000 },
  });
});

it.each([
  ["database: { keeep: 3 }", "database.keeep: unknown key"],
  ["database: { keep: 0 }", "database.keep"],
  ["database: { kind: oracle }", "database.kind"],
  ["database: { encryption: { recipient: ssh-ed25519 } }", "expected an age recipient that begins with age1"],
  ["database: { encryption: {} }", "database.encryption.recipient"],
  ["database: { verify: { memory: 1 } }", "database.verify.memory"],
  ["environments: { production: { database: { keep: none } } }", "database.keep"],
])("a mistake is named: %s", (text, message) => {
  expect(() => parse(text)).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringContaining(message) }),
  );
});
