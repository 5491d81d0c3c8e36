import { type ComposeModel, createDeadline, labels, type OutsideProxy } from "@sluice/core";
import type Docker from "dockerode";
import { nginxProcesses, type ProcessTable, proxyAskingOnce } from "../base/proxy-processes.ts";
import { processesOf } from "../base/reread-names.ts";
import { composeLabels, containerName } from "../engine/containers.ts";
import { type Engine, withSignal } from "../engine/engine.ts";
import { isExternal, networkKeys, networkName } from "../model/networks.ts";
import { isProxied, type LabelPrefixes, labelPrefixes } from "../model/proxy-labels.ts";

export interface OutsideRequest {
  readonly stack: string;
  readonly model: ComposeModel;
  /** Services that they may lead to. */
  readonly names: readonly string[];
}

/** A plan waits no longer for what it is told of containers of others, milliseconds. */
const lookMs = 5_000;

/** Proxies of others on external networks of the services that ask for addresses once. Looks at processes alone; what cannot be seen is none. */
export async function listOutsideProxies(
  engine: Engine,
  { stack, model, names }: OutsideRequest,
  signal?: AbortSignal,
): Promise<readonly OutsideProxy[]> {
  const keys = [...new Set(names.flatMap((name) => networkKeys(model.services[name])))];
  const network = keys.filter((key) => isExternal(model, key)).map((key) => networkName(model, key));
  if (network.length === 0) return [];
  using deadline = createDeadline(engine.clock, lookMs);
  const ended = signal ? AbortSignal.any([signal, deadline.signal]) : deadline.signal;
  try {
    const found = await engine.call("containers cannot be listed", (docker) =>
      docker.listContainers({ filters: { network }, ...withSignal(ended) }),
    );
    const docker = await engine.docker();
    const prefixes = labelPrefixes(model);
    const proxies = await Promise.all(
      found
        .filter(({ Labels }) => isOfOthers(Labels, stack))
        .map(async (container) => {
          const table = await processesOf(docker.getContainer(container.Id), ended);
          return table ? outsideProxies(container, table, { network, prefixes }) : [];
        }),
    );
    return proxies.flat();
  } catch {
    signal?.throwIfAborted();
    return [];
  }
}

/** A door of another stack leads to slots of that one, and in those a proxy to what is of that stack. */
function isOfOthers(found: Readonly<Record<string, string>>, stack: string): boolean {
  const isDoor = /^(?:door|preview)$/.test(found[labels.kind] ?? "");
  const isOfStack = (found[labels.stack] ?? found[composeLabels.project]) === stack;
  return !isDoor && found[labels.slot] === undefined && !isOfStack;
}

/**
 * What a container is as such a proxy, once for each of the networks that it is on. Not one that writes its configuration by itself when
 * containers change, nor an nginx or Apache that another proxy leads to: that serves pages. Pure.
 */
function outsideProxies(
  container: Pick<Docker.ContainerInfo, "Id" | "Names" | "Labels" | "NetworkSettings">,
  table: ProcessTable,
  { network, prefixes }: { readonly network: readonly string[]; readonly prefixes: LabelPrefixes },
): readonly OutsideProxy[] {
  const name = containerName(container);
  const isWritten = (table.Processes ?? []).some((row) => row.some((cell) => /(?:^|\/)docker-gen(?: |$)/.test(cell)));
  const nginx = nginxProcesses(table);
  const other = proxyAskingOnce(table);
  const isPages = other !== "haproxy" && isProxied({ labels: container.Labels }, prefixes);
  if (isWritten || isPages || (!nginx && other === null)) return [];
  const proxy = nginx
    ? { program: "nginx", renew: `docker exec ${name} ${nginx.reload.join(" ")}` }
    : { program: other ?? "", renew: `docker restart ${name}` };
  const on = network.filter((one) => one in container.NetworkSettings.Networks);
  return on.map((one) => ({ container: name, network: one, ...proxy }));
}
