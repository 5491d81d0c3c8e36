import type { S3Credentials } from "@sluice/database";

/** As Amazon's own tools find them; `undefined` where there is no key, and the machine may have a role. */
export function s3Credentials(env: Readonly<Record<string, string | undefined>>): S3Credentials | undefined {
  const accessKeyId = env["AWS_ACCESS_KEY_ID"];
  const secretAccessKey = env["AWS_SECRET_ACCESS_KEY"];
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, sessionToken: env["AWS_SESSION_TOKEN"] };
}
