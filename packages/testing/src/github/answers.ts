/** An answer of the stand-in. */
export interface GithubAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface GithubRequest {
  readonly operation: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  /** Where the stand-in listens. */
  readonly base: string;
}

export const ok = (body: unknown): GithubAnswer => ({ status: 200, body });
export const created = (body: unknown): GithubAnswer => ({ status: 201, body });
export const notFound = (): GithubAnswer => refusal(404, "Not Found");

/** As GitHub words errors: a message, and where to read more. */
export function refusal(status: number, message: string, headers: Readonly<Record<string, string>> = {}): GithubAnswer {
  const body = { message, documentation_url: "https://docs.github.com/rest", status: String(status) };
  return { status, body, headers };
}

export function invalid(message: string, code = "invalid"): GithubAnswer {
  return {
    status: 422,
    body: { ...(refusal(422, message).body as object), errors: [{ resource: "Release", field: "tag_name", code }] },
  };
}

/** A page of a list, as `page` and `per_page` ask for it; none has more than 100, whatever is asked for. */
export function pageOf<T>(items: readonly T[], query: URLSearchParams): readonly T[] {
  const size = Math.min(100, Number(query.get("per_page") ?? 30));
  const page = Number(query.get("page") ?? 1);
  return items.slice((page - 1) * size, page * size);
}

/** A text of a body; the fallback where it is left out. */
export function textOf(value: unknown, fallback = ""): string {
  return typeof value === "string" ? value : fallback;
}
