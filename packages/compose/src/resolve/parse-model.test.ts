import { expect, it } from "vitest";
import { minimumCompose } from "../compose-cli/minimum-compose.ts";
import { parseModel } from "./parse-model.ts";

it("what is no model is refused with the version that is needed everywhere", () => {
  expect(parseModel('{"services":{}}')).toEqual({ services: {} });
  expect(() => parseModel("services: {}")).toThrow(
    expect.objectContaining({
      code: "COMPOSE_INVALID",
      hint: expect.stringContaining(`Compose ${minimumCompose.join(".")} or newer`) as string,
    }),
  );
});
