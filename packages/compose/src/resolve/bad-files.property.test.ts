import { createRedactor } from "@sluice/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { secretVariables } from "../bundle-files/secret-values.ts";
import { composeError } from "./compose-errors.ts";
import { emptyVariables } from "./empty-variables.ts";
import { positionOf } from "./positions.ts";
import { envFilesOf, parseSource, referencedFiles } from "./source-files.ts";
import { composeWarnings } from "./variables.ts";

/** A compose file in which anything may stand in the place of anything. */
const anything = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(null, {}, [], "", "$", "${A", "*x", 0));
const service = fc.dictionary(
  fc.constantFrom("image", "extends", "env_file", "ports", "volumes", "depends_on", "environment"),
  fc.oneof(anything, fc.record({ file: anything, service: anything, path: anything })),
);
const file = fc.record(
  {
    services: fc.oneof(anything, fc.dictionary(fc.constantFrom("web", "db", "0"), fc.oneof(anything, service))),
    include: fc.oneof(anything, fc.array(fc.record({ path: anything, env_file: anything }))),
  },
  { requiredKeys: [] },
);
const text = fc.oneof(
  file.map((value) => JSON.stringify(value)),
  file.map((value) => JSON.stringify(value, null, 2).replaceAll('"', "")),
  fc.string(),
  fc.constantFrom(
    "services: { web: *gone }",
    "services:\n  <<: *gone",
    "a: &a [*a]",
    "---\n---\n",
    "services:\n\t- x",
    "&a",
  ),
);

/** What Compose says, in its forms, about names that may be anything. */
const name = fc.oneof(fc.constantFrom("web", "services.web.ports.0", "A", "0", "$&", "(", "\\"), fc.string());
const said = fc.oneof(
  fc.string(),
  fc.tuple(fc.nat(11), name, name).map(([form, a, b]) => {
    const forms = [
      `error while interpolating ${a}: required variable ${b} is missing a value: say it`,
      `env file ${a} not found: stat ${b}: no such file or directory`,
      `open ${a}: no such file or directory`,
      `failed to read ${a}: line ${b}: unexpected character "${a}" in variable name`,
      `(root) Additional property ${a} is not allowed`,
      `validating ${a}: services.${b} additional properties '${a}' not allowed`,
      `service "${a}" depends on undefined service "${b}": invalid compose project`,
      `service "${a}" refers to undefined volume ${b}: invalid compose project`,
      `No port specified: ${a}`,
      `invalid spec: ${a}:/x: empty section between colons`,
      `service "${a}" has neither an image nor a build context specified`,
      `time="2026-01-01" level=warning msg="The \\"${a}\\" variable is not set. ${b}"`,
    ];
    return forms[form] ?? "";
  }),
);

test("whatever stands in the files and whatever Compose says of them, it becomes an error with a code and no other", () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 2 }), text, said, (texts, env, message) => {
      const sources = texts.map((content, index) => parseSource(`${index}.yaml`, content));
      const envSources = [{ ...parseSource(".env", ""), text: env, document: null }];
      for (const source of sources) {
        for (const other of [...referencedFiles(source), ...envFilesOf(source)]) expect(other).toMatch(/^\//);
      }
      const { code } = composeError(
        message,
        [...sources, ...envSources],
        createRedactor(secretVariables({}, [env, ...texts])),
      );
      expect(code).toMatch(/^COMPOSE_(?:INVALID|MISSING|TOO_OLD)$/);
      composeWarnings(message, sources);
      emptyVariables(sources, envSources, { A: "" });
      positionOf(sources, ["services", "web", "ports", 0]);
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  ["docker: 'compose' is not a docker command.\nSee 'docker --help'", "COMPOSE_MISSING"],
  ["unknown shorthand flag: 'f' in -f\nSee 'docker --help'.", "COMPOSE_MISSING"],
  ["unknown flag: --format\nSee 'docker compose config --help'", "COMPOSE_TOO_OLD"],
])("%j is no fault of the project", (message, code) => {
  expect(composeError(message, [], (said) => said)).toMatchObject({
    code,
    exitCode: 10,
    hint: expect.stringContaining("plugin"),
  });
});
