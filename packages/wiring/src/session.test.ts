import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createSession } from "./session.ts";

it("a session that is disposed of leaves no connection to its engine", async () => {
  const directory = await mkdtemp(join(tmpdir(), "sluice-session-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const answer = String.raw`HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}`;
  const ssh = `#!/bin/sh
echo $$ >${directory}/pid
while read -r line; do
  [ "$line" != "$(printf '\\r')" ] || printf '${answer}'
done
`;
  await writeFile(join(directory, "ssh"), ssh, { mode: 0o755 });
  const env = { PATH: `${directory}:${process.env["PATH"]}`, DOCKER_HOST: "ssh://deploy@production" };
  let pid = "";
  {
    await using session = createSession({ directory, stack: "shop", actor: "ada", env });
    expect(await session.runtime().inspect("gone")).toBeNull();
    pid = (await readFile(join(directory, "pid"), "utf8")).trim();
    expect(existsSync(`/proc/${pid}`)).toBe(true);
  }
  await expect.poll(() => existsSync(`/proc/${pid}`)).toBe(false);
});
