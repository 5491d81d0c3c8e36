import type { ComposeFileUse, ComposeModel, ComposeService } from "@sluice/core";
import { describe, expect, test } from "vitest";
import { inlineFiles } from "./inline-files.ts";

const env = { TOK: "se$cret", CE: "from outside", EMPTY: "" };
const model = (service: ComposeService): ComposeModel => ({
  name: "shop",
  services: { app: service, other: {} },
  secrets: {
    x: { environment: "TOK" },
    unset: { environment: "NOT_SET" },
    empty: { environment: "EMPTY" },
    filed: { file: "./x" },
    ours: { external: true },
  },
  configs: { c: { content: "costs $$5\n" }, e: { environment: "CE" }, filed: { file: "./c" } },
});
const files = (service: ComposeService) => inlineFiles(model(service), env);
const secret = (use: Partial<ComposeFileUse>) => files({ secrets: [{ source: "x", ...use }] })[0];
const config = (use: Partial<ComposeFileUse>) => files({ configs: [{ source: "c", ...use }] })[0];

describe("inlineFiles", () => {
  test("are what a variable or the model holds, as it is meant", () => {
    const found = files({
      secrets: [{ source: "x" }, { source: "empty" }, { source: "filed" }, { source: "ours" }],
      configs: [{ source: "c" }, { source: "e" }, { source: "filed" }],
    });
    expect(found.map(({ service, content }) => [service, content])).toEqual([
      ["app", "se$cret"],
      ["app", ""],
      ["app", "costs $5\n"],
      ["app", "from outside"],
    ]);
  });

  test("lie where Compose puts them", () => {
    const targets = [undefined, "y", "/abs/$$y"].map((target) => [
      secret({ target })?.target,
      config({ target })?.target,
    ]);
    expect(targets).toEqual([
      ["/run/secrets/x", "/c"],
      ["/run/secrets/y", "/y"],
      ["/abs/$y", "/abs/$y"],
    ]);
  });

  test("belong to root and are there to be read by all, unless the project says it", () => {
    expect(secret({})).toMatchObject({ mode: 0o444, uid: 0, gid: 0 });
    expect(config({ uid: "12", gid: "13", mode: 0o400 })).toMatchObject({ mode: 0o400, uid: 12, gid: 13 });
    // As Compose 2.40 writes it.
    expect(secret({ mode: "0440" })).toMatchObject({ mode: 0o440 });
  });

  test.each([
    [
      "a variable that is not set",
      { secrets: [{ source: "unset" }] },
      "secret unset of app: variable NOT_SET is not set",
    ],
    [
      "an owner without a number",
      { secrets: [{ source: "x", uid: "www" }] },
      "secret x of app: its owner www is no number",
    ],
    [
      "a container that nothing can be put into",
      { read_only: true, configs: [{ source: "c" }] },
      "config c of app: the container is read_only",
    ],
  ])("are refused for %s", (_what, service: ComposeService, message) => {
    expect(() => files(service)).toThrow(expect.objectContaining({ code: "COMPOSE_FAILED", message }));
  });

  test("are those of one service where only that is asked for", () => {
    const both = { ...model({ secrets: [{ source: "unset" }] }) };
    const services = { ...both.services, other: { configs: [{ source: "c" }] } };
    expect(inlineFiles({ ...both, services }, env, ["other"]).map(({ service }) => service)).toEqual(["other"]);
  });
});
