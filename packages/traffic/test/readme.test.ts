import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DoorSpec, SlotTraffic } from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import { expect, test } from "vitest";
import { docker, dockerExec } from "./docker.ts";
import { doorImages, openStage } from "./stage.ts";

test("the README's example works as it stands", async () => {
  const readme = await readFile(join(import.meta.dirname, "..", "README.md"), "utf8");
  const [, code = ""] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const body = code.replace('"@sluice/traffic"', JSON.stringify(join(import.meta.dirname, "..", "src", "index.ts")));
  const [imports, ...statements] = body.split("\n\n");
  const program = join(import.meta.dirname, `.readme-${process.pid}.ts`);
  await writeFile(
    program,
    `${imports}\nexport async function example({ exec, clock, door, spec, start }: any) {\n${statements.join("\n\n")}\nreturn { closed, slots };\n}\n`,
  );
  const [image = ""] = await doorImages();
  await using stage = await openStage(image);
  try {
    const { example } = (await import(program)) as {
      example: (given: object) => Promise<{ closed: number; slots: Record<string, SlotTraffic> }>;
    };
    await Promise.all([stage.startApp("blue"), stage.startApp("green")]);
    const spec: DoorSpec = stage.spec();
    const door = await stage.createDoor(spec);
    const start = (name: string) => docker("start", name);
    const { closed, slots } = await example({ exec: dockerExec(), clock: systemClock, door, spec, start });
    expect(closed).toBe(0);
    expect(slots["green"]).toMatchObject({ serversUp: 1, serversTotal: 2 });
  } finally {
    await rm(program);
  }
});
