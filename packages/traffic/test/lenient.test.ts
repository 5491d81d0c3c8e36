import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Door, doorImages, isHaproxy, openStage, type Stage } from "./stage.ts";

const images = (await doorImages()).filter(isHaproxy);

describe.each(images)("what no standard allows, by %s", (image) => {
  let stage: Stage;
  let door: Door;
  beforeAll(async () => {
    stage = await openStage(image);
    // What answers here is asked by TCP whether it is up.
    const spec = stage.spec({ listen: [{ port: 8080, target: 8081 }], healthPath: null });
    [door] = await Promise.all([stage.startDoor(spec, { stable: "blue", share: 0, salt: 0 }), stage.startApp("blue")]);
    await stage.router.waitServers(door.name, "blue", 1, 20_000);
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  test.each(["/café", "/a#b", "/a|b<c>", "/a?q=größe"])("reaches an application that takes it: %s", async (path) => {
    const answer = await rawAnswer(
      door.port,
      `GET ${path} HTTP/1.1\r\nHost: door\r\nConnection: close\r\nX Odd: asked\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toContain(`\r\n\r\nGET ${path} HTTP/1.1\r\n`);
    expect(answer).toMatch(/^x odd: asked\r?$/im);
  });

  test("reaches users in an application's answer", async () => {
    const answer = await rawAnswer(door.port, "GET / HTTP/1.1\r\nHost: door\r\nConnection: close\r\n\r\n");
    expect(answer).toMatch(/^x odd: 1\r$/im);
    expect(answer).toMatch(/^@odd: 2\r$/im);
  });
});

/** All that comes back for a text, until the other side closes. */
function rawAnswer(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    let answer = "";
    socket.on("data", (data) => {
      answer += data.toString();
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(answer));
  });
}
