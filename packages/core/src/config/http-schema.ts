import * as z from "zod";
import { httpToken } from "../model/http-syntax.ts";
import { checkText } from "./reference-schema.ts";
import { hasReference } from "./references.ts";

/** What Node's client writes into the first line of a request. A reference has nothing else in it either. */
const pathCharacters = /^[\u0021-\u00ff]*$/;
const isPath = (text: string) => pathCharacters.test(text);
const isHeaderValue = (text: string) => /^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(text);

const encoded = "expected a path without spaces, line breaks and what else is written as %20 and the like";
const oneLine = "expected a header's value: one line, in characters up to U+00FF";

export const method = z.string().regex(httpToken, "expected a method such as GET or POST");

export const headerName = z.string().regex(httpToken, "expected the name of a header such as X-Session");

/** Of a request: nothing but `${env:NAME}` is filled in. */
export const checkPath = checkText.startsWith("/", "expected a path that begins with /").refine(isPath, encoded);

/** Of a step, which may go where an answer before it says. */
export const stepPath = z
  .string()
  .regex(/^(?:\/|\$\{)/, "expected a path that begins with /, or a captured one")
  .refine(isPath, encoded);

export const checkHeaders = z.record(headerName, checkText.refine(isHeaderValue, oneLine));
/** Their references are looked at elsewhere, or filled in as they are. */
export const headers = z.record(headerName, z.string().refine(isHeaderValue, oneLine));

const status = "expected a status from 100 to 599";
const one = z.int(status).min(100, status).max(599, status);
/** One that is expected, or several. */
export const statuses = z.union([one, z.array(one)], `${status}, or a list such as [200, 201]`);

/** Of a server; with a reference in it, only the filled one can tell. */
export const httpUrl = z
  .string()
  .min(1)
  .refine(
    (text) => hasReference(text) || /^https?:\/\/[^/\s]\S*$/.test(text),
    "expected an http or https address such as http://prometheus.internal:9090",
  );
