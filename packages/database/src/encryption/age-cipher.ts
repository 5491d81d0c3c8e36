import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { SluiceError } from "@sluice/core";
import { noting } from "../process/noting.ts";

/** A backup, and whom it is encrypted for: not whom backups are encrypted for now, where the pair was changed since. */
export interface Sealed {
  readonly backup: string;
  readonly recipient: string;
}

/** Encrypts a stream for one recipient, and decrypts it for who holds the identity. Memory is constant. */
export interface Cipher {
  readonly alg: "age";
  readonly recipient: string;
  /** An identity is at hand. Servers that only write backups need none. */
  readonly canDecrypt: boolean;
  encrypt(source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  /**
   * The cipher authenticates chunk by chunk: what is passed on is what was encrypted, and a missing end is an error.
   *
   * @param sealed for the error; default: it is encrypted for `recipient`
   * @throws SluiceError BACKUP_KEY_WRONG, BACKUP_CORRUPT
   */
  decrypt(source: AsyncIterable<Uint8Array>, sealed?: Sealed): AsyncIterable<Uint8Array>;
  /** Encrypts and decrypts a few bytes. @throws SluiceError BACKUP_KEY_WRONG when the identity is not the recipient's */
  test(): Promise<void>;
}

export interface AgeOptions {
  /** `age1…` */
  readonly recipient: string;
  /**
   * Text of an identity file, asked for when something is decrypted. Secret. Any of its identities opens what is for it: those
   * of earlier recipients belong there as long as their backups do. Default: nothing can be decrypted.
   */
  readonly identity?: (() => Promise<string>) | undefined;
}

/** The format of age (age-encryption.org/v1), so that a backup opens with any tool that knows it: `age -d -i KEY`. */
export function createAgeCipher({ recipient, identity }: AgeOptions): Cipher {
  const load = () => import("age-encryption");
  const cipher: Cipher = {
    alg: "age",
    recipient,
    canDecrypt: identity !== undefined,
    async *encrypt(source) {
      const { Encrypter } = await load();
      const encrypter = new Encrypter();
      try {
        encrypter.addRecipient(recipient);
      } catch (cause) {
        throw new SluiceError("BACKUP_KEY_WRONG", `${JSON.stringify(recipient)} is no age recipient`, {
          hint: "make a pair with age-keygen, and write its public key to database.encryption.recipient",
          cause,
        });
      }
      yield* fromWeb(await encrypter.encrypt(toWeb(source)));
    },
    async *decrypt(source, sealed) {
      const { Decrypter } = await load();
      const decrypter = new Decrypter();
      for (const key of await identities(identity)) addIdentity(decrypter, key);
      // What the source throws is its own to say; everything else is the format's.
      const failed: unknown[] = [];
      try {
        yield* fromWeb(await decrypter.decrypt(toWeb(noting(source, failed))));
      } catch (error) {
        throw failed.length > 0 ? failed[0] : decryptError(error, sealed ?? recipient);
      }
    },
    async test() {
      const sent = Buffer.from("sluice");
      const parts: Uint8Array[] = [];
      for await (const part of cipher.decrypt(cipher.encrypt(once(sent)))) parts.push(part);
      if (!Buffer.concat(parts).equals(sent)) throw wrongKey(recipient);
    },
  };
  return cipher;
}

async function identities(read: AgeOptions["identity"]): Promise<readonly string[]> {
  if (!read) {
    throw new SluiceError("BACKUP_KEY_WRONG", "the backup is encrypted, and no identity is configured", {
      hint: "name the file with the identity: database.encryption.identityFile",
    });
  }
  const lines = (await read()).split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "" && !line.startsWith("#"));
}

function addIdentity(decrypter: { addIdentity(identity: string): void }, key: string): void {
  try {
    decrypter.addIdentity(key);
  } catch {
    // The library's message may quote the key.
    throw new SluiceError("BACKUP_KEY_WRONG", "the identity file holds a line that is no age identity", {
      hint: "expected lines that begin with AGE-SECRET-KEY-1, as age-keygen writes them",
    });
  }
}

function decryptError(error: unknown, sealed: Sealed | string): unknown {
  if (/no identity matched/i.test((error as Error).message)) return wrongKey(sealed, error);
  return new SluiceError("BACKUP_CORRUPT", "the backup cannot be decrypted: it was changed or cut off", {
    cause: error,
  });
}

function wrongKey(sealed: Sealed | string, cause?: unknown): SluiceError {
  const whose = "age-keygen -y FILE shows whose identities a file holds";
  if (typeof sealed === "string") {
    return new SluiceError("BACKUP_KEY_WRONG", `the identity is not that of recipient ${sealed}`, {
      hint: `use the identity that belongs to it; ${whose}`,
      cause,
    });
  }
  const { backup, recipient } = sealed;
  return new SluiceError(
    "BACKUP_KEY_WRONG",
    `backup ${backup} is encrypted for ${recipient}, whose identity is not in the identity file`,
    { hint: `add it to database.encryption.identityFile, which may hold several, a line each; ${whose}`, cause },
  );
}

/** Asks for a chunk only when one is read: a slow reader makes the source wait. */
function toWeb(source: AsyncIterable<Uint8Array>): globalThis.ReadableStream<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  return new globalThis.ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}

function fromWeb(stream: globalThis.ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> {
  return Readable.fromWeb(stream as ReadableStream<Uint8Array>);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
