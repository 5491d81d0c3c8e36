import type { ComposeModel } from "@sluice/core";

/**
 * The model with what Compose writes as JSON and does not read back in a form that it reads. It means the same, and the hashes of
 * its services are those of what was written. Pure.
 */
export function readableModel(model: ComposeModel): ComposeModel {
  return changed(model, {
    services: ofEach((service) => changed(service, serviceForms)),
    configs: ofEach(withContent),
  });
}

type Fields = Readonly<Record<string, unknown>>;
type Form = (value: unknown) => unknown;

const buildForms: Readonly<Record<string, Form>> = { ulimits: ofEach(bothLimits), shm_size: size };

const serviceForms: Readonly<Record<string, Form>> = {
  ...buildForms,
  build: (build) => changed(build, buildForms),
  mem_limit: size,
  mem_reservation: size,
  memswap_limit: size,
  blkio_config: ofEach((limits) => (Array.isArray(limits) ? limits.map(withLowerKeys) : limits)),
};

/** Compose leaves out a limit of 0. */
function bothLimits(limit: unknown): unknown {
  return isFields(limit) ? { soft: 0, hard: 0, ...limit } : limit;
}

/** As a text a size cannot be negative; the number -1 is no limit. */
function size(value: unknown): unknown {
  return typeof value === "string" && value.startsWith("-") ? Number(value) : value;
}

/** Of a device Compose writes `Path`, and reads `path`. */
function withLowerKeys(device: Fields): Fields {
  return Object.fromEntries(Object.entries(device).map(([key, value]) => [key.toLowerCase(), value]));
}

/** Compose leaves out a content that came out empty. */
function withContent(config: unknown): unknown {
  const origins = ["file", "environment", "content", "external"];
  return isFields(config) && !origins.some((key) => key in config) ? { ...config, content: "" } : config;
}

/** The fields of these names in another form, where they are there. */
function changed<T>(fields: T, forms: Readonly<Record<string, Form>>): T {
  if (!isFields(fields)) return fields;
  const own = Object.entries(forms).filter(([key]) => key in fields);
  return { ...fields, ...Object.fromEntries(own.map(([key, form]) => [key, form(fields[key])])) };
}

function ofEach(form: Form): Form {
  return (fields) =>
    isFields(fields) ? Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, form(value)])) : fields;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
