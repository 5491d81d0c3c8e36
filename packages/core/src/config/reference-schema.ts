import * as z from "zod";
import { hasOnlyReferences, hasReference } from "./references.ts";
import { hasOpenReference, isVariable, referencesIn } from "./template.ts";

/** Text that `${env:NAME}` may stand in, and `${NAME}` for short; `variable` is the one of the message. */
export const textWithVariables = (variable: string) =>
  z
    .string(`expected a text, or a reference such as \${env:${variable}}`)
    .min(1)
    .refine(hasOnlyReferences, `expected a reference such as \${env:${variable}}`);

/** A secret: a variable that holds it, never the secret itself; `variable` is the one of the message. */
export const secretReference = (variable: string) =>
  z
    .string()
    .refine(
      (text) => hasReference(text) && hasOnlyReferences(text),
      `expected a reference such as \${env:${variable}}: the value itself has no place in a file`,
    );

/** Of a text in which one brace is missing. */
export const openReference = "${ begins a reference that no } ends; $${ is written for ${ itself";

/** What a check sends or expects: `${env:NAME}` may stand in it, and no other reference. */
export const checkText = z.string().superRefine((text, context) => {
  if (hasOpenReference(text)) context.addIssue({ code: "custom", message: openReference });
  const unknown = referencesIn(text).find((name) => !isVariable(name));
  if (unknown === undefined) return;
  const message = `\${${unknown}} stands for nothing here: values of the environment are \${env:NAME}, and $\${ is written for \${ itself`;
  context.addIssue({ code: "custom", message });
});

/** Text in which only these names may be referred to. */
export const textWithNames = (names: readonly string[]) =>
  z
    .string()
    .min(1)
    .superRefine((text, context) => {
      if (hasOpenReference(text)) context.addIssue({ code: "custom", message: openReference });
      const unknown = referencesIn(text).find((name) => !names.includes(name));
      if (unknown === undefined) return;
      const message = `\${${unknown}} is none of ${names.map((name) => `\${${name}}`).join(", ")}`;
      context.addIssue({ code: "custom", message });
    });
