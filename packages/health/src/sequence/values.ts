import { createRedactor } from "@sluice/core";

/** What references stand for, and which of it must not be shown. */
export interface Values {
  /** `undefined` where the environment does not have it. */
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
      const value = environment[name.slice(environmentPrefix.length)];
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
