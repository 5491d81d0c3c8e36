// A module of our own in between, so that what is loaded late is a chunk of a bundle.
export { renderHtml } from "@sluice/report";
