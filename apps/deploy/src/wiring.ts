// A module of our own in between, so that what is loaded late is a chunk of the bundle.
export { createDeployer, openReleaseDesk, renderHtml, renderMarkdown, resolveRelease } from "@sluice/wiring";
