import { createRedactor, type EventSink, maskWords, type Redact } from "@sluice/core";

/** Masks what is secret, as it becomes known. */
export interface Redaction {
  readonly redact: Redact;
  /** From now on these are masked too. */
  readonly add: (values: readonly string[]) => void;
  /** Hands events on, masked in what was said: renderers and channels go by names and states. */
  readonly sink: EventSink;
}

/** Values become known while things are resolved; events before that hold none. */
export function createRedaction(sink: EventSink): Redaction {
  const values = new Set<string>();
  let masked: Redact = (text) => text;
  return {
    redact: (text) => masked(text),
    add(more) {
      for (const value of more) values.add(value);
      masked = createRedactor(values);
    },
    sink: (event) => sink(maskWords(event, masked)),
  };
}
