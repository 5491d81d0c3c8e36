import { open, truncate } from "node:fs/promises";
import { join } from "node:path";
import { isSluiceError } from "@sluice/core";
import { type BackupPorts, createAgeCipher, type Manifest, takeBackup, verifyBackup } from "@sluice/database";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { run } from "../../measure.ts";
import type { Stage } from "./stage.ts";

/** Something that is wrong with a backup, and the code that it must be found by. */
export interface Detection {
  readonly name: string;
  readonly code: string;
  /** Makes a backup that is bad in this way; resolves with what was found. */
  find(bench: Bench): Promise<string>;
}

export interface Bench {
  readonly stage: Stage;
  readonly ports: BackupPorts;
  /** Id of an image that lacks the file of an extension that the database has. */
  readonly poorImage: string;
}

const fresh = ({ ports, stage }: Bench, over: Partial<BackupPorts> = {}): Promise<Manifest> =>
  takeBackup({ ...ports, ...over }, { service: "db", image: stage.server.image, release: null });

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "nothing",
    (error: unknown) => (isSluiceError(error) ? error.code : String(error)),
  );

/** Verifies a backup whose file or manifest was changed. */
const changed =
  (change: (manifest: Manifest, bench: Bench) => Promise<unknown>) =>
  async (bench: Bench): Promise<string> => {
    const manifest = await fresh(bench);
    await change(manifest, bench);
    return codeOf(verifyBackup(bench.ports, { id: manifest.id }));
  };

const fileOf = ({ stage }: Bench, { id }: Manifest): string => join(stage.directory, `${id}.dump`);

const cutTo = (percent: number): Detection => ({
  name: `truncated at ${percent} %`,
  code: "BACKUP_TRUNCATED",
  find: changed((manifest, bench) => truncate(fileOf(bench, manifest), Math.floor((manifest.bytes * percent) / 100))),
});

export const detections: readonly Detection[] = [
  { name: "nothing wrong", code: "nothing", find: changed(async () => undefined) },
  ...[50, 90, 99, 99.99].map(cutTo),
  { name: "empty", code: "BACKUP_EMPTY", find: changed((manifest, bench) => truncate(fileOf(bench, manifest), 0)) },
  {
    name: "one byte flipped",
    code: "BACKUP_CORRUPT",
    find: changed((manifest, bench) => flip(fileOf(bench, manifest), manifest.bytes)),
  },
  { name: "wrong key", code: "BACKUP_KEY_WRONG", find: wrongKey },
  {
    name: "wrong version",
    code: "BACKUP_WRONG_VERSION",
    find: changed((manifest, { ports }) =>
      ports.store.update({ ...manifest, server: { ...manifest.server, version: "14.1", major: 14 } }),
    ),
  },
  {
    name: "missing role",
    code: "BACKUP_ROLE_MISSING",
    find: changed((manifest, { ports }) => ports.store.update({ ...manifest, globals: null })),
  },
  {
    name: "missing extension",
    code: "BACKUP_EXTENSION_MISSING",
    find: changed((manifest, { ports, poorImage }) => ports.store.update({ ...manifest, image: poorImage })),
  },
  { name: "one other row", code: "BACKUP_DIFFERS", find: changed(otherContent) },
  { name: "lost exit code", code: "BACKUP_EXIT_LOST", find: exitCodeLost },
];

async function flip(path: string, bytes: number): Promise<void> {
  await using file = await open(path, "r+");
  const at = Math.floor(bytes / 2);
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at);
  await file.write(Buffer.from([(buffer[0] ?? 0) ^ 1]), 0, 1, at);
}

async function wrongKey(bench: Bench): Promise<string> {
  const [own, other] = [await generateX25519Identity(), await generateX25519Identity()];
  const recipient = await identityToRecipient(own);
  const cipher = (identity: string) => createAgeCipher({ recipient, identity: async () => identity });
  const { id } = await fresh(bench, { cipher: cipher(own) });
  return codeOf(verifyBackup({ ...bench.ports, cipher: cipher(other) }, { id }));
}

async function otherContent(manifest: Manifest, { ports }: Bench): Promise<void> {
  const { fingerprint } = manifest;
  if (!fingerprint) throw new Error("the backup has no fingerprint");
  const [first, ...rest] = fingerprint.tables;
  if (!first) throw new Error("the database has no table");
  const tables = [{ ...first, hash: String(BigInt(first.hash) + 1n) }, ...rest];
  await ports.store.update({ ...manifest, fingerprint: { ...fingerprint, tables } });
}

/** The connection goes while the dump stands still: nobody can know any more how it ended. */
async function exitCodeLost({ stage }: Bench): Promise<string> {
  const stopping = run(["docker", "exec", "-u", "0", stage.server.container, "sh", "-c", stopDump]);
  const { ended } = stage.take();
  await stopping;
  stage.proxy.cut();
  return ended;
}

/** Stops a dump as soon as there is one. Whoever is told that nobody can know its end kills it. */
const stopDump = `
while :; do
  for place in /proc/[0-9]*; do
    read -r name < "$place/comm" && [ "$name" = pg_dump ] && kill -STOP "\${place#/proc/}" && exit 0
  done 2> /dev/null
  sleep 0.05
done`;

/** The database's own image without one file. Its id; the name goes with all others of the session. */
export async function imageWithoutExtension(prefix: string, image: string): Promise<string> {
  const name = `${prefix}without-extension`;
  const removal = "rm /usr/share/postgresql/15/extension/pg_trgm.control";
  await run(["docker", "run", "--name", name, "--entrypoint", "sh", image, "-c", removal]);
  const changes = ["-c", 'ENTRYPOINT ["docker-entrypoint.sh"]', "-c", 'CMD ["postgres"]'];
  await run(["docker", "commit", ...changes, name, `${name}:latest`]);
  await run(["docker", "rm", "-f", "-v", name]);
  return run(["docker", "inspect", "--format", "{{.Id}}", `${name}:latest`]);
}
