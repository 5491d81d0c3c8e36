import { expect, it } from "vitest";
import { asGivenMore, isGivenMore } from "./given-by-compose.ts";

const web = {
  use_api_socket: true,
  models: { "my-llm": null, two: { endpoint_var: "THE_URL", model_var: "THE_MODEL" } },
  environment: { A: "b" },
};
const model = {
  name: "shop",
  services: { web, other: { models: {} } },
  models: { "my-llm": { model: "ai/x" }, two: { model: "ai/y" } },
};
const container = {
  Config: {
    Labels: { "com.docker.compose.service": "web" },
    Env: ["MY_LLM_URL=http://a/$x", "THE_URL=http://b", "A=b"],
  },
  Mounts: [{ Source: "/run/user/1000/docker.sock", Destination: "/var/run/docker.sock" }],
};

it("has what Compose gives to what uses the engine's socket or AI models, with what only a container tells", () => {
  expect(isGivenMore(model)).toBe(true);
  expect(asGivenMore(model, [container]).services).toEqual({
    ...model.services,
    web: {
      ...web,
      volumes: [{ type: "bind", source: "/run/user/1000/docker.sock", target: "/var/run/docker.sock" }],
      configs: [{ source: "#apisocket", target: "/run/secrets/docker/config.json" }],
      environment: {
        A: "b",
        DOCKER_CONFIG: "/run/secrets/docker",
        MY_LLM_MODEL: "ai/x",
        MY_LLM_URL: "http://a/$$x",
        THE_MODEL: "ai/y",
        THE_URL: "http://b",
      },
    },
  });
});

it("is as written where there is no container, or nothing is given", () => {
  expect(asGivenMore(model, [])).toEqual(model);
  expect(isGivenMore({ name: "shop", services: { other: model.services.other, db: { use_api_socket: false } } })).toBe(
    false,
  );
});
