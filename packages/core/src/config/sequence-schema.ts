import * as z from "zod";
import type { Capture, SequenceCheck, SequenceStep } from "../model/check.ts";
import { parseJsonPath } from "../model/json-path.ts";
import { headerName, headers, method, statuses, stepPath } from "./http-schema.ts";
import { pattern } from "./pattern-schema.ts";
import { openReference } from "./reference-schema.ts";
import { hasOpenReference, isVariable, referencesIn, textsIn } from "./template.ts";

const jsonPath = z
  .string()
  .refine((text) => parseJsonPath(text) !== undefined, 'expected a JSON path such as $.items[0].id or $["a name"]');

const captureSchema = z.lazy(() =>
  z
    .strictObject({
      json: jsonPath.optional(),
      header: headerName.optional(),
      cookie: z.string().min(1).optional(),
      regex: pattern.optional(),
      secret: z.boolean().default(true),
    })
    .refine(
      ({ json, header, cookie, regex }) =>
        [json, header, cookie, regex].filter((source) => source !== undefined).length === 1,
      "expected exactly one of json, header, cookie and regex",
    ),
);

const stepSchema = z.lazy(() =>
  z
    .strictObject({
      name: z.string().optional(),
      method: method.default("GET"),
      path: stepPath,
      headers: headers.default({}),
      body: z.string().optional(),
      json: z.unknown().optional(),
      expect: z
        .strictObject({
          status: statuses.optional(),
          contains: z.string().optional(),
          json: z.record(jsonPath, z.unknown()).default({}),
        })
        .prefault({}),
      capture: z
        .record(z.string().regex(/^[A-Za-z_]\w*$/, "expected letters, digits and _"), captureSchema)
        .default({}),
    })
    .refine(({ body, json }) => body === undefined || json === undefined, "expected body or json, not both"),
);

type StepConfig = z.output<typeof stepSchema>;

export const sequenceSchema = z.lazy(() =>
  z
    .array(stepSchema)
    .min(1)
    .superRefine((steps, context) => {
      const known = new Set<string>();
      for (const [index, step] of steps.entries()) {
        const { path, headers, body, json, expect, capture } = step;
        const texts = textsIn([path, headers, body, json, expect]);
        if (texts.some(hasOpenReference)) context.addIssue({ code: "custom", message: openReference, path: [index] });
        const names = texts.flatMap(referencesIn);
        const unknown = names.find((name) => !known.has(name) && !isVariable(name));
        if (unknown !== undefined) {
          const message = `\${${unknown}} is captured by no step before; values of the environment are \${env:NAME}`;
          context.addIssue({ code: "custom", message, path: [index] });
        }
        for (const name of Object.keys(capture)) known.add(name);
      }
    }),
);

/** The check that a sequence of the configuration asks for. */
export function sequenceCheck(
  name: string | undefined,
  steps: readonly StepConfig[],
): Pick<SequenceCheck, "type" | "name" | "steps"> {
  const asked = steps.map(toStep);
  return { type: "sequence", name: name ?? asked.map((step) => step.name).join(", "), steps: asked };
}

function toStep({ name, method, path, headers, body, json, expect, capture }: StepConfig): SequenceStep {
  const { status, contains, json: values } = expect;
  return {
    name: name ?? `${method} ${path}`,
    method,
    path,
    headers,
    body,
    json,
    expect: { status: status === undefined ? [] : [status].flat(), contains, json: values },
    capture: Object.fromEntries(Object.entries(capture).map(([key, source]) => [key, toCapture(source)])),
  };
}

function toCapture({ secret, ...sources }: z.output<typeof captureSchema>): Capture {
  const from = (["json", "header", "cookie", "regex"] as const).find((kind) => sources[kind] !== undefined) ?? "json";
  return { from, at: sources[from] ?? "$", secret };
}
