import type { SettingsTable } from "../dashboard-view";
import { html } from "./dom";
import type { Words } from "./words";

/** What differs between the settings of this run and earlier ones. */
export function settingsView({ runs, rows, more }: SettingsTable, words: Words): HTMLElement[] {
  if (runs.length < 2) return [];
  const heading = html("h4", {}, words.differs);
  if (rows.length === 0)
    return [html("section", { class: "vd-card vd-wide" }, heading, html("p", {}, words.noSetting))];
  const head = html(
    "tr",
    {},
    html("th", { scope: "col" }, words.setting),
    ...runs.map((run) => html("th", { scope: "col" }, run)),
  );
  const body = rows.map(({ setting, values }) =>
    html("tr", {}, html("th", { scope: "row" }, setting), ...values.map((value) => html("td", {}, value))),
  );
  const table = html("table", {}, html("thead", {}, head), html("tbody", {}, ...body));
  const rest = more > 0 ? html("p", { class: "vd-muted" }, words.more(more)) : null;
  // Reached by the keyboard, as it may be wider than the panel.
  const scroll = html("div", { class: "vd-scroll", tabindex: 0, role: "region", "aria-label": words.settings }, table);
  return [html("section", { class: "vd-card vd-wide" }, heading, scroll, rest)];
}
