import { isSluiceError } from "@sluice/core";
import type { Attempt } from "../attempt.ts";
import { EngineLate } from "../probe-exec.ts";
import { type Connection, connect, type DoorCall } from "./connection.ts";
import { exchange, type HttpAnswer, type HttpRequest, unsendable } from "./exchange.ts";
import { requestHeaders } from "./request-headers.ts";

type Exchanged =
  | { readonly answer: HttpAnswer; readonly elapsedMs: number; readonly failure?: undefined }
  | { readonly failure: Attempt; readonly answer?: undefined; readonly elapsedMs?: undefined };

/** One request from inside a door's container. @throws the signal's reason, and SluiceError or EngineLate where nothing can be run there */
export async function exchangeThrough(call: DoorCall, request: HttpRequest): Promise<Exchanged> {
  const { method, path, body } = request;
  const headers = requestHeaders(request.headers, call.route.headers);
  await using connection = connect(call);
  try {
    const answer = await exchange({ method, path, headers, body }, connection.transport);
    return { answer, elapsedMs: connection.elapsedMs() };
  } catch (error) {
    if (call.signal.aborted || isSluiceError(error) || error instanceof EngineLate) throw error;
    return { failure: await failedExchange(error, connection) };
  }
}

async function failedExchange(error: unknown, connection: Connection): Promise<Attempt> {
  const why = unsendable(error);
  if (why !== undefined) return { result: "inconclusive", value: "cannot be sent", detail: why };
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== "ECONNRESET") return { result: "fail", value: "no HTTP answer", detail: message };
  const complaint = await connection.complaint();
  return complaint
    ? { result: "fail", value: "no connection", detail: complaint }
    : { result: "fail", value: "no answer" };
}
