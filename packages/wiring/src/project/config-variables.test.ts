import { parseConfig } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { checkSecrets } from "./check-secrets.ts";
import { configVariables, unreadyChecks } from "./config-variables.ts";

const config = parseConfig(
  `checks:
  - name: log in
    http: { path: "/\${env:A}", headers: { a: "\${env:B}" }, body: "\${env:C}", contains: "\${env:D}", header: { e: "\${env:E}" } }
  - load: { path: "/\${env:F}", headers: { a: "\${env:G}" }, body: "\${env:H}" }
  - sequence:
      - { path: /, json: { a: ["\${env:I}"] }, expect: { contains: "\${env:J}", json: { $.a: "\${env:K}" } }, capture: { x: { json: $.x } } }
      - { path: "/\${x}", headers: { key: "$\${env:LITERAL}" }, json: { "\${env:KEY}": 1 } }
  - prometheus: { url: "http://\${L}", headers: { a: "\${env:M}" }, query: 'up{slot="\${slot}"}', min: 1 }
  - { onNoData: warn, http: { path: "/\${env:WARNS}" } }
  - { name: "\${env:NAME}", command: { run: [echo, "\${env:ARGUMENT}"] } }
  - sentry: {}
sentry: { organization: acme, url: "https://\${env:N}", token: "\${SENTRY_TOKEN}", release: "shop@\${release}" }
notify: { titles: { live: "{stack}" }, channels: { team: { slack: { url: "\${env:CHAT}" } }, mail: { email: { host: mx, from: a@b, to: [c@d], user: u, password: "\${SMTP}" } } } }
github: { token: "\${env:GH}" }
`,
  "sluice.yaml",
);

describe("variables of a configuration", () => {
  it("are all that is filled in, however short it is written, and nothing that stays as it is", () => {
    const sent = "ABCDEFGHIJKLM".split("");
    expect(configVariables(config)).toEqual(["CHAT", "SMTP", ...sent, "WARNS", "N", "SENTRY_TOKEN"]);
  });

  it("are known as secrets in the short form too", () => {
    const short = parseConfig('sentry: { organization: acme, token: "${SENTRY_TOKEN}" }', "sluice.yaml");
    expect(checkSecrets(short, { SENTRY_TOKEN: "s-98765" })).toEqual(["s-98765"]);
  });

  it("that are not there leave checks unready, which say by name what they need", () => {
    const env = Object.fromEntries("CDEFGHIJKLMN".split("").map((name) => [name, "set"]));
    expect(unreadyChecks(config, { ...env, B: "" })).toEqual([
      { check: "checks.0 (log in)", missing: ["A", "B"] },
      { check: "checks.6", missing: ["SENTRY_TOKEN"] },
    ]);
    expect(unreadyChecks(config, { ...env, A: "x", B: "x", SENTRY_TOKEN: "x" })).toEqual([]);
  });
});
