import { createRedactor } from "@sluice/core";

/** What references stand for, and which of it must not be shown. */
export interface Values {
  /** `undefined` where the environment does not have it, or has it empty. */
  get(name: string): string | undefined;
  set(name: string, value: string, secret: boolean): void;
  redact(text: string): string;
}

const environmentPrefix = "env:";

export function createValues(
  environment: Readonly<Record<string, string | undefined>>,
  onSecrets: ((values: readonly string[]) => void) | undefined,
): Values {
  const captured = new Map<string, string>();
  const secrets = new Set<string>();
  const hide = (value: string) => {
    if (secrets.has(value)) return;
    secrets.add(value);
    onSecrets?.([value]);
  };
  return {
    get(name) {
      if (!name.startsWith(environmentPrefix)) return captured.get(name);
      // A secret that is not there is an empty one in GitHub Actions.
      const value = environment[name.slice(environmentPrefix.length)] || undefined;
      if (value !== undefined) hide(value);
      return value;
    },
    set(name, value, secret) {
      captured.set(name, value);
      if (secret) hide(value);
    },
    redact: (text) => createRedactor(secrets)(text),
  };
}
