import { statSync } from "node:fs";
import { type CallOptions, type ComposeModel, stackNames } from "@sluice/core";
import { composeModel, isOverlap } from "../engine/compose-model.ts";
import { composeLabels, listSlot } from "../engine/containers.ts";
import type { Engine } from "../engine/engine.ts";
import { type InlineFile, inlineFiles } from "../model/inline-files.ts";
import { slotNetworks } from "../model/networks.ts";
import type { PlaceRequest } from "../model/slot-model.ts";
import { parseCidr } from "../networks/cidr.ts";
import { findNetwork } from "../networks/links.ts";
import type { SubnetPool } from "../networks/subnets.ts";
import { chooseSubnet, subnetsOf, takenSubnets } from "../networks/taken.ts";
import { assertOwnProject } from "../observe/foreign.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import { splitUploads, type Upload, upload } from "./uploads.ts";

type ModelOf = (subnets: Readonly<Record<string, string>>) => ComposeModel;

/**
 * Creates what the model holds, nothing started; chooses other subnets when somebody took one of them meanwhile. Secrets
 * and configs without a file are put into the containers, and on an engine that shares no file system with this machine the
 * release's copies of files.
 *
 * @throws SluiceError PREFLIGHT_FAILED where the Compose project holds what is not of the stack; COMPOSE_FAILED, SUBNET_EXHAUSTED, ENGINE_FAILED
 */
export function createContainers(
  engine: Engine,
  pool: SubnetPool,
  request: PlaceRequest,
  options: CallOptions,
  modelOf: ModelOf,
  {
    networks = slotNetworks(request.release.model, request.services),
    flags = [],
  }: { readonly networks?: readonly string[]; readonly flags?: readonly string[] } = {},
): Promise<void> {
  const project = stackNames.slotProject(request.stack, request.slot);
  return oneAtATime(engine, project, () =>
    create(engine, pool, { request, project, networks, modelOf, flags }, options),
  );
}

interface Creation {
  readonly request: PlaceRequest;
  readonly project: string;
  readonly networks: readonly string[];
  readonly modelOf: ModelOf;
  /** Beside those that each call has. */
  readonly flags: readonly string[];
}

async function create(
  engine: Engine,
  pool: SubnetPool,
  { request, project, networks, modelOf, flags }: Creation,
  options: CallOptions,
): Promise<void> {
  const [{ kind }] = await Promise.all([engine.endpoint(), assertOwnProject(engine, request)]);
  const refused: string[] = [];
  for (let attempt = 1; ; attempt += 1) {
    const subnets = await slotSubnets(engine, pool, request, networks, refused);
    const whole = modelOf(subnets);
    const { model, uploads } =
      kind === "unix" ? { model: whole, uploads: [] } : splitUploads(whole, request.release.filesDir, isDirectory);
    const files = [...uploads, ...inlineFiles(model, engine.env)];
    try {
      await composeModel(engine, model, ["up", "--no-start", "--no-build", ...flags], {
        ...options,
        failed: `containers of ${project} cannot be created`,
        source: project,
      });
      return await uploadAll(engine, request, files, options);
    } catch (error) {
      if (attempt === 5 || !isOverlap(error)) throw error;
      refused.push(...Object.values(subnets));
    }
  }
}

/** What is not there fails where it is read. */
function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** A subnet for each network of the slot: the one it has, or a free one. */
async function slotSubnets(
  engine: Engine,
  pool: SubnetPool,
  { stack, slot }: PlaceRequest,
  keys: readonly string[],
  refused: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const taken = [...(await takenSubnets(engine)), ...refused.flatMap((text) => parseCidr(text) ?? [])];
  const subnets: Record<string, string> = {};
  for (const key of keys) {
    const name = `${stackNames.slotProject(stack, slot)}_${key}`;
    const existing = await findNetwork(engine, name);
    const subnet = (existing && subnetsOf(existing).find((one) => parseCidr(one))) ?? chooseSubnet(pool, taken, name);
    subnets[key] = subnet;
    taken.push(...(existing ? [] : [parseCidr(subnet)].filter((cidr) => cidr !== undefined)));
  }
  return subnets;
}

async function uploadAll(
  engine: Engine,
  { stack, slot }: PlaceRequest,
  uploads: readonly (Upload | InlineFile)[],
  options: CallOptions,
): Promise<void> {
  if (uploads.length === 0) return;
  const containers = await listSlot(engine, stack, slot);
  await Promise.all(
    // What runs has its files.
    containers
      .filter(({ State }) => State === "created")
      .map(({ Id, Labels }) => {
        const own = uploads.filter(({ service }) => service === Labels[composeLabels.service]);
        return upload(engine, Id, own, options);
      }),
  );
}
