import { parseConfig } from "@sluice/core";
import { expect, it } from "vitest";
import { checkSecrets } from "./check-secrets.ts";

it("values of the environment that checks send are secrets, and nothing else of it", () => {
  const config = parseConfig(
    `checks:
  - service: web
    sequence:
      - { path: "/\${env:PART}", headers: { authorization: "Bearer \${env:TOKEN}" } }
      - { method: POST, path: /login, json: { password: "\${env:PASSWORD}" } }
sentry: { organization: acme, token: "\${env:SENTRY_TOKEN}" }
`,
    "sluice.yaml",
  );
  const env = { TOKEN: "t-12345", PASSWORD: "hunter2", PART: "a", SENTRY_TOKEN: "s-98765", OTHER: "other-value" };
  expect(checkSecrets(config, env)).toEqual(["t-12345", "hunter2", "s-98765"]);
  expect(checkSecrets(parseConfig("", "sluice.yaml"), env)).toEqual([]);
});
