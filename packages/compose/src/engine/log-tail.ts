import type { Engine } from "./engine.ts";
import { readFrames } from "./frames.ts";

/** The last lines of a container's log, both streams in the order they came, newest last. Not redacted. */
export async function logTail(engine: Engine, container: string, lines: number): Promise<string> {
  return engine.call(`the log of container ${container} cannot be read`, async (docker) => {
    const target = docker.getContainer(container);
    const [{ Config }, bytes] = await Promise.all([
      target.inspect(),
      target.logs({ stdout: true, stderr: true, tail: lines, follow: false }),
    ]);
    if (Config.Tty) return bytes.toString("utf8").trimEnd();
    const parts: Uint8Array[] = [];
    for await (const { data } of readFrames(once(bytes))) parts.push(data);
    return Buffer.concat(parts).toString("utf8").trimEnd();
  });
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
