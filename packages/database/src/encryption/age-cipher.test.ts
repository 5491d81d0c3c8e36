import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { array, assert as assertProperty, asyncProperty, uint8Array } from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { bytesOf, chunks } from "../testing/bytes.ts";
import { createAgeCipher } from "./age-cipher.ts";

let identity = "";
let recipient = "";
let stranger = "";
beforeAll(async () => {
  identity = await generateX25519Identity();
  recipient = await identityToRecipient(identity);
  stranger = await generateX25519Identity();
});

const cipherOf = (key: () => string = () => identity) =>
  createAgeCipher({ recipient, identity: async () => `# public key: ${recipient}\n${key()}\n` });

async function all(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of source) parts.push(part);
  return Buffer.concat(parts);
}

async function* parts(bytes: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* bytes;
}

describe("the cipher of backups", () => {
  it("gives back any bytes, however they are cut", async () => {
    await assertProperty(
      asyncProperty(array(uint8Array({ maxLength: 200 })), async (pieces) => {
        const cipher = cipherOf();
        expect(await all(cipher.decrypt(cipher.encrypt(parts(pieces))))).toEqual(Buffer.concat(pieces));
      }),
      { numRuns: 20 },
    );
  });

  it("hides what it encrypts, over many of its chunks", async () => {
    const plain = Buffer.alloc(300_000, "secret row");
    const cipher = cipherOf();
    const sealed = await all(cipher.encrypt(parts([plain])));
    expect(sealed.includes("secret")).toBe(false);
    expect((await all(cipher.decrypt(parts([sealed])))).equals(plain)).toBe(true);
  });

  it("is the format of age", async () => {
    expect(await bytesOf(cipherOf().encrypt(chunks("x")))).toMatch(/^age-encryption\.org\/v1\n-> X25519 /);
  });
});

describe("keys are tested", () => {
  it("the pair that belongs together passes", async () => {
    await cipherOf().test();
  });

  it("a stranger's, no and a broken identity do not, and none is shown", async () => {
    await expect(cipherOf(() => stranger).test()).rejects.toMatchObject({
      code: "BACKUP_KEY_WRONG",
      message: expect.stringContaining(recipient),
    });
    await expect(createAgeCipher({ recipient }).test()).rejects.toMatchObject({ code: "BACKUP_KEY_WRONG" });
    const broken = await cipherOf(() => `${identity}X`)
      .test()
      .catch((error: unknown) => error);
    expect(broken).toMatchObject({ code: "BACKUP_KEY_WRONG" });
    expect(JSON.stringify(broken) + String((broken as Error).cause)).not.toContain(identity);
  });

  it("what is no recipient is refused", async () => {
    const cipher = createAgeCipher({ recipient: "age1nonsense" });
    await expect(all(cipher.encrypt(chunks("x")))).rejects.toMatchObject({ code: "BACKUP_KEY_WRONG" });
  });
});

describe("damage", () => {
  const damaged = async (change: (sealed: Buffer) => Buffer) => {
    const cipher = cipherOf();
    const sealed = await all(cipher.encrypt(parts([Buffer.alloc(200_000, "x")])));
    return all(cipher.decrypt(parts([change(sealed)]))).catch((error: unknown) => error);
  };

  it.each([0.001, 0.5, 0.9, 0.9999])("cut off at %d of it", async (share) => {
    const error = await damaged((sealed) => sealed.subarray(0, Math.floor(sealed.length * share)));
    expect(error).toMatchObject({ code: "BACKUP_CORRUPT" });
  });

  it.each([0.0005, 0.3, 0.7, 0.9999])("a flipped bit at %d of it", async (share) => {
    const error = await damaged((sealed) => {
      const at = Math.floor(sealed.length * share);
      sealed[at] = (sealed[at] ?? 0) ^ 1;
      return sealed;
    });
    expect(["BACKUP_CORRUPT", "BACKUP_KEY_WRONG"]).toContain((error as { code: string }).code);
  });
});

it("what its source fails with passes through", async () => {
  async function* failing() {
    yield Buffer.from("age-encryption.org/v1\n");
    throw new Error("the disk");
  }
  await expect(all(cipherOf().decrypt(failing()))).rejects.toThrow("the disk");
});
