import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@sluice/core/node";
import { expect, it } from "vitest";
import { httpServer, says } from "./http-server.ts";

it("the README's example works as it stands", async () => {
  const readme = await readFile(join(import.meta.dirname, "..", "README.md"), "utf8");
  const [, code = ""] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const directory = await mkdtemp(join(tmpdir(), "sluice-notify-"));
  const program = join(directory, "example.ts");
  const entry = JSON.stringify(join(import.meta.dirname, "..", "src", "index.ts"));
  const [imports, ...statements] = code.replace('"@sluice/notify"', entry).split("\n\n");
  const given = "{ url, secret, slackUrl, directory, clock, redact }: any";
  await writeFile(
    program,
    `${imports}\nexport async function example(${given}) {\n${statements.join("\n")}\nreturn { reports, later };\n}\n`,
  );
  await using pager = await httpServer(says(204));
  await using slack = await httpServer(says(404, "no_service"));
  try {
    const { example } = (await import(program)) as { example: (given: object) => Promise<unknown> };
    const given = { url: pager.url, slackUrl: slack.url, secret: "s", directory: join(directory, "outbox") };
    expect(await example({ ...given, clock: systemClock, redact: (text: string) => text })).toMatchObject({
      reports: [
        { channel: "pager", result: "delivered" },
        { channel: "team", result: "waiting", reason: "answers 404: no_service" },
      ],
      later: [{ channel: "team", result: "waiting" }],
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
