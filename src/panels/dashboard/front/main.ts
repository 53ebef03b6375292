import { ownKeys } from "../../shared/front/own-keys";
import type { DashboardRequest, DashboardView } from "../dashboard-view";
import { ChartCard } from "./chart";
import { Controls } from "./controls";
import { html } from "./dom";
import { modelView } from "./model-view";
import { settingsView } from "./settings-view";
import { style } from "./style";
import { WORDS } from "./words";

/** What anywidget gives a front end of the widget's state. */
interface Model {
  get<Name extends keyof DashboardView>(name: Name): DashboardView[Name];
  on(event: string, listener: () => void): void;
  off(event: string, listener: () => void): void;
  send(content: DashboardRequest): void;
}

/** How long an answer may take before it is said that none comes, in milliseconds. */
const PATIENCE = 5000;

/** Draws the panel into an element, and again whenever the state changes. */
function render({ model, el }: { model: Model; el: HTMLElement }): () => void {
  const words = WORDS[model.get("language")];
  let notice: string | null = null;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const send = (request: DashboardRequest) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      notice = words.alone;
      drawControls();
    }, PATIENCE);
    model.send(request);
  };
  const controls = new Controls(words, send);
  const cards = new Map<string, ChartCard>();
  const charts = html("div", { class: "vd-cards" });
  const pictures = html("div", { class: "vd-cards" });
  const settings = html("div", { class: "vd-cards" });
  const root = html("div", {
    ...{ class: "vitlab-dashboard", role: "group", "aria-label": words.dashboard },
  });
  const leaveKeys = ownKeys(root);
  root.append(html("style", {}, style), controls.element, charts, pictures, settings);
  for (const part of [pictures, settings]) part.style.marginTop = "10px";

  const drawControls = () => controls.draw(model.get("standing"), notice);
  const drawCharts = () => {
    for (const chart of model.get("charts")) {
      const card = cards.get(chart.title) ?? new ChartCard(words);
      cards.set(chart.title, card);
      card.draw(chart);
    }
    const elements = model.get("charts").flatMap(({ title }) => cards.get(title)?.element ?? []);
    // Moved only where one is new: what is moved loses the focus.
    if (elements.length > charts.childElementCount) charts.replaceChildren(...elements);
  };
  const drawPictures = () => {
    const now = model.get("pictures");
    pictures.replaceChildren(...(now ? modelView(now, words) : []));
  };
  const drawSettings = () => settings.replaceChildren(...settingsView(model.get("settings"), words));
  const hear = () => {
    clearTimeout(waiting);
    notice = null;
    drawControls();
  };
  const listeners = { standing: hear, charts: drawCharts, pictures: drawPictures, settings: drawSettings };
  for (const [name, listener] of Object.entries(listeners)) model.on(`change:${name}`, listener);
  for (const draw of [drawControls, drawCharts, drawPictures, drawSettings]) draw();
  el.append(root);
  // An ended run has nothing to ask for.
  if (model.get("standing").phase !== "ended") send({ action: "hello" });
  return () => {
    clearTimeout(waiting);
    leaveKeys();
    for (const [name, listener] of Object.entries(listeners)) model.off(`change:${name}`, listener);
  };
}

export default { render };
