import { describeFailure, type Measurement, measure } from "../measure.ts";
import { containerCpuMs, type Server, user } from "./server.ts";

/** What something took: its own process, and the database's container meanwhile. Milliseconds. */
export interface Cost {
  readonly wallMs: number;
  /** Of the process that was started on the host, and its children. */
  readonly ownCpuMs: number;
  readonly containerCpuMs: number;
}

/** What a person types who wants a compressed dump, where the container has `zstd`: nothing but the dump leaves it. */
export const dumpByHand = (server: Server, file: string): readonly string[] =>
  shell('docker exec "$1" sh -c "pg_dump -Fc -Z0 -U $2 $2 | zstd -q -3" > "$3"', server, file);

/** The same, compressed on the host. */
export const dumpToHost = (server: Server, file: string): readonly string[] =>
  shell('docker exec "$1" pg_dump -Fc -Z0 -U "$2" "$2" | zstd -q -3 > "$3"', server, file);

/** A restore into an empty database of the same server. */
export const restoreByHand = (server: Server, file: string): readonly string[] =>
  shell(
    'docker exec "$1" createdb -U "$2" by_hand && zstd -dc "$3" | docker exec -i "$1" pg_restore -U "$2" --exit-on-error -d by_hand',
    server,
    file,
  );

const shell = (script: string, { container }: Server, file: string): readonly string[] =>
  ["bash", "-o", "pipefail", "-c", script, "bash"].concat(container, user, file);

/** Runs a command that must succeed. */
export async function costOf(
  { container }: Server,
  command: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>>; readonly signal: AbortSignal },
): Promise<Cost & Pick<Measurement, "stdout">> {
  const before = await containerCpuMs(container);
  const measured = await measure(command, options);
  if (measured.exitCode !== 0) throw new Error(describeFailure(command, measured));
  const { wallMs, cpuMs = Number.NaN, stdout } = measured;
  return { wallMs, ownCpuMs: cpuMs, containerCpuMs: (await containerCpuMs(container)) - before, stdout };
}
