import * as z from "zod";
import { bytesPattern, parseBytes } from "./bytes.ts";

const expected = "expected a size such as 512m, 1g or 64MiB, or a number of bytes";
/** What is no size at all is not compared with any. */
const once = { error: expected, abort: true };

/**
 * A size as compose files have it, or a number of bytes, in the file; bytes in the resolved configuration.
 *
 * @param least of what is accepted, as it is written in the file
 */
export const bytes = (least: string) =>
  z.codec(
    z
      .union([z.int(expected).min(0, once), z.string(expected).regex(bytesPattern, once)], expected)
      .refine((size) => bytesOf(size) !== undefined, once)
      .refine((size) => (bytesOf(size) ?? 0) >= (parseBytes(least) ?? 0), `expected at least ${least}`),
    z.number(),
    { decode: (size) => bytesOf(size) ?? 0, encode: (size) => size },
  );

function bytesOf(size: number | string): number | undefined {
  return typeof size === "number" ? size : parseBytes(size);
}
