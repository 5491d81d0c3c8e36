import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { confirm } from "./confirm.ts";

const never = new AbortController().signal;

/** What is answered, and what was shown, when this is typed; then the input ends, as by Ctrl-D. */
async function answering(typed: string) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  input.end(typed);
  const answer = await confirm("Do it?", never, { input, output });
  output.end();
  return [answer, await text(output)];
}

describe("a question", () => {
  it.each([
    ["y\n", true],
    ["YES \n", true],
    ["n\n", false],
    ["\n", false],
    ["yesterday\n", false],
  ])("takes %j for %s", async (typed, answer) => {
    expect(await answering(typed)).toEqual([answer, "Do it? [y/N] "]);
  });

  it("is answered by no where the input ends instead, and each one after it too", async () => {
    expect(await answering("")).toEqual([false, "Do it? [y/N] \n"]);
    const [input, output] = [new PassThrough(), new PassThrough()];
    input.end();
    expect(await confirm("Do it?", never, { input, output })).toBe(false);
    expect(await confirm("Really?", never, { input, output })).toBe(false);
  });

  it("ends with the command", async () => {
    const stopping = new AbortController();
    const asking = confirm("Do it?", stopping.signal, { input: new PassThrough(), output: new PassThrough() });
    stopping.abort();
    await expect(asking).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
  });
});
