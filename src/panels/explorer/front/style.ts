import { hidesStill } from "../../hides-still";
import { element } from "./element";

/** Colors of the page around it where it says them, else of the system: `--jp-*` are JupyterLab's. */
const STYLE = `
.vx {
  --ground: var(--jp-layout-color0, var(--vscode-editor-background, #ffffff));
  --ink: var(--jp-content-font-color1, var(--vscode-editor-foreground, #1b1f24));
  --accent: #1a5fb4; --on-accent: #ffffff; --warm: #b34700; --bad: #b3261e;
  --soft: color-mix(in srgb, var(--ink) 5%, var(--ground));
  --line: color-mix(in srgb, var(--ink) 16%, var(--ground));
  --edge: color-mix(in srgb, var(--ink) 46%, var(--ground));
  --muted: color-mix(in srgb, var(--ink) 74%, var(--ground));
  container: vx / inline-size;
  box-sizing: border-box; inline-size: 100%; min-inline-size: 280px; padding: 16px; position: relative;
  background: var(--ground); color: var(--ink);
  font: 13px/1.45 var(--jp-ui-font-family, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans CJK SC", sans-serif);
  font-variant-numeric: tabular-nums;
}
.vx[data-theme="dark"] {
  --ground: var(--jp-layout-color0, var(--vscode-editor-background, #14171a));
  --ink: var(--jp-content-font-color1, var(--vscode-editor-foreground, #e8eaed));
  --accent: #8ab8ff; --on-accent: #0b1a30; --warm: #ffab70; --bad: #ff9a92;
  color-scheme: dark;
}
.vx[data-theme="light"] { color-scheme: light; }
.vx *, .vx *::before, .vx *::after { box-sizing: border-box; }
.vx [hidden] { display: none !important; }
.vx h2, .vx h3, .vx h4, .vx p, .vx ol, .vx figure, .vx pre { margin: 0; padding: 0; }
/* The picture for whoever has no kernel stands in the output before. */
${hidesStill("vx")}
.vx ol { list-style: none; }
.vx h2, .vx h3 { color: inherit; }
.vx h2 { font-size: 18px; font-weight: 650; line-height: 1.2; }
.vx h3 { font-size: 13px; font-weight: 650; }
.vx h4 { font-size: 11px; font-weight: 600; color: var(--muted); }
.vx code, .vx pre { font-family: var(--jp-code-font-family, ui-monospace, Menlo, Consolas, monospace); font-size: 12px; background: none; color: inherit; }
.vx canvas { display: block; image-rendering: pixelated; }
.vx-hidden { position: absolute !important; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.vx-caption, .vx-note, .vx-hint, .vx-legend, .vx-title p { color: var(--muted); font-size: 12px; }

.vx button, .vx select, .vx input[type="number"], .vx input[type="text"] {
  font: inherit; color: var(--ink); background: var(--ground); border: 1px solid var(--edge); border-radius: 6px;
  block-size: 28px; padding: 0 10px; margin: 0;
}
.vx select { padding: 0 6px; max-inline-size: 190px; }
.vx input[type="number"] { inline-size: 66px; padding: 0 4px 0 8px; }
.vx input[type="range"] { inline-size: 110px; margin: 0; accent-color: var(--accent); }
.vx input[type="checkbox"] { margin: 0; accent-color: var(--accent); }
.vx button { cursor: pointer; white-space: nowrap; }
.vx button:hover:not(:disabled) { background: var(--soft); border-color: var(--ink); }
.vx button:disabled, .vx input:disabled { opacity: 0.45; cursor: default; }
.vx button[aria-pressed="true"], .vx button[aria-expanded="true"][data-part] {
  background: var(--accent); border-color: var(--accent); color: var(--on-accent);
}
.vx :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }

.vx-header, .vx-tools, .vx-group, .vx-labeled, .vx-footer, .vx-state, .vx-under, .vx-color-bar, .vx-legend, .vx-bars, .vx-token-row {
  display: flex; align-items: center; gap: 8px; flex-wrap: wrap;
}
.vx-header { gap: 8px 16px; margin-block-end: 12px; }
.vx-title { flex: 1 1 260px; }
.vx-labeled > span { color: var(--muted); }
.vx-tools { gap: 8px 18px; padding: 10px 12px; background: var(--soft); border-radius: 10px 10px 0 0; border: 1px solid var(--line); }
.vx-segments { display: flex; }
.vx-segments button { border-radius: 0; margin-inline-start: -1px; }
.vx-segments button:first-child { border-start-start-radius: 6px; border-end-start-radius: 6px; margin: 0; }
.vx-segments button:last-child { border-start-end-radius: 6px; border-end-end-radius: 6px; }
.vx-tools output { min-inline-size: 34px; }
.vx-end { margin-inline-start: auto; gap: 4px; }
.vx-hint { flex: 1 0 100%; min-block-size: 18px; }

.vx-answer-line {
  display: flex; align-items: baseline; gap: 4px 12px; flex-wrap: wrap; padding: 10px 12px; margin-block-end: 16px;
  border: 1px solid var(--line); border-block-start: 0; border-radius: 0 0 10px 10px;
}
.vx-label { color: var(--muted); }
.vx-says { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 14px; flex: 1 1 0; min-inline-size: min(100%, 220px); }
.vx-says strong { font-size: 17px; font-weight: 650; }
.vx-change { color: var(--muted); }
.vx-waits { color: var(--muted); visibility: hidden; font-size: 12px; }
.vx-waits[data-on="true"] { visibility: visible; animation: vx-late 0s 300ms backwards; }
@keyframes vx-late { from { visibility: hidden; } }
.vx-failure { flex: 1 0 100%; color: var(--bad); }

.vx-main { display: grid; gap: 20px 28px; grid-template-columns: minmax(0, 1fr); align-items: start; }
.vx-image, .vx-blocks, .vx-answer, .vx-lens { display: grid; gap: 8px; min-inline-size: 0; align-content: start; grid-template-columns: minmax(0, 1fr); }
.vx-answers { display: grid; gap: 20px; grid-template-columns: minmax(0, 1fr); align-content: start; min-inline-size: 0; }
.vx-image { max-inline-size: 360px; }
@container vx (min-width: 640px) {
  .vx-main { grid-template-columns: minmax(250px, 5fr) minmax(300px, 7fr); }
  .vx-main > .vx-image { grid-area: 1 / 1; }
  .vx-main > .vx-answers { grid-area: 1 / 2; }
  .vx-main > .vx-blocks { grid-area: 2 / 1 / auto / span 2; }
}
@container vx (min-width: 1340px) {
  .vx-main { grid-template-columns: minmax(260px, 320px) minmax(420px, 1fr) minmax(280px, 340px); }
  .vx-main > .vx-blocks { grid-area: 1 / 2; }
  .vx-main > .vx-answers { grid-area: 1 / 3; }
}
.vx-image .vx-caption, .vx-blocks > .vx-caption { min-block-size: 18px; }

.vx-token-row { min-block-size: 28px; }
.vx .vx-token { display: inline-flex; align-items: center; gap: 8px; padding: 0 4px 0 10px; }
.vx span.vx-token { color: var(--muted); padding-inline-start: 0; }
.vx-swatch { border-radius: 4px; padding: 0 6px; font-size: 12px; line-height: 20px; min-inline-size: 48px; text-align: center; }
.vx-picture { position: relative; inline-size: 100%; border-radius: 4px; overflow: clip; overflow-clip-margin: 4px; }
.vx-picture canvas { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; }
.vx-patches { position: absolute; inset: 0; display: flex; flex-direction: column; touch-action: manipulation; }
.vx-patches [role="row"] { flex: 1; display: flex; min-block-size: 0; }
.vx-patches [role="gridcell"] { flex: 1; position: relative; cursor: pointer; box-shadow: inset 0 0 0 0.5px rgb(255 255 255 / 0.6), 0 0 0 0.5px rgb(0 0 0 / 0.45); }
.vx-patches [role="gridcell"]:hover { box-shadow: inset 0 0 0 1.5px #fff, 0 0 0 1px #000; z-index: 1; }
.vx-patches [data-marks~="pointed"] { box-shadow: inset 0 0 0 1.5px #fff, 0 0 0 1px #000; z-index: 1; }
.vx-patches [data-marks~="chosen"] { box-shadow: inset 0 0 0 1px #000, 0 0 0 3px #fff, 0 0 0 4px #000; z-index: 2; }
.vx-patches [data-marks~="armed"] { outline: 2px dashed #fff; outline-offset: -3px; box-shadow: inset 0 0 0 4px #000; z-index: 2; }
.vx-patches [data-marks~="key"]::after { content: "k"; position: absolute; inset-block-start: 1px; inset-inline-end: 1px; font: 700 10px/13px monospace; padding: 0 3px; background: #000; color: #fff; border-radius: 3px; }
.vx-patches [data-marks~="swapped"]::before, .vx-patches [data-marks~="painted"]::before {
  content: "⇄"; position: absolute; inset-block-end: 1px; inset-inline-start: 1px; font: 700 10px/13px sans-serif; padding: 0 3px; background: #000; color: #fff; border-radius: 3px; pointer-events: none;
}
.vx-patches [data-marks~="painted"]::before { content: "✕"; }
.vx-patches [role="gridcell"]:focus-visible { outline: 3px solid #ff9f1c; outline-offset: -3px; z-index: 3; }
.vx-image[data-tool="paint"] [role="gridcell"] { cursor: cell; }
.vx-image[data-tool="swap"] [role="gridcell"] { cursor: move; }
.vx-under { justify-content: space-between; gap: 4px 12px; }
.vx-color-bar { gap: 6px; font-size: 12px; color: var(--muted); flex-wrap: nowrap; }
.vx-color-bar canvas { inline-size: 72px; block-size: 10px; border-radius: 3px; border: 1px solid var(--line); image-rendering: auto; }
.vx-bars { gap: 4px 20px; }

.vx-scroll { position: relative; overflow-x: auto; padding: 4px; margin: -4px; }
.vx-map {
  display: grid; align-items: center; gap: 5px 4px; min-inline-size: min-content;
  grid-template-columns: max-content repeat(var(--vx-heads), var(--vx-small)) max-content minmax(80px, 1fr) 52px var(--vx-small);
}
.vx-map [role="row"] { display: contents; }
.vx-headers > * { font-size: 11px; color: var(--muted); text-align: center; align-self: end; }
.vx-headers > :first-child { text-align: end; padding-inline-end: 10px; }
.vx-headers > .vx-wide { text-align: start; padding-inline-start: 8px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; min-inline-size: 0; }
.vx-map [role="rowheader"] { font-size: 12px; padding-inline: 0 8px; white-space: nowrap; }
.vx-start > * { block-size: var(--vx-small); display: flex; align-items: center; color: var(--muted); }
.vx-map .vx-block { cursor: pointer; border: 1px solid var(--edge); border-radius: 6px; padding: 3px 8px; }
.vx-map .vx-head { position: relative; inline-size: var(--vx-small); cursor: pointer; }
.vx-head canvas, .vx-all canvas { inline-size: 100%; border-radius: 3px; }
.vx-head:hover { box-shadow: 0 0 0 2px var(--ground), 0 0 0 3px var(--ink); border-radius: 3px; }
.vx-map [aria-selected="true"] { box-shadow: 0 0 0 1px var(--ground), 0 0 0 4px var(--accent); border-radius: 3px; }
.vx-map .vx-mlp { cursor: pointer; font-size: 11px; border: 1px solid var(--edge); border-radius: 6px; padding: 3px 7px; margin-inline: 4px; text-align: center; }
.vx-block:hover, .vx-mlp:hover { background: var(--soft); border-color: var(--ink); }
.vx-block::before, .vx-mlp::before { content: ""; display: inline-block; inline-size: 7px; block-size: 7px; margin-inline-end: 6px; border-radius: 50%; border: 1.5px solid var(--accent); background: var(--accent); }
.vx-block[data-off]::before, .vx-mlp[data-off]::before { background: none; border-color: var(--warm); }
.vx-map .vx-block[data-off], .vx-map .vx-mlp[data-off] { text-decoration: line-through 2px var(--warm); border-style: dashed; color: var(--muted); }
.vx-head[data-off] canvas, [role="row"][data-off] .vx-head canvas { opacity: 0.25; }
.vx-head[data-off]::after, [role="row"][data-off] .vx-head::after {
  content: ""; position: absolute; inset: 0; border-radius: 3px; border: 1px dashed var(--warm);
  background: linear-gradient(to top left, transparent calc(50% - 1.5px), var(--warm) calc(50% - 1.5px) calc(50% + 1.5px), transparent calc(50% + 1.5px));
}
.vx-strip { padding-inline-start: 8px; min-inline-size: 0; }
.vx-strip canvas { inline-size: 100%; block-size: 24px; border-radius: 3px; border: 1px solid var(--line); }
.vx-start > .vx-strip { display: block; align-content: center; }
.vx-length { display: grid !important; gap: 3px; font-size: 12px; text-align: end; align-content: center; padding-inline: 6px; }
.vx-length > span:first-child { color: var(--ink); }
.vx-track { block-size: 4px; background: var(--line); border-radius: 2px; overflow: hidden; display: block; }
.vx-fill { display: block; block-size: 100%; background: var(--accent); }
.vx-all { inline-size: var(--vx-small); }

.vx-class-bars { display: grid; grid-template-columns: fit-content(42%) minmax(0, 1fr) max-content; gap: 4px 8px; max-block-size: 330px; overflow-y: auto; padding: 2px; margin: -2px; }
.vx-class-bars li { display: grid; grid-column: 1 / -1; grid-template-columns: subgrid; align-items: center; position: relative; }
.vx-value { min-inline-size: 44px; text-align: end; }
.vx-class { text-align: end; min-inline-size: 70px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.vx-bar { position: relative; block-size: 18px; background: var(--soft); border-radius: 3px; }
.vx-bar-fill { position: absolute; inset-block: 3px; inset-inline-start: 0; background: var(--accent); border-radius: 2px; min-inline-size: 1px; }
.vx-bar-fill[data-sign="minus"] { background: var(--warm); }
.vx-bar-outline { position: absolute; inset-block: 0; inset-inline-start: 0; border: 1.5px solid var(--ink); border-radius: 3px; min-inline-size: 2px; }
.vx-answer > button { justify-self: start; }
.vx-legend > span { inline-size: 18px; block-size: 10px; border-radius: 2px; display: inline-block; }
.vx-key-fill { background: var(--accent); }
.vx-key-outline { border: 1.5px solid var(--ink); margin-inline-start: 8px; }

.vx-lens table { border-collapse: separate; border-spacing: 2px; inline-size: 100%; min-inline-size: calc(98px + 30px * var(--vx-columns)); table-layout: fixed; margin: 0; font-size: 12px; background: none; }
.vx-lens tr, .vx-lens tr:hover, .vx-lens thead { background: none; border: 0; }
.vx-lens th { font-weight: 400; background: none; border: 0; padding: 1px 2px; text-align: center; color: var(--muted); }
.vx-lens th { font-size: 11px; }
.vx-lens tr > :first-child { font-size: 12px; position: sticky; inset-inline-start: -4px; background: var(--ground); inline-size: 98px; text-align: end; padding-inline-end: 6px; color: var(--ink); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.vx-lens tbody td { text-align: center; border-radius: 3px; padding: 2px 0; border: 0; }

.vx-parts { margin-block-start: 20px; padding-block-start: 14px; border-block-start: 1px solid var(--line); display: grid; gap: 6px; }
.vx-part-groups { display: grid; gap: 8px 16px; }
.vx-part-group { display: grid; gap: 4px 12px; align-items: baseline; }
@container vx (min-width: 640px) { .vx-part-group { grid-template-columns: 112px minmax(0, 1fr); } }
.vx-part-group ol { display: flex; flex-wrap: wrap; gap: 6px 4px; }
.vx-part-group li { display: flex; align-items: center; }
.vx-part-group li:not(:last-child)::after { content: "→"; color: var(--muted); margin-inline-start: 4px; }
.vx-part-group button { padding: 0 9px; block-size: 26px; border-radius: 13px; }

.vx-part { margin-block-start: 12px; border: 1px solid var(--line); border-radius: 10px; padding: 12px 14px; display: grid; gap: 10px; grid-template-columns: minmax(0, 1fr); }
.vx-part header { display: flex; align-items: baseline; gap: 12px; }
.vx-part header code { color: var(--muted); flex: 1; overflow-wrap: anywhere; }
.vx-part-body { display: grid; gap: 12px; min-block-size: 60px; grid-template-columns: minmax(0, 1fr); }
.vx-formula { font: italic 17px/1.5 "STIX Two Text", "Cambria Math", Georgia, serif; background: var(--soft); border-radius: 6px; padding: 6px 12px !important; overflow-wrap: anywhere; }
.vx-lines li { font-family: var(--jp-code-font-family, ui-monospace, Menlo, Consolas, monospace); font-size: 12px; line-height: 1.6; overflow-wrap: anywhere; padding-inline-start: 12px; border-inline-start: 2px solid var(--line); }
.vx-check-line { color: var(--muted); }
.vx-check-line b { color: var(--ink); }
.vx-check-line[data-equal="false"] { color: var(--bad); }
.vx-vectors { display: grid; gap: 12px 24px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 1fr)); }
.vx-vector { display: grid; gap: 4px; align-content: start; min-inline-size: 0; }
.vx-vector > canvas { inline-size: 100%; block-size: 26px; border-radius: 3px; border: 1px solid var(--line); }
.vx-vector-head { display: flex; align-items: center; gap: 12px; }
.vx-readout { flex: 1; font-size: 12px; color: var(--muted); }
.vx-vector summary { font-size: 12px; color: var(--muted); cursor: pointer; inline-size: fit-content; }
.vx-numbers { font: 11px/1.7 var(--jp-code-font-family, ui-monospace, Menlo, Consolas, monospace); overflow-wrap: anywhere; white-space: pre-wrap; }
.vx-source figcaption { color: var(--muted); font-size: 12px; margin-block-end: 4px; }
.vx-source pre { background: var(--soft); border-radius: 6px; padding: 8px 12px; overflow-x: auto; white-space: pre; }

.vx-footer { margin-block-start: 16px; padding-block-start: 12px; border-block-start: 1px solid var(--line); color: var(--muted); }
.vx-state { flex: 1; }
.vx-state input { flex: 0 1 440px; font-family: var(--jp-code-font-family, ui-monospace, Menlo, Consolas, monospace) !important; font-size: 12px !important; }
.vx[data-drop]::after { content: ""; position: absolute; inset: 4px; border: 3px dashed var(--accent); border-radius: 10px; pointer-events: none; }

.vx-picker { display: grid; gap: 6px; container-type: normal; inline-size: 280px; max-inline-size: 100%; padding: 4px; grid-template-columns: minmax(0, 1fr); min-inline-size: 0; }
@media (prefers-reduced-motion: reduce) { .vx * { animation: none !important; } }
`;

/** The style, to stand beside what it is for: so it holds in a page and in a shadow root. */
export function styleElement(): HTMLStyleElement {
  return element("style", {}, STYLE);
}
