import { invalidRecord, type JournalRecord, outcomeExitCodes, type StepKind, slots, stepKinds } from "@sluice/core";

type Fields = Readonly<Record<string, unknown>>;
type Rule = (value: unknown) => boolean;

const isText: Rule = (value) => typeof value === "string";
const isTextOrNull: Rule = (value) => value === null || isText(value);
const isTexts: Rule = (value) => Array.isArray(value) && value.every(isText);
const isBoolean: Rule = (value) => typeof value === "boolean";
const isNumber: Rule = (value) => typeof value === "number";
const isSlot: Rule = (value) => (slots as readonly unknown[]).includes(value);
const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;
const optional =
  (rule: Rule): Rule =>
  (value) =>
    value === undefined || rule(value);
const oneOf =
  (values: readonly string[]): Rule =>
  (value) =>
    isText(value) && values.includes(value as string);
const fields =
  (rules: Readonly<Record<string, Rule>>): Rule =>
  (value) =>
    isFields(value) && Object.entries(rules).every(([name, rule]) => rule(value[name]));

const inSlot = { slot: isSlot };
const moves = optional(fields({ from: isTexts, to: isTexts, isPutBack: isBoolean }));
const ofService = { service: isText };
const leads = { ...inSlot, services: isTexts };

/** What undoing or finishing a step needs of it, beside what all have. */
const stepFields: Readonly<Record<StepKind, Readonly<Record<string, Rule>>>> = {
  recover: { services: isTexts },
  build: {},
  backup: ofService,
  rehearse: ofService,
  clear: inSlot,
  networks: inSlot,
  base: { ...ofService, moves, renews: optional(isTexts) },
  restart: { ...ofService, restartsWith: isTexts },
  create: inSlot,
  job: { ...inSlot, ...ofService, creates: optional(isBoolean) },
  start: leads,
  door: { ...ofService, frees: optional(isTexts), putsBack: optional(isTexts) },
  "preview-door": ofService,
  verify: inSlot,
  adopt: { services: isTexts, containers: isTexts, restarts: isTexts },
  approval: { ...inSlot, share: isNumber, waitMs: isNumber, onTimeout: isText },
  shift: { ...leads, share: isNumber, holdMs: isNumber },
  workers: { ...leads, replaces: optional(isTexts) },
  drain: { ...leads, drainTimeoutMs: isNumber },
  bake: { ...leads, holdMs: isNumber },
  promote: leads,
  retire: inSlot,
  close: { ...ofService, leaves: optional(isSlot), heirs: optional(isTexts) },
  recreate: { ...ofService, replaces: optional(isTexts), restarts: optional(isTexts), renews: optional(isTexts) },
  remove: { ...ofService, heirs: optional(isTexts) },
  prune: { releases: isTexts },
};

const isStep: Rule = (value) => {
  const kind = isFields(value) && stepKinds.find((each) => each === value["kind"]);
  return kind ? fields({ id: isText, target: isText, timeoutMs: isNumber, ...stepFields[kind] })(value) : false;
};
const isPlan = fields({
  candidate: isSlot,
  previous: (value) => value === null || isSlot(value),
  steps: (value) => Array.isArray(value) && value.every(isStep),
});
const isServing = fields({
  release: isText,
  tag: isText,
  slot: (value) => value === null || isSlot(value),
  share: isNumber,
});

/** What is read of each record; it may hold more. */
const shapes: Readonly<Record<string, Rule>> = {
  "deployment-start": fields({
    deployment: isText,
    tag: isText,
    bundle: optional(isTextOrNull),
    previousBundle: optional(isTextOrNull),
    plan: isPlan,
    changedServices: optional(Array.isArray),
  }),
  "step-intent": fields({ deployment: isText, step: isText }),
  "undo-intent": fields({ deployment: isText, step: isText }),
  "step-outcome": fields({
    deployment: isText,
    step: isText,
    result: oneOf(["done", "failed", "undone", "undo-failed"]),
    data: optional(isFields),
    observations: optional(Array.isArray),
  }),
  order: fields({ deployment: isText, order: isText }),
  "deployment-end": fields({
    deployment: isText,
    outcome: oneOf(Object.keys(outcomeExitCodes)),
    release: optional(isTextOrNull),
    serving: optional((value) => value === null || isServing(value)),
    observations: optional(Array.isArray),
  }),
};

export function isTypeOfDeployment(type: string): boolean {
  return Object.hasOwn(shapes, type);
}

/** Whether a record is one of a deployment. @throws SluiceError JOURNAL_INVALID where it does not say what such a one says */
export function isOfDeployment(record: JournalRecord): boolean {
  const shape = shapes[record.type];
  if (!shape) return false;
  if (shape(record)) return true;
  throw invalidRecord(record);
}
