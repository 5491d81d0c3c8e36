import { Readable } from "node:stream";
import type { S3Client, S3ClientConfig } from "@aws-sdk/client-s3";
import { SluiceError } from "@sluice/core";
import { noting } from "../../process/noting.ts";
import type { Objects, StoredObject, Unfinished } from "../objects.ts";

export interface S3Options {
  readonly bucket: string;
  /** Beginning of all names, such as `backups/shop/`. Default: none. */
  readonly prefix?: string | undefined;
  readonly region: string;
  /** Of anything but Amazon's own. Default: Amazon's for the region. */
  readonly endpoint?: string | undefined;
  /** The bucket is in the path, not in the name of the host, as most servers but Amazon's want it. */
  readonly pathStyle?: boolean | undefined;
  /** Secret. Default: what the library finds by itself, such as the role of the machine. */
  readonly credentials?: S3Credentials | undefined;
}

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** 10,000 parts are allowed: a dump of 160 GB. Two of them are in memory at once. */
const partBytes = 16 << 20;

/** Objects of a bucket of S3 or of a server that speaks its protocol. The library is loaded at the first call. */
export function createS3Objects(options: S3Options): Objects {
  const { bucket: Bucket, prefix = "" } = options;
  const place = `s3://${Bucket}/${prefix}`.replace(/\/$/, "");
  let opened: Promise<S3> | undefined;
  const s3 = () => (opened ??= openS3(options));
  const keyOf = (name: string) => ({ Bucket, Key: `${prefix}${name}` });

  const attempt = async <T>(what: string, run: (s3: S3) => Promise<T>, signal?: AbortSignal): Promise<T> => {
    try {
      return await run(await s3());
    } catch (error) {
      signal?.throwIfAborted();
      throw s3Error(error, `${what} ${place} failed`);
    }
  };
  const get = (name: string, signal?: AbortSignal) =>
    attempt("reading from", async ({ sdk, client }) => {
      try {
        const { Body } = await client.send(
          new sdk.GetObjectCommand(keyOf(name)),
          signal ? { abortSignal: signal } : {},
        );
        return Body instanceof Readable ? Body : Readable.from([]);
      } catch (error) {
        if (error instanceof sdk.NoSuchKey) return null;
        throw error;
      }
    });

  return {
    place,
    list: (signal) =>
      attempt(
        "listing",
        async ({ sdk, client }) => {
          const found: StoredObject[] = [];
          for await (const page of sdk.paginateListObjectsV2({ client }, { Bucket, Prefix: prefix })) {
            signal?.throwIfAborted();
            for (const { Key = "", LastModified = new Date(0) } of page.Contents ?? []) {
              found.push({ name: Key.slice(prefix.length), modified: LastModified });
            }
          }
          return found;
        },
        signal,
      ),
    async put(name, source, signal) {
      const failed: unknown[] = [];
      await attempt(
        "writing to",
        async ({ client, Upload }) => {
          const Body = Readable.from(noting(source, failed), { objectMode: false });
          const upload = new Upload({ client, params: { ...keyOf(name), Body }, partSize: partBytes, queueSize: 2 });
          const abort = () => void upload.abort();
          signal?.addEventListener("abort", abort, { once: true });
          try {
            await upload.done();
          } catch (error) {
            throw failed.length > 0 ? failed[0] : error;
          } finally {
            signal?.removeEventListener("abort", abort);
          }
        },
        signal,
      );
    },
    putText: (name, text) =>
      attempt("writing to", async ({ sdk, client }) => {
        await client.send(new sdk.PutObjectCommand({ ...keyOf(name), Body: text }));
      }),
    async getText(name) {
      const bytes = await get(name);
      if (!bytes) return null;
      const chunks: Uint8Array[] = [];
      for await (const chunk of bytes) chunks.push(chunk as Uint8Array);
      return Buffer.concat(chunks).toString("utf8");
    },
    get: async (name, signal) => {
      const bytes = await get(name, signal);
      return bytes && reading(bytes, place, signal);
    },
    remove: (name) =>
      attempt("removing from", async ({ sdk, client }) => {
        await client.send(new sdk.DeleteObjectCommand(keyOf(name)));
      }),
    unfinished: () => attempt("listing", async (opened) => unfinishedIn(opened, Bucket, prefix)),
  };
}

type Library = typeof import("@aws-sdk/client-s3");

interface S3 {
  readonly sdk: Library;
  readonly client: S3Client;
  readonly Upload: typeof import("@aws-sdk/lib-storage").Upload;
}

/** Else it writes to the console. */
const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };
function ignore(): void {}

async function openS3({ region, endpoint, pathStyle = false, credentials }: S3Options): Promise<S3> {
  const [sdk, { Upload }] = await Promise.all([import("@aws-sdk/client-s3"), import("@aws-sdk/lib-storage")]);
  const config: S3ClientConfig = {
    region,
    forcePathStyle: pathStyle,
    logger: silent,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined
      ? {}
      : { credentials: { ...credentials, sessionToken: credentials.sessionToken ?? "" } }),
  };
  return { sdk, client: new sdk.S3Client(config), Upload };
}

/** Servers that cannot tell, and keys that may not ask, leave them to a rule of the bucket. */
async function unfinishedIn({ sdk, client }: S3, Bucket: string, prefix: string): Promise<readonly Unfinished[]> {
  const request = new sdk.ListMultipartUploadsCommand({ Bucket, Prefix: prefix });
  const { Uploads = [] } = await client.send(request).catch((error: unknown) => {
    const status = error instanceof sdk.S3ServiceException ? error.$metadata.httpStatusCode : undefined;
    if (status !== 501 && status !== 403) throw error;
    return { Uploads: [] };
  });
  return Uploads.map(({ Key = "", UploadId }) => ({
    name: Key.slice(prefix.length),
    async discard() {
      await client.send(new sdk.AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    },
  }));
}

async function* reading(bytes: Readable, place: string, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of bytes) yield chunk as Uint8Array;
  } catch (error) {
    signal?.throwIfAborted();
    throw s3Error(error, `reading from ${place} failed`);
  }
}

/** Errors of Sluice and of the source pass through; the library's name what the server said. */
function s3Error(error: unknown, what: string): unknown {
  const {
    name = "",
    message = "",
    $metadata,
    code,
  } = error as {
    name?: string;
    message?: string;
    code?: string;
    $metadata?: object;
  };
  const isTheirs = $metadata !== undefined || /^E[A-Z]+$/.test(code ?? "") || name === "CredentialsProviderError";
  if (error instanceof SluiceError || !isTheirs) return error;
  return new SluiceError("BACKUP_FAILED", `${what}: ${code ?? name}${message ? `: ${message}` : ""}`, {
    hint: "check database.store.s3, the rights of its key (list, get, put, delete) and whether the server can be reached",
    retryable: true,
    cause: error,
  });
}
