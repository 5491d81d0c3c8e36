import { labels, stackNames } from "@sluice/core";
import type { CrashStage } from "./crash-stage.ts";
import { docker, lines, output } from "./docker.ts";
import type { Fault } from "./fault.ts";

const door = ({ stack }: CrashStage) => stackNames.door(stack, "web");
const fullImage = ({ stack }: CrashStage) => `${stack}-full`;
const database = ({ stack }: CrashStage) => `${stack}-db-1`;

/** Enough for a version of the shop that is left alone. The engine refuses a limit below what is used. */
const memory = "90m";
/** What its shared memory, which is part of that, can hold. */
const sharedMegabytes = 60;

/** What happens to containers, networks and images; needs nothing but the engine. */
export const engineFaults: readonly Fault[] = [
  {
    name: "the disk is full while images are built",
    at: "build",
    isFatal: true,
    arrange: async (stage) => {
      // A build on it writes to a device that is always full. The shell itself does: not every `head` minds.
      const base = stage.env["NODE_IMAGE"] ?? "sluice-test/shop-base";
      const recipe = `FROM ${base}\nONBUILD RUN echo full > /dev/full\n`;
      const build = 'printf %s "$1" | docker build -q -t "$2" -';
      await output(["sh", "-c", build, "sh", recipe, fullImage(stage)], { env: stage.env });
      return { NODE_IMAGE: fullImage(stage) };
    },
    heal: async (stage) => void (await docker(stage, "image", "rm", fullImage(stage))),
  },
  {
    name: "the door is killed",
    at: "verify",
    inject: async (stage) => void (await docker(stage, "kill", door(stage))),
  },
  {
    name: "the door is killed while users move",
    at: "shift",
    inject: async (stage) => void (await docker(stage, "kill", door(stage))),
  },
  {
    name: "the database is restarted",
    at: "start",
    inject: async (stage) => void (await docker(stage, "restart", "-t", "1", database(stage))),
  },
  {
    name: "the database is made anew by plain Compose, without its links",
    at: "verify",
    inject: makeDatabaseAnew,
  },
  {
    name: "the database is made anew by plain Compose while users move",
    at: "shift",
    inject: makeDatabaseAnew,
  },
  {
    name: "the images of the release vanish",
    at: "networks",
    isFatal: true,
    inject: async (stage, release) => {
      const reference = `reference=${stackNames.imageRepository(stage.stack, "*")}:${release}`;
      const format = ["--filter", reference, "--format", "{{.Repository}}:{{.Tag}}"];
      await docker(stage, "image", "rm", "-f", ...lines(await docker(stage, "image", "ls", ...format)));
    },
  },
  {
    name: "the candidate runs out of memory before anybody uses it",
    at: "verify",
    inject: takeMemoryAway,
  },
  {
    name: "the candidate runs out of memory while users move",
    at: "shift",
    inject: takeMemoryAway,
  },
  {
    name: "the candidate is removed by hand",
    at: "shift",
    inject: async (stage) => void (await docker(stage, "rm", "-f", await candidate(stage))),
  },
  {
    name: "the candidate is cut off from its networks",
    at: "shift",
    inject: async (stage) => {
      const id = await candidate(stage);
      const format = "{{range $name, $_ := .NetworkSettings.Networks}}{{$name}}\n{{end}}";
      for (const network of lines(await docker(stage, "inspect", "--format", format, id))) {
        await docker(stage, "network", "disconnect", "-f", network, id);
      }
    },
  },
];

/** The newest web container of a slot. */
async function candidate(stage: CrashStage): Promise<string> {
  const { stack } = stage;
  const wanted = [`${labels.stack}=${stack}`, `${labels.kind}=slot`, "com.docker.compose.service=web"];
  const filters = wanted.flatMap((label) => ["--filter", `label=${label}`]);
  const [newest] = lines(await docker(stage, "ps", "-q", ...filters));
  if (newest === undefined) throw new Error(`no web container of a slot of ${stack} runs`);
  return newest;
}

/** Its shared memory fills up, so that the kernel ends the greatest process that is not to blame: the application. */
async function takeMemoryAway(stage: CrashStage): Promise<void> {
  const id = await candidate(stage);
  await docker(stage, "update", "--memory", memory, "--memory-swap", memory, id);
  const fill = ["dd", "if=/dev/zero", "of=/dev/shm/filler", "bs=1M", `count=${sharedMegabytes}`];
  // It may be ended with the container that it is in.
  await docker(stage, "exec", id, ...fill).catch(() => undefined);
}

async function makeDatabaseAnew({ stack, checkout, env }: CrashStage): Promise<void> {
  const up = ["up", "-d", "--no-deps", "--force-recreate", "db"];
  await output(["docker", "compose", "-p", stack, ...up], { cwd: checkout, env });
}
