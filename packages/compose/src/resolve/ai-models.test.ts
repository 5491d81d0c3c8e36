import { expect, it } from "vitest";
import { withModels } from "./ai-models.ts";

const llm = { model: "ai/smollm2" };
const yaml = async () => "name: shop\nmodels:\n  llm:\n    model: ai/smollm2\n";
const never = async () => expect.unreachable();

it("has the AI models that Compose leaves out of its JSON, where a service uses one", async () => {
  const using = { name: "shop", services: { web: { models: { llm: null } }, db: {} } };
  expect(await withModels(using, yaml)).toEqual({ ...using, models: { llm } });
  const whole = { ...using, models: { llm } };
  expect(await withModels(whole, never)).toBe(whole);
  const without = { name: "shop", services: { web: { models: {} }, db: {} } };
  expect(await withModels(without, never)).toBe(without);
});
