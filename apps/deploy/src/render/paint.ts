import { styleText } from "node:util";
import type { CommandContext } from "../context.ts";

export type Style = "red" | "green" | "yellow" | "cyan" | "blue" | "magenta" | "dim" | "bold";
export type Paint = (style: Style, text: string) => string;

export const noPaint: Paint = (_style, text) => text;

/** Colours on a terminal that wants them (https://no-color.org). */
export function createPaint({ stdout, env }: Pick<CommandContext, "stdout" | "env">): Paint {
  if (!stdout.isTTY || env["NO_COLOR"] || env["TERM"] === "dumb") return noPaint;
  return (style, text) => styleText(style, text, { validateStream: false });
}
