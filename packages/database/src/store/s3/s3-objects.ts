import { Readable } from "node:stream";
import type { ListMultipartUploadsCommandOutput, MultipartUpload, S3Client, S3ClientConfig } from "@aws-sdk/client-s3";
import { SluiceError } from "@sluice/core";
import { noting } from "../../process/noting.ts";
import type { Objects, StoredObject } from "../objects.ts";
import { partBytesFor, withinParts } from "./part-size.ts";
import { isSilence, readUnlessSilent } from "./silence.ts";

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
  /** Without a byte of the server for so long, a request has failed; it is sent twice more. Default: 60 s. */
  readonly silenceMs?: number | undefined;
}

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

const defaultSilenceMs = 60_000;
const connectMs = 15_000;
/** Parts that are left where the server does not answer meanwhile go with the next sweep. */
const discardMs = 10_000;

/** Objects of a bucket of S3 or of a server that speaks its protocol. The library is loaded at the first call. */
export function createS3Objects(options: S3Options): Objects {
  const { bucket: Bucket, prefix = "", silenceMs = defaultSilenceMs } = options;
  const place = `s3://${Bucket}/${prefix}`.replace(/\/$/, "");
  let opened: Promise<S3> | undefined;
  const s3 = () => (opened ??= openS3(options, silenceMs));
  const keyOf = (name: string) => ({ Bucket, Key: `${prefix}${name}` });
  const failed = (error: unknown, what: string) => s3Error(error, `${what} ${place} failed`, silenceMs);

  const attempt = async <T>(what: string, run: (s3: S3) => Promise<T>, signal?: AbortSignal): Promise<T> => {
    signal?.throwIfAborted();
    try {
      return await run(await s3());
    } catch (error) {
      signal?.throwIfAborted();
      throw failed(error, what);
    }
  };
  const get = (name: string, signal?: AbortSignal) =>
    attempt(
      "reading from",
      async ({ sdk, reader }) => {
        try {
          const { Body } = await reader.send(new sdk.GetObjectCommand(keyOf(name)), until(signal));
          return Body instanceof Readable ? Body : Readable.from([]);
        } catch (error) {
          if (error instanceof sdk.NoSuchKey) return null;
          throw error;
        }
      },
      signal,
    );
  async function* reading(bytes: Readable, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
    try {
      yield* readUnlessSilent(bytes, silenceMs, signal);
    } catch (error) {
      signal?.throwIfAborted();
      throw failed(error, "reading from");
    }
  }

  return {
    place,
    list: (signal) =>
      attempt(
        "listing",
        async ({ sdk, client }) => {
          const found: StoredObject[] = [];
          const pages = sdk.paginateListObjectsV2({ client }, { Bucket, Prefix: prefix }, until(signal));
          for await (const page of pages) {
            for (const { Key = "", Size = 0, LastModified = new Date(0) } of page.Contents ?? []) {
              found.push({ name: Key.slice(prefix.length), bytes: Size, modified: LastModified });
            }
          }
          return found;
        },
        signal,
      ),
    async put(name, source, { signal, likelyBytes } = {}) {
      const ofSource: unknown[] = [];
      const partSize = partBytesFor(likelyBytes);
      await attempt(
        "writing to",
        async (opened) => {
          const Body = Readable.from(noting(withinParts(source, place, partSize), ofSource), { objectMode: false });
          const params = { ...keyOf(name), Body };
          const client = endingWith(opened, signal);
          const upload = new opened.Upload({ client, params, partSize, queueSize: 2 });
          const abort = () => void upload.abort();
          signal?.addEventListener("abort", abort, { once: true });
          try {
            await upload.done();
          } catch (error) {
            throw ofSource.length > 0 ? ofSource[0] : error;
          } finally {
            signal?.removeEventListener("abort", abort);
          }
        },
        signal,
      );
    },
    putText: (name, text, signal) =>
      attempt(
        "writing to",
        async ({ sdk, client }) => {
          await client.send(new sdk.PutObjectCommand({ ...keyOf(name), Body: text }), until(signal));
        },
        signal,
      ),
    async getText(name, signal) {
      const bytes = await get(name, signal);
      if (!bytes) return null;
      const chunks: Uint8Array[] = [];
      for await (const chunk of reading(bytes, signal)) chunks.push(chunk);
      return Buffer.concat(chunks).toString("utf8");
    },
    get: async (name, signal) => {
      const bytes = await get(name, signal);
      return bytes && reading(bytes, signal);
    },
    remove: (name, signal) =>
      attempt(
        "removing from",
        async ({ sdk, client }) => {
          await client.send(new sdk.DeleteObjectCommand(keyOf(name)), until(signal));
        },
        signal,
      ),
    async unfinished(signal) {
      const found = await attempt("listing", (opened) => unfinishedIn(opened, Bucket, prefix, signal), signal);
      return found.map(({ Key = "", UploadId }) => ({
        name: Key.slice(prefix.length),
        discard: () =>
          attempt(
            "removing from",
            ({ sdk, client }) => {
              const command = new sdk.AbortMultipartUploadCommand({ Bucket, Key, UploadId });
              return unlessRefused(sdk, () => client.send(command, until(signal)).then(() => true), false);
            },
            signal,
          ),
      }));
    },
  };
}

const until = (signal: AbortSignal | undefined) => (signal ? { abortSignal: signal } : {});

type Library = typeof import("@aws-sdk/client-s3");

interface S3 {
  readonly sdk: Library;
  readonly client: S3Client;
  /** Its answers may be read as slowly as they are used. */
  readonly reader: S3Client;
  readonly Upload: typeof import("@aws-sdk/lib-storage").Upload;
}

/** Else it writes to the console. */
const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };
function ignore(): void {}

async function openS3({ region, endpoint, pathStyle = false, credentials }: S3Options, silenceMs: number): Promise<S3> {
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
  const handler = {
    connectionTimeout: Math.min(connectMs, silenceMs),
    // Agents of the process, which know of its proxies; the library's own do not.
    httpAgent: process.getBuiltinModule("node:http").globalAgent,
    httpsAgent: process.getBuiltinModule("node:https").globalAgent,
  };
  // Bytes on their way in either direction put it off.
  const client = new sdk.S3Client({ ...config, requestHandler: { ...handler, socketTimeout: silenceMs } });
  // A restore that is busy asks for no bytes, which is no silence of the server: this one ends with the head of the answer.
  const reader = new sdk.S3Client({
    ...config,
    requestHandler: { ...handler, requestTimeout: silenceMs, throwOnRequestTimeout: true, socketTimeout: 0 },
  });
  return { sdk, client, reader, Upload };
}

/** The library's upload gives its requests no signal. What tidies up after it has to outlive the signal. */
function endingWith({ sdk, client }: S3, signal: AbortSignal | undefined): S3Client {
  const send = (command: Parameters<S3Client["send"]>[0]) =>
    client.send(
      command,
      until(command instanceof sdk.AbortMultipartUploadCommand ? AbortSignal.timeout(discardMs) : signal),
    );
  return Object.assign(Object.create(client) as S3Client, { send });
}

/** Servers that cannot tell, in whatever way they refuse, and keys that may not ask, leave them to a rule of the bucket. */
async function unfinishedIn(
  { sdk, client }: S3,
  Bucket: string,
  prefix: string,
  signal: AbortSignal | undefined,
): Promise<readonly MultipartUpload[]> {
  const list = (after: object): Promise<ListMultipartUploadsCommandOutput | null> => {
    const command = new sdk.ListMultipartUploadsCommand({ Bucket, Prefix: prefix, ...after });
    return unlessRefused(sdk, () => client.send(command, until(signal)), null);
  };
  const found: MultipartUpload[] = [];
  for (let page = await list({}); page; ) {
    found.push(...(page.Uploads ?? []));
    const { IsTruncated, NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page;
    page = IsTruncated ? await list({ KeyMarker, UploadIdMarker }) : null;
  }
  return found;
}

/** Also what is not there any more is refused. */
async function unlessRefused<T, U>(sdk: Library, run: () => Promise<T>, refused: U): Promise<T | U> {
  try {
    return await run();
  } catch (error) {
    const status = error instanceof sdk.S3ServiceException ? (error.$metadata.httpStatusCode ?? 0) : 0;
    if (status === 501 || (status >= 400 && status < 500)) return refused;
    throw error;
  }
}

/** Errors of Sluice and of the source pass through; the library's name what the server said. */
function s3Error(error: unknown, what: string, silenceMs: number): unknown {
  if (isSilence(error)) {
    return new SluiceError(
      "BACKUP_FAILED",
      `${what}: the server does not answer, not a byte in ${silenceMs / 1_000} s`,
      {
        hint: "is the server of database.store.s3 well, and can it be reached from here? then try again",
        retryable: true,
        cause: error,
      },
    );
  }
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
