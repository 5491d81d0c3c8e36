import type { GithubRelease, OpenedDesk, ReleaseComparison } from "@sluice/wiring";

const release: GithubRelease = {
  id: 1,
  tag: "v1.1.0",
  title: "Carts\nare kept",
  notes: "- carts\n",
  isDraft: false,
  isPrerelease: false,
  isImmutable: false,
  publishedAt: "2026-05-01T09:57:00Z",
  author: "ada",
  url: "https://github.example/r/v1.1.0",
  uploadUrl: "https://uploads.github.example/1{?name}",
  assets: [{ name: "report.html", bytes: 9 }],
};

const comparison: ReleaseComparison = {
  from: "v1.0.0",
  to: "v1.1.0",
  commits: [{ commit: "c0ffeec0ffee", subject: "feat: carts", author: "ada" }],
  ahead: 3,
  behind: 1,
  pulls: [{ number: 7, title: "Carts", author: "ada", url: "", approvedBy: ["grace"] }],
  direct: [],
  unasked: 0,
  url: "https://github.example/compare",
};

/** A desk in memory that notes what is asked of it. What it shows and compares is as it is said. */
export function aDesk(
  shown: Partial<GithubRelease> = {},
  compared: Partial<ReleaseComparison> = {},
  made: Partial<GithubRelease> = {},
  mayBeOfRun = false,
  place = "acme/shop",
) {
  const calls: unknown[][] = [];
  const unexpected = (name: string) => () => Promise.reject(new Error(`${name} was not expected`));
  const noted =
    (name: string, answer: unknown) =>
    async (...args: readonly unknown[]) => {
      calls.push([name, ...args.filter((arg) => !(arg instanceof AbortSignal))]);
      return answer as never;
    };
  const desk: OpenedDesk = {
    mayBeOfRun,
    repository: "acme/shop",
    place,
    list: noted("list", [release, { ...release, tag: "v1.2.0", isDraft: true, publishedAt: null }]),
    show: noted("show", { ...release, commit: "c0ffee", ...shown }),
    draft: noted("draft", { tag: "v1.1.0", target: "c0ffee", notes: "- carts\n" }),
    create: noted("create", { ...release, ...made }),
    promote: noted("promote", release),
    draftRollback: noted("draftRollback", { tag: "v1.0.0-rollback.1", target: "1", notes: "Goes back.\n" }),
    compare: noted("compare", { ...comparison, ...compared }),
    attach: unexpected("attach"),
  };
  return { calls, openReleaseDesk: async () => desk };
}
