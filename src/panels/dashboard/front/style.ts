import { hidesStill } from "../../hides-still";

// The colors are those of Okabe and Ito, which people with any color vision can tell apart; on dark pages lighter ones.
const LIGHT = ["#0072b2", "#c04a00", "#007a5a", "#a8487f", "#7a5c00", "#4b4b9e"];
const DARK = ["#56b4e9", "#f0a04b", "#2dc99b", "#e4a5c8", "#f0e442", "#b0b0ff"];

const colors = (palette: readonly string[]) =>
  palette
    .map(
      (color, i) => `
/* The curves for whoever has no kernel stand in the output before. */
${hidesStill("vitlab-dashboard")}
--vd-${i}: ${color};`,
    )
    .join(" ");

/** The panel's looks, in JupyterLab's own variables where there are any. */
export const style = `
.vitlab-dashboard {
  ${colors(LIGHT)}
  --vd-text: var(--jp-ui-font-color1, #212121);
  --vd-muted: var(--jp-ui-font-color2, #5f5f5f);
  --vd-line: var(--jp-border-color2, #d0d0d0);
  --vd-ground: var(--jp-layout-color1, #fff);
  --vd-error: var(--jp-error-color0, #b71c1c);
  color: var(--vd-text);
  background: var(--vd-ground);
  font: 13px/1.4 var(--jp-ui-font-family, system-ui, sans-serif);
  padding: 8px;
}
body[data-jp-theme-light="false"] .vitlab-dashboard, body.vscode-dark .vitlab-dashboard {
  ${colors(DARK)}
  --vd-error: var(--jp-error-color2, #ff8a80);
}
.vitlab-dashboard h4 { font-size: 13px; font-weight: 600; margin: 0 0 2px; }
.vitlab-dashboard p { margin: 2px 0 6px; }
.vitlab-dashboard .vd-words { font-weight: 600; }
.vitlab-dashboard .vd-muted { color: var(--vd-muted); }
.vitlab-dashboard .vd-problem { color: var(--vd-error); font-weight: 600; }
.vitlab-dashboard .vd-problem:empty { display: none; }
.vitlab-dashboard .vd-bar { height: 8px; border: 1px solid var(--vd-line); border-radius: 4px; overflow: hidden; }
.vitlab-dashboard .vd-bar-fill { height: 100%; background: var(--vd-0); }
.vitlab-dashboard .vd-controls, .vitlab-dashboard form { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
.vitlab-dashboard .vd-controls { margin: 8px 0; }
.vitlab-dashboard button, .vitlab-dashboard input {
  font: inherit; color: inherit; background: var(--jp-layout-color2, #eee);
  border: 1px solid var(--jp-border-color1, #999); border-radius: 3px; padding: 3px 12px; min-height: 26px;
}
.vitlab-dashboard input { width: 9em; padding: 3px 6px; background: var(--vd-ground); }
.vitlab-dashboard button:disabled, .vitlab-dashboard input:disabled { opacity: 0.55; }
.vitlab-dashboard :focus-visible { outline: 2px solid var(--vd-0); outline-offset: 1px; }
.vitlab-dashboard .vd-cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(270px, 1fr)); gap: 10px; }
.vitlab-dashboard .vd-card { border: 1px solid var(--vd-line); border-radius: 4px; padding: 6px 8px; min-width: 0; }
.vitlab-dashboard .vd-wide { grid-column: 1 / -1; }
.vitlab-dashboard .vd-card > svg { display: block; width: 100%; }
.vitlab-dashboard .vd-card text { font-size: 11px; fill: var(--vd-muted); }
.vitlab-dashboard .vd-grid { stroke: var(--vd-line); stroke-width: 0.7; }
.vitlab-dashboard .vd-cursor { stroke: var(--vd-text); stroke-width: 1; }
.vitlab-dashboard .vd-readout { display: block; min-height: 1.4em; font-size: 12px; overflow-wrap: anywhere; }
.vitlab-dashboard ul { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 2px 12px; }
.vitlab-dashboard .vd-legend { font-size: 12px; }
.vitlab-dashboard .vd-legend li { display: flex; align-items: center; gap: 4px; overflow-wrap: anywhere; }
.vitlab-dashboard .vd-legend svg { flex: none; }
.vitlab-dashboard .vd-images li { display: flex; flex-direction: column; width: 82px; font-size: 12px; overflow-wrap: anywhere; }
.vitlab-dashboard .vd-images img, .vitlab-dashboard .vd-images svg { width: 80px; height: 80px; image-rendering: pixelated; }
.vitlab-dashboard .vd-images img { object-fit: contain; }
.vitlab-dashboard .vd-right { color: var(--vd-2); font-weight: 600; }
.vitlab-dashboard .vd-wrong { color: var(--vd-1); font-weight: 600; }
.vitlab-dashboard .vd-scroll { overflow-x: auto; }
.vitlab-dashboard table { border-collapse: collapse; font-size: 12px; }
.vitlab-dashboard th, .vitlab-dashboard td { text-align: left; padding: 2px 10px 2px 0; border-bottom: 1px solid var(--vd-line); }
`;
