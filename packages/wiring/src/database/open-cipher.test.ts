import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterAll, beforeAll, expect, it } from "vitest";
import { assertIdentity } from "./open-cipher.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-cipher-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

it("an identity that is to be there is, and is that of the recipient; who only writes backups needs none", async () => {
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  const check = (identityFile?: string) => assertIdentity({ encryption: { recipient, identityFile } }, directory);
  await expect(check("backup.key")).rejects.toMatchObject({
    code: "BACKUP_KEY_WRONG",
    message: expect.stringMatching(/backup\.key cannot be read: ENOENT$/),
    hint: expect.stringContaining("database.encryption.identityFile"),
  });
  await writeFile(join(directory, "backup.key"), await generateX25519Identity());
  await expect(check("backup.key")).rejects.toMatchObject({ code: "BACKUP_KEY_WRONG" });
  await writeFile(join(directory, "backup.key"), identity);
  await check("backup.key");
  await check();
  await assertIdentity({}, directory);
});
