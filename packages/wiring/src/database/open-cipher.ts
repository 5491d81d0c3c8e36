import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type DatabaseConfig, SluiceError } from "@sluice/core";
import { type Cipher, createAgeCipher } from "@sluice/database";

/**
 * What backups are encrypted with; `null` where they are not. The identity is read when something is decrypted.
 *
 * @param directory that the configuration's paths start at
 */
export function openCipher({ encryption }: Pick<DatabaseConfig, "encryption">, directory: string): Cipher | null {
  if (!encryption) return null;
  const { recipient, identityFile } = encryption;
  if (identityFile === undefined) return createAgeCipher({ recipient });
  const path = resolve(directory, identityFile);
  return createAgeCipher({
    recipient,
    identity: () =>
      readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
        throw new SluiceError("BACKUP_KEY_WRONG", `the identity file ${path} cannot be read: ${cause.code}`, {
          hint: "database.encryption.identityFile names it: put it back there, as no backup that is encrypted for it opens without; or name another one",
          cause,
        });
      }),
  });
}

/** A server that only writes backups has no identity, and needs none. @throws SluiceError BACKUP_KEY_WRONG where the one it is to have is not there, or another's */
export async function assertIdentity(settings: Pick<DatabaseConfig, "encryption">, directory: string): Promise<void> {
  const cipher = openCipher(settings, directory);
  if (cipher?.canDecrypt) await cipher.test();
}
