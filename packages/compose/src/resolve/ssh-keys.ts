import type { ComposeModel, ComposeService } from "@sluice/core";
import { parse } from "yaml";

/** `build.ssh` by service. */
export type SshKeys = Readonly<Record<string, readonly string[]>>;

/** Whether Compose (up to 2.40 at least) has written no JSON because of a key with a path: `ssh: [default=./key]`. */
export function isOfSshKeys(stderr: string): boolean {
  return stderr.includes("types.SSHKey");
}

/**
 * The keys of builds, as Compose reads them and in no order of their own; in YAML it writes `default: /path`. Pure.
 *
 * @param yaml what `docker compose config` writes
 */
export function sshKeysIn(yaml: string): SshKeys {
  const { services } = parse(yaml) as { readonly services?: Readonly<Record<string, WrittenService>> };
  const entries = Object.entries(services ?? {}).map(([name, { build }]) => [name, build?.ssh ?? []] as const);
  const kept = entries.filter(([, keys]) => keys.length > 0);
  return Object.fromEntries(kept.map(([name, keys]) => [name, keys.map((key) => key.replace(": ", "="))]));
}

interface WrittenService {
  readonly build?: BuildKeys;
}

interface BuildKeys {
  readonly ssh?: readonly string[];
}

/** One more compose file, in YAML, that takes the keys away. Pure. */
export function withoutSshKeys(keys: SshKeys): string {
  const services = Object.keys(keys).map((name) => `  ${JSON.stringify(name)}: { build: { ssh: !reset null } }\n`);
  return `services:\n${services.join("")}`;
}

/**
 * The model with these keys besides those that it has. Compose writes the keys of a build in another order each time: here they
 * are sorted. Pure.
 */
export function withSshKeys(model: ComposeModel, keys: SshKeys): ComposeModel {
  return withBuilds(model, (build, name) => {
    const ssh = keys[name] ?? (build as BuildKeys).ssh;
    return ssh ? { ...build, ssh: ssh.toSorted() } : build;
  });
}

/**
 * The model without keys of builds, for what tells releases apart: they decide who may fetch what a build needs, not what comes of
 * it, and an agent's socket has another path in each job of a pipeline. Pure.
 */
export function withoutBuildSsh(model: ComposeModel): ComposeModel {
  return withBuilds(model, ({ ssh: _ssh, ...build }) => build);
}

function withBuilds(model: ComposeModel, change: (build: Build, name: string) => Build): ComposeModel {
  const services = Object.entries(model.services).map(([name, service]) => {
    const { build } = service;
    return [name, build ? { ...service, build: change(build, name) } : service] as const;
  });
  return { ...model, services: Object.fromEntries(services) };
}

type Build = NonNullable<ComposeService["build"]>;
