import { readFileSync, statSync } from "node:fs";
import { type ComposeModel, type ComposeService, isManner, mayHoldSecret } from "@sluice/core";
import { hooksOf } from "../hooks/service-hooks.ts";
import { unescapeDollars } from "../model/dollars.ts";
import { notedValue } from "../model/env-file-values.ts";
import { imageRepository } from "../roles/service-shape.ts";

/** Shorter values would shred ordinary text. */
const shortest = 4;
const largestFile = 64 * 1024;

/** Defaults that everybody knows; masking them would only make messages unreadable. */
const knownToAll = new Set([
  "null",
  "none",
  "admin",
  "root",
  "user",
  "test",
  "password",
  "secret",
  "token",
  "example",
  "default",
  "localhost",
]);

/** What Compose fills in for `${NAME}`: the environment and the env files. */
type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Values that must be masked wherever they appear: of variables, also those of hooks, of build arguments, labels and lines of inline configs whose
 * names speak of secrets, passwords inside URLs anywhere in the model, and what is behind `secrets:`. Values that also name
 * something in the project (a password `umami` of service `umami`) are left out, and values shorter than 4 characters.
 *
 * @param variables that Compose resolved the model with, and those that it resolved parts of it with: what it filled into a
 *   command has no name there any more. Default none, as of a model that was stored
 */
export function secretValues(model: ComposeModel, variables: readonly Variables[] = []): readonly string[] {
  const set = variables.flatMap(namedVariables);
  const named = [
    ...Object.values(model.services).flatMap(namedValues),
    ...set,
    ...Object.values(model.configs ?? {}).flatMap(({ content }) => linesOfConfig(content)),
  ];
  const valuesOf = (name: string) => variables.map((values) => values[name] ?? "");
  const behind = Object.values(model.secrets ?? {}).flatMap((object) => [
    ...(object.file === undefined ? [] : fileSecret(unescapeDollars(object.file))),
    ...(typeof object.environment === "string" ? valuesOf(unescapeDollars(object.environment)) : []),
    notedValue(object) ?? "",
  ]);
  const texts = [...textsIn(model).map(unescapeDollars), ...set.map(([, value]) => value)];
  return worthMasking([...secretsAmong(named), ...texts.flatMap(urlPasswords), ...behind], publicNames(model));
}

/**
 * The same for a project that could not be resolved: values of variables whose names speak of secrets, in the environment and
 * in the texts of env and compose files.
 */
export function secretVariables(env: Variables, texts: readonly string[]): readonly string[] {
  return worthMasking(secretsAmong([...namedVariables(env), ...texts.flatMap(writtenValues)]));
}

type Named = readonly [name: string, value: string];

function secretsAmong(named: readonly Named[]): readonly string[] {
  return named.flatMap(([name, value]) => (mayHoldSecret(name) ? [value] : []));
}

/** What would make messages unreadable, and hide nothing, is left out. */
function worthMasking(values: readonly string[], names: ReadonlySet<string> = new Set()): readonly string[] {
  return [...new Set(values.flatMap(formsOf))].filter((value) => {
    const lower = value.toLowerCase();
    const isKnown = names.has(lower) || knownToAll.has(lower) || isManner(value) || /^\d{1,5}$/.test(value);
    return value.length >= shortest && !isKnown;
  });
}

/** The whole; its longer lines, as a log shows a key line by line; and what a scheme of HTTP stands before. */
function formsOf(value: string): readonly string[] {
  const text = value.trim();
  const [, credentials] = /^(?:basic|bearer|token)\s+(\S+)$/i.exec(text) ?? [];
  // A key in a variable is often on one line, its line breaks written as `\n`.
  const lines = text.split(/\r?\n|\\n/);
  const longer = lines.length > 1 ? lines.filter((line) => line.length >= 16 && !line.startsWith("-----")) : [];
  return [text, ...longer, ...(credentials === undefined ? [] : [credentials])];
}

function namedVariables(variables: Variables): readonly Named[] {
  return Object.entries(variables).map(([name, value = ""]) => [name, value]);
}

function namedValues(service: ComposeService): readonly Named[] {
  const { environment = {}, labels = {}, build } = service;
  const { args = {} } = (build ?? {}) as { args?: Readonly<Record<string, string | null>> };
  const { postStart, preStop } = hooksOf(service);
  const ofHooks = [...postStart, ...preStop].flatMap((hook) => Object.entries(hook.environment));
  const written = [environment, labels, args].flatMap((values) =>
    Object.entries<string | null>(values).flatMap(([name, value]): Named[] =>
      value === null ? [] : [[name, unescapeDollars(String(value))]],
    ),
  );
  return [...written, ...ofHooks];
}

/** In a configuration file `key:` is what something is found by. */
function linesOfConfig(content: unknown): readonly Named[] {
  const written = typeof content === "string" ? writtenValues(unescapeDollars(content)) : [];
  return written.filter(([name]) => name.toLowerCase() !== "key");
}

/** `NAME=value` and `name: value`, each on a line. */
function writtenValues(text: string): readonly Named[] {
  const line = /^[ \t]*(?:-[ \t]*|export[ \t]+)?["']?(\w+)["']?[ \t]*[=:][ \t]*(["']?)(.+?)\2[ \t]*,?$/gm;
  return [...text.matchAll(line)].map(([, name = "", , value = ""]): Named => [name, value]);
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/**
 * `scheme://user:password@host`: the password as written and decoded. An @ that nobody encoded belongs to it, up to the
 * last one before the host.
 */
function urlPasswords(text: string): readonly string[] {
  // Of bounded length, so that no text takes long.
  const url = /\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s:/@]{0,200}:(?!\d{1,5}\/)([^\s/"']{1,500}|[^\s@]{1,500})@/gi;
  return [...text.matchAll(url)].flatMap(([, password = ""]) => [password, decoded(password)]);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function fileSecret(file: string): readonly string[] {
  try {
    return statSync(file).size > largestFile ? [] : [readFileSync(file, "utf8")];
  } catch {
    // Compose itself says so when it needs the file.
    return [];
  }
}

function publicNames(model: ComposeModel): ReadonlySet<string> {
  const services = Object.entries(model.services);
  const images = services.flatMap(([, { image = "" }]) => imageRepository(image).split("/"));
  const names = [model.name, ...services.map(([name]) => name), ...images, ...Object.keys(model.networks ?? {})];
  return new Set(names.map((name) => name.toLowerCase()));
}
