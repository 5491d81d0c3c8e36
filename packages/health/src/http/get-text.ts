interface TextRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: URLSearchParams | string | undefined;
}

type TextAnswer =
  | { readonly status: number; readonly text: string; readonly headers: Headers; readonly failure?: undefined }
  | { readonly failure: string };

/** A server that answers with more has been asked the wrong question. */
const mostBytes = 4 * 1024 * 1024;

/**
 * An answer of a server that is reached from here, as text. What stands in the way of one is told as the reason; only the
 * signal's own is thrown. Redirections are answers: what goes with a request is not sent on to another server.
 */
export async function getText(url: string, request: TextRequest, signal: AbortSignal): Promise<TextAnswer> {
  try {
    const { method, headers, body } = request;
    const answer = await fetch(url, { method, headers, body: body ?? null, signal, redirect: "manual" });
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of answer.body ?? []) {
      chunks.push(chunk as Uint8Array);
      size += (chunk as Uint8Array).length;
      if (size > mostBytes) return { failure: `the answer is larger than ${mostBytes} bytes` };
    }
    return { status: answer.status, headers: answer.headers, text: Buffer.concat(chunks).toString("utf8") };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof TypeError)) throw error;
    // `fetch failed` says nothing; its cause does.
    const { cause } = error;
    return { failure: cause instanceof Error && cause.message !== "" ? cause.message : error.message };
  }
}
