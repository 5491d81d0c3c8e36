import { readFileSync, statSync } from "node:fs";
import type { ComposeModel, ComposeService } from "@sluice/core";
import { unescapeDollars } from "../model/dollars.ts";
import { imageRepository } from "../roles/service-shape.ts";

/** Shorter values would shred ordinary text. */
const shortest = 4;
const largestFile = 64 * 1024;

const secretName =
  /pass(?:w(?:or)?d|phrase)?(?:$|[_\-.\d])|pwd|secret|token|credential|api_?key|access_?key|private_?key|_key(?:_base|s)?$|^key$|(?:^|_)salt|dsn$|jwt|basic_?auth|webhook_url$|cookie$/i;
const harmlessName =
  /_(?:file|path|dir|name|names|ttl|expiry|expiration|expires\w*|lifetime|length|min\w*|max\w*|header|enabled|disabled|type|algorithm|hashers?|policy|issuer|audience|endpoint|host|port|user|username|timeout|age)$|public_?key|^(?:disable|enable|allow|require|use|is|has)_/i;

/** Defaults that everybody knows; masking them would only make messages unreadable. */
const knownToAll = new Set([
  "true",
  "false",
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

/**
 * Values that must be masked wherever they appear: of variables, build arguments and labels whose names speak of
 * secrets, passwords inside URLs, and the contents of secret files. Values that also name something in the project
 * (a password `umami` of service `umami`) are left out, and values shorter than 4 characters.
 */
export function secretValues(model: ComposeModel): readonly string[] {
  const services = Object.values(model.services);
  const named = services.flatMap(namedValues);
  const inUrls = named.flatMap(([, value]) => urlPasswords(value));
  const values = [
    ...named.filter(([name]) => isSecret(name)).map(([, value]) => value),
    ...inUrls,
    ...Object.values(model.secrets ?? {}).flatMap(({ file }) =>
      file === undefined ? [] : fileSecrets(unescapeDollars(file)),
    ),
  ];
  const names = publicNames(model);
  return [...new Set(values)].filter(
    (value) =>
      value.length >= shortest &&
      !names.has(value.toLowerCase()) &&
      !/^\d{1,5}$/.test(value) &&
      !knownToAll.has(value.toLowerCase()),
  );
}

/**
 * The same for a project that could not be resolved: values of variables whose names speak of secrets, in the environment and
 * in the texts of env and compose files.
 */
export function secretVariables(
  env: Readonly<Record<string, string | undefined>>,
  texts: readonly string[],
): readonly string[] {
  const line = /^[ \t]*(?:-[ \t]*|export[ \t]+)?["']?(\w+)["']?[ \t]*[=:][ \t]*(["']?)(.+?)\2[ \t]*,?$/gm;
  const written = texts.flatMap((text) =>
    [...text.matchAll(line)].map(([, name = "", , value = ""]): Named => [name, value]),
  );
  const set = Object.entries(env).map(([name, value = ""]): Named => [name, value]);
  const values = [...set, ...written].filter(([name]) => isSecret(name)).map(([, value]) => value);
  return [...new Set(values)].filter((value) => value.length >= shortest && !knownToAll.has(value.toLowerCase()));
}

function isSecret(name: string): boolean {
  return secretName.test(name) && !harmlessName.test(name);
}

type Named = readonly [name: string, value: string];

function namedValues({ environment = {}, labels = {}, build }: ComposeService): readonly Named[] {
  const { args = {} } = (build ?? {}) as { args?: Readonly<Record<string, string | null>> };
  return [environment, labels, args].flatMap((values) =>
    Object.entries<string | null>(values).flatMap(([name, value]): Named[] =>
      value === null ? [] : [[name, unescapeDollars(String(value))]],
    ),
  );
}

/** `scheme://user:password@host`: the password as written and decoded. */
function urlPasswords(value: string): readonly string[] {
  return [...value.matchAll(/\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:([^\s@]+)@/gi)].flatMap(([, password = ""]) => [
    password,
    decoded(password),
  ]);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The whole, and its longer lines: a log shows a key line by line. */
function fileSecrets(file: string): readonly string[] {
  try {
    if (statSync(file).size > largestFile) return [];
    const text = readFileSync(file, "utf8").trim();
    const lines = text.split(/\r?\n/);
    return lines.length === 1
      ? [text]
      : [text, ...lines.filter((line) => line.length >= 16 && !line.startsWith("-----"))];
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
