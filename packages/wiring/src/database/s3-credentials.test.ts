import { parseConfig } from "@sluice/core";
import { expect, it } from "vitest";
import { checkSecrets } from "../project/check-secrets.ts";
import { s3Credentials } from "./s3-credentials.ts";

const env = { AWS_ACCESS_KEY_ID: "AKIA1", AWS_SECRET_ACCESS_KEY: "hunter2" };

it("the key of a bucket is the environment's, whole or not at all", () => {
  expect(s3Credentials(env)).toEqual({ accessKeyId: "AKIA1", secretAccessKey: "hunter2", sessionToken: undefined });
  expect(s3Credentials({ ...env, AWS_SESSION_TOKEN: "t" })?.sessionToken).toBe("t");
  expect(s3Credentials({ AWS_ACCESS_KEY_ID: "AKIA1" })).toBeUndefined();
  expect(s3Credentials({})).toBeUndefined();
});

it("is masked wherever it could be shown, where there is a bucket", () => {
  const secrets = (text: string) => checkSecrets(parseConfig(text, "sluice.yaml"), env);
  expect(secrets("database: { store: { s3: { bucket: backups } } }")).toEqual(["hunter2"]);
  expect(secrets("database: {}")).toEqual([]);
});
