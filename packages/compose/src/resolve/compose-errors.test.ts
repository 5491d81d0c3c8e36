import { describe, expect, it } from "vitest";
import { complaint } from "./compose-errors.ts";
import { parseSource } from "./source-files.ts";

const compose = parseSource(
  "compose.yaml",
  `services:
  web:
    image: shop
    read_only: \${RO}
    init: "\${INIT:-}"
    ports:
      - published: "80"
        target: \${PORT}
    stop_grace_period: \${GRACE}
    scale: 1x
networks:
  back: { internal: $INTERNAL }
`,
);
const over = parseSource("over.yaml", "services: { web: { read_only: '${RO_OVER-no way}' } }\n");
const of = (message: string, sources = [compose]) => {
  const { hint, position } = complaint(message, sources, (text) => text);
  return [position && `${position.file}:${position.line}`, hint];
};
const cast = (path: string, problem: string) =>
  `error while interpolating ${path}: failed to cast to expected type: ${problem}`;
const notThis = "set it to such a one, or write ${";

describe("what a variable makes of a setting that it does not fit", () => {
  it.each([
    [
      cast("services.web.read_only", "invalid boolean: maybe"),
      "compose.yaml:4",
      `read_only of service web is true or false, and variable RO is neither: ${notThis}RO:-false}`,
    ],
    [
      cast("services.web.init", "invalid boolean: "),
      "compose.yaml:5",
      `init of service web is true or false, and variable INIT is empty: ${notThis}INIT:-false}`,
    ],
    [
      cast("services.web.ports.[].target", 'strconv.Atoi: parsing "": invalid syntax'),
      "compose.yaml:6",
      `ports.target of service web is a number, and variable PORT is empty: ${notThis}PORT:-…}`,
    ],
    [
      cast("services.web.ports.[].target", 'strconv.Atoi: parsing "x": invalid syntax'),
      "compose.yaml:6",
      `ports.target of service web is a number, and variable PORT is none: ${notThis}PORT:-…}`,
    ],
    [
      cast("networks.back.internal", "invalid boolean: 7"),
      "compose.yaml:12",
      `internal of network back is true or false, and variable INTERNAL is neither: ${notThis}INTERNAL:-false}`,
    ],
  ])("names the setting and the variable: %s", (message, at, hint) => {
    expect(of(message)).toEqual([at, hint]);
  });

  it("names each one that it can be, where several files write the setting", () => {
    const [at, hint] = of(cast("services.web.read_only", "invalid boolean: no way"), [compose, over]);
    expect(at).toBe("over.yaml:1");
    expect(hint).toBe(
      `read_only of service web is true or false, and variable RO or RO_OVER is neither: ${notThis}RO:-false}`,
    );
  });

  it("names none where none is written", () => {
    expect(of(cast("services.web.scale", 'strconv.Atoi: parsing "1x": invalid syntax'))).toEqual([
      "compose.yaml:10",
      undefined,
    ]);
  });

  it("says of any other setting that variables are in it", () => {
    const message = "error decoding 'services[web].stop_grace_period': time: invalid duration \"abc\"";
    expect(of(message)).toEqual([
      "compose.yaml:9",
      "stop_grace_period of service web is made of variable GRACE: see what that is set to",
    ]);
  });
});
