import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { SecondEngine } from "@sluice/testing/second-engine";
import { shopImages } from "../../checkout.ts";
import { measure, run } from "../../measure.ts";
import { untilAnswers } from "../../until-answers.ts";
import { mustSucceed } from "../must-succeed.ts";
import type { Peer, PeerOptions } from "../peer.ts";
import { type ComposeModel, doorConfig, stackFile } from "./stack-file.ts";

const migration = 'docker run --rm --network "${STACK}_default" -e DATABASE_URL "$IMAGE" node src/migrate.mjs';
const deployment = (detach: boolean) =>
  `docker stack deploy --detach=${detach} --resolve-image never -c "$STACK_FILE" "$STACK"`;
/** Swarm knows no migrations and builds nothing: a person runs both before. */
const build = 'docker build -q --build-arg NODE_IMAGE -t "$IMAGE" .';
const workflow = `${build} && ${migration} && ${deployment(false)}`;
const databaseTimeoutMs = 60_000;

/** The images that the engine of the stack must have. */
export const swarmImages = (): readonly string[] => [...Object.values(shopImages()), doorImage()];
const doorImage = () => process.env.DOOR_IMAGE ?? "sluice/door:3.0";

/** `docker stack deploy` on an engine of its own, which becomes a swarm of one node: see {@link stackFile}. */
export function createSwarmPeer({ checkout, engine }: PeerOptions & { readonly engine: SecondEngine }): Peer {
  const { directory, stack, port } = checkout;
  const files = `${directory}-stack`;
  const url = `http://${engine.address}:${port}`;
  const file = join(files, "stack.json");
  const environment = async () => ({
    DOCKER_HOST: engine.host,
    STACK: stack,
    STACK_FILE: file,
    NODE_IMAGE: shopImages().NODE_IMAGE,
    IMAGE: `${stack}-web:${await checkout.tag()}`,
    DATABASE_URL: "postgres://shop:shop-password@db:5432/shop",
  });
  const execute = async (commands: string, signal: AbortSignal) =>
    measure(["bash", "-c", commands], { cwd: directory, env: await environment(), signal });

  const writeStack = async (signal: AbortSignal) => {
    const config = ["docker", "compose", "--profile", "*", "config", "--format", "json"];
    const model = JSON.parse(await run(config, { cwd: directory, signal })) as ComposeModel;
    await mkdir(files, { recursive: true });
    const door = { image: doorImage(), config: join(files, "door.cfg") };
    await writeFile(door.config, doorConfig("web", 8080));
    await writeFile(file, JSON.stringify(stackFile(model, { web: "web", port, door }), null, 2));
  };
  const untilMigrated = async (signal: AbortSignal) => {
    const deadline = performance.now() + databaseTimeoutMs;
    for (;;) {
      const result = await execute(migration, signal);
      if (result.exitCode === 0 || performance.now() > deadline) return mustSucceed("swarm", result);
      await sleep(500, undefined, { signal });
    }
  };
  return {
    name: "swarm",
    checkout,
    url,
    prepare: async (signal) => {
      await writeStack(signal);
      await engine.docker("swarm", "init", "--advertise-addr", engine.address);
      // The database is a service of the stack, whose network the migration needs.
      mustSucceed("swarm", await execute(`${build} && ${deployment(true)}`, signal));
      await untilMigrated(signal);
      await untilAnswers(url, { path: "/products", signal });
    },
    deploy: (signal) => execute(workflow, signal),
  };
}
