import { SluiceError } from "@sluice/core";
import { expect, it } from "vitest";
import { engineError, unreachableByCompose } from "./errors.ts";

const failed = (errno: string | undefined, statusCode?: number) =>
  engineError(Object.assign(new Error(`write ${errno}`), { code: errno, statusCode }), "containers cannot be listed");

it.each(["ENOENT", "ECONNREFUSED", "EPIPE", "ECONNRESET"])(
  "an engine that is not there, or whose connection breaks, is not reached: %s",
  (errno) => {
    expect(failed(errno)).toMatchObject({ code: "ENGINE_UNREACHABLE", message: expect.stringContaining(errno) });
  },
);

it("what the engine answered is its own failure, and an error of ours stays as it is", () => {
  expect(failed("EPIPE", 500)).toMatchObject({ code: "ENGINE_FAILED" });
  expect(failed(undefined)).toMatchObject({ code: "ENGINE_FAILED" });
  const own = new SluiceError("IMAGE_MISSING", "no image");
  expect(engineError(own, "it cannot be read")).toBe(own);
});

it("a socket that is for others says how this user comes to an engine", () => {
  const denied = {
    code: "ENGINE_UNREACHABLE",
    message: expect.stringContaining("this user may not use the socket") as string,
    hint: expect.stringMatching(/usermod -aG docker .*rights of root.*DOCKER_HOST=unix:.*rootless/) as string,
  };
  const error = new Error("connect EACCES /var/run/docker.sock");
  expect(engineError(Object.assign(error, { code: "EACCES", syscall: "connect" }), "x")).toMatchObject(denied);
  const said = "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock";
  expect(unreachableByCompose(said, "")).toMatchObject(denied);
  expect(
    unreachableByCompose("permission denied while trying to connect to the docker API at unix://x", ""),
  ).toMatchObject(denied);
});

it("a file or a key that is for others is no socket that is", () => {
  const file = Object.assign(new Error("open ca.pem"), { code: "EACCES", syscall: "open" });
  expect(engineError(file, "x")).toMatchObject({ hint: expect.not.stringContaining("usermod") as string });
  const ssh = "error during connect: ssh: Permission denied (publickey)";
  expect(unreachableByCompose(ssh, "")).toMatchObject({ hint: expect.not.stringContaining("usermod") as string });
});
