/** The style sheet of the page: a constant, so that the content policy can name it by its hash. */
export const style = `
:root { color-scheme: light dark; --ink: #1c2330; --dim: #5b6472; --line: #d5dae1; --paper: #ffffff; --panel: #f5f7f9;
  --good: #1a7f4b; --bad: #b3261e; --warn: #8a5a00; --bar: #3867b7; --second: #a34fa0; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ee; --dim: #a2abb8; --line: #3a424e; --paper: #14181e; --panel: #1d232b;
    --good: #5fce94; --bad: #ff8a80; --warn: #f0b95a; --bar: #7ea6ea; --second: #d893d5; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 70rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
p { margin: .5rem 0; }
.dim, figcaption { color: var(--dim); } figcaption { font-size: .9rem; }
.verdict { font-size: 1.15rem; font-weight: 600; }
.good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.25rem; margin: 1rem 0; }
dt { color: var(--dim); } dd { margin: 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--dim); padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); min-width: 3rem; }
th { font-weight: 600; overflow-wrap: break-word; } thead th { white-space: nowrap; }
@media screen { td.text { min-width: 7rem; } }
td .good, td .bad, td .warn { white-space: nowrap; }
.number { text-align: right; white-space: nowrap; overflow-wrap: normal; }
.chart { min-width: 12rem; width: 30%; padding-right: 0; }
.chart svg { display: block; width: 100%; height: 1rem; margin-top: .2rem; background: var(--panel); }
code, pre { font: .85em/1.45 ui-monospace, monospace; }
pre { margin: .35rem 0 0; padding: .5rem .75rem; white-space: pre-wrap; background: var(--panel); border-left: 3px solid var(--line); }
figure { margin: 0; } figure svg { display: block; width: 100%; max-width: 48rem; height: auto; }
svg text { fill: var(--dim); font: 12px system-ui, sans-serif; }
.fill { fill: var(--bar); } .fill.bad { fill: var(--bad); } .fill.warn { fill: var(--warn); } .fill.second { fill: var(--second); }
.grid { stroke: var(--line); fill: none; }
.line { fill: none; stroke: var(--bar); stroke-width: 2.5; } .line.second { stroke: var(--second); }
footer { margin-top: 2rem; color: var(--dim); font-size: .85rem; }
@media print {
  :root { color-scheme: light; --ink: #000; --dim: #444; --line: #bbb; --paper: #fff; --panel: #f2f2f2;
    --good: #0b5d33; --bad: #8c1d18; --warn: #6b4600; --bar: #2a4f92; --second: #7d3a7b; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  svg, .fill, .line { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  tr, figure, pre { break-inside: avoid; } h2 { break-after: avoid; } thead { display: table-header-group; }
  .wide { overflow: visible; }
}
`;
