import { expect, it } from "vitest";
import { neededFiles } from "./needed-files.ts";

const text = `services:
  web:
    env_file: [app.env, { path: ./more.env, required: false }, { path: sure.env, required: true }, /etc/shop.env, "~/x.env"]
    secrets: [key, { source: other, target: o }]
    configs: [conf]
  worker:
    env_file: "\${STAGE:-prod}.env"
    build: { context: ., secrets: [token] }
secrets:
  key: { file: ./secrets/key.pem }
  other: { environment: OTHER }
  token: { file: "\${TOKENS:-secrets}/token" }
  unused: { file: ./unused }
configs:
  conf: { file: "\${CONF}" }
`;

it("finds files by a path from the checkout that services are given", () => {
  expect(neededFiles([text], (name) => (name === "CONF" ? "conf/app.conf" : undefined))).toEqual([
    { kind: "env_file", name: "web", source: "app.env", isOptional: false },
    { kind: "env_file", name: "web", source: "./more.env", isOptional: true },
    { kind: "env_file", name: "web", source: "sure.env", isOptional: false },
    { kind: "env_file", name: "worker", source: "prod.env", isOptional: false, variable: "STAGE" },
    { kind: "secret", name: "key", source: "./secrets/key.pem", isOptional: false },
    { kind: "secret", name: "token", source: "secrets/token", isOptional: false, variable: "TOKENS" },
    { kind: "config", name: "conf", source: "conf/app.conf", isOptional: false, variable: "CONF" },
  ]);
});

it("a secret that a later file has otherwise is as that has it, and what is no compose file has none", () => {
  const files = ["./a", "./b"].map((file) => `services: { db: { secrets: [k] } }\nsecrets: { k: { file: ${file} } }`);
  expect(neededFiles([...files, "- no map", "services: { db: { env_file: { a: b } } }"])).toEqual([
    { kind: "secret", name: "k", source: "./b", isOptional: false },
  ]);
  expect(neededFiles([files[0] ?? "", "secrets: { k: { environment: K } }"])).toEqual([]);
  expect(neededFiles(['services: { db: { env_file: "${DIRECTORY}/app.env" } }'])).toEqual([]);
});

it("what is of services that do not run alone is not needed", () => {
  const written = neededFiles([text], (name) => (name === "CONF" ? "conf" : undefined), new Set(["web"]));
  expect(written.map(({ source }) => source)).toEqual(["prod.env", "secrets/token"]);
});
