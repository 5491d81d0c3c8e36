import type { ComposeModel } from "@sluice/core";
import { parse } from "yaml";

/** `build.ssh` by service. */
export type SshKeys = Readonly<Record<string, readonly string[]>>;

/** Whether Compose (up to 2.40 at least) has written no JSON because of a key with a path: `ssh: [default=./key]`. */
export function isOfSshKeys(stderr: string): boolean {
  return stderr.includes("types.SSHKey");
}

/**
 * The keys of builds, as Compose reads them; in YAML it writes `default: /path`. Pure.
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
  readonly build?: { readonly ssh?: readonly string[] };
}

/** One more compose file, in YAML, that takes the keys away. Pure. */
export function withoutSshKeys(keys: SshKeys): string {
  const services = Object.keys(keys).map((name) => `  ${JSON.stringify(name)}: { build: { ssh: !reset null } }\n`);
  return `services:\n${services.join("")}`;
}

export function withSshKeys(model: ComposeModel, keys: SshKeys): ComposeModel {
  const services = Object.entries(model.services).map(([name, service]) => {
    const ssh = keys[name];
    return [name, ssh ? { ...service, build: { ...service.build, ssh } } : service] as const;
  });
  return { ...model, services: Object.fromEntries(services) };
}
