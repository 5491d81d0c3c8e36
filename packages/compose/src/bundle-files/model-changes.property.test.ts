import type { ComposeModel, ComposeService } from "@sluice/core";
import fc from "fast-check";
import { expect, it } from "vitest";
import { escapeDollars } from "../model/dollars.ts";
import { modelChanges } from "./model-changes.ts";

const canary = "canary";
/** No generated text has it, so that none of it may be in what comes out, nor its beginning. */
const secret = fc.string({ unit: "grapheme", maxLength: 20 }).map((text) => `${canary}${text}`);
const plain = fc.string({ maxLength: 12 }).filter((text) => !text.includes(canary));
const around = fc.tuple(plain, plain);

/** Places where nothing but the place tells that a value is secret. */
const closedPlaces: readonly ((value: string) => ComposeService)[] = [
  (value) => ({ environment: { SOME: value } }),
  (value) => ({ labels: { "some.label": value } }),
  (value) => ({ build: { context: value, args: { SOME: value } } }),
  (value) => ({ command: ["serve", value], entrypoint: [value] }),
  (value) => ({ healthcheck: { test: ["CMD", value] } }),
  (value) => ({ "x-own": { [value]: value } }),
  (value) => ({ logging: { driver: "splunk", options: { "splunk-token": value } } }),
  (value) => ({ volumes: [{ type: "volume", target: "/x", volume: { labels: { some: value } } }] }),
  (value) => ({ unheard: [{ of: value }] }),
];
/** Places that are shown, for a value that is known to be secret by its name elsewhere. */
const openPlaces: readonly ((value: string) => ComposeService)[] = [
  (value) => ({ hostname: value, container_name: value }),
  (value) => ({ ports: [{ target: 80, host_ip: value }] }),
  (value) => ({ volumes: [{ type: "bind", source: value, target: "/x" }] }),
  (value) => ({ networks: { default: { aliases: [value] } } }),
  (value) => ({ deploy: { placement: { constraints: [value] } } }),
  (value) => ({ depends_on: { [value]: { required: true } } }),
];

const planted = fc
  .record({
    value: secret,
    around,
    form: fc.constantFrom((text: string) => text, encodeURIComponent),
    closed: fc.constantFrom(...closedPlaces),
    open: fc.constantFrom(...openPlaces),
    image: plain,
  })
  .map(({ value, around: [before, after], form, closed, open, image }): ComposeModel => {
    const text = escapeDollars(`${before}${form(value)}${after}`);
    return {
      name: "shop",
      services: {
        web: { image: escapeDollars(image), ...closed(text) },
        worker: { ...open(text), environment: { APP_PASSWORD: escapeDollars(value) } },
      },
      configs: { app: { content: text } },
      volumes: { data: { driver_opts: { o: text } } },
    };
  });
const clean: ComposeModel = { name: "shop", services: {} };

it("what a release changes holds no part of a planted secret, whichever way it changes", () => {
  fc.assert(
    fc.property(planted, planted, (one, other) => {
      const came = modelChanges(clean, one, "key");
      const went = modelChanges(one, clean, "key");
      expect(JSON.stringify([modelChanges(one, other, "key"), came, went])).not.toContain(canary);
      expect(Math.min(came.listed.length, went.listed.length)).toBeGreaterThan(4);
    }),
  );
});

it("is empty only for the same model, and the same backwards", () => {
  fc.assert(
    fc.property(planted, planted, (one, other) => {
      const there = modelChanges(one, other, "key");
      const back = modelChanges(other, one, "key");
      expect(there.listed.length === 0).toBe(JSON.stringify(one) === JSON.stringify(other));
      const turned = back.listed.map(({ path, before, after }) => [path, after, before]);
      const byText = (list: readonly unknown[]) => list.map((each) => JSON.stringify(each)).toSorted();
      expect(byText(turned)).toEqual(byText(there.listed.map(({ path, before, after }) => [path, before, after])));
      expect(modelChanges(one, structuredClone(one), "key").listed).toEqual([]);
    }),
  );
});
