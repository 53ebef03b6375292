import type { DashboardRequest, Standing } from "../dashboard-view";
import { html } from "./dom";
import { shortNumber, timeInWords } from "./numbers";

/** Progress, and what is done to the run: its buttons and the field of its learning rate. */
export class Controls {
  readonly element: HTMLElement;
  readonly #words = html("p", { class: "vd-words", role: "status" });
  readonly #problem = html("p", { class: "vd-problem", role: "alert" });
  readonly #bar = html("div", { class: "vd-bar-fill" });
  readonly #progress: HTMLElement;
  readonly #pause = html("button", { type: "button" });
  readonly #stop = html("button", { type: "button" }, "Stop");
  readonly #rate = html("input", {
    type: "number",
    step: "any",
    min: 0,
    "aria-label": "Learning rate from the next step on",
  });
  readonly #set = html("button", { type: "submit" }, "Set");
  readonly #now = html("span", { class: "vd-muted" });
  #standing: Standing | null = null;
  #isEdited = false;
  #announced = "";

  constructor(send: (request: DashboardRequest) => void) {
    this.#progress = html(
      "div",
      { class: "vd-bar", role: "progressbar", "aria-label": "Training", "aria-valuemin": 0 },
      this.#bar,
    );
    const form = html(
      "form",
      { novalidate: "" },
      html("label", {}, "Learning rate ", this.#rate),
      this.#set,
      this.#now,
    );
    const row = html("div", { class: "vd-controls" }, this.#pause, this.#stop, form);
    this.element = html("header", {}, this.#words, this.#progress, row, this.#problem);
    this.#pause.addEventListener("click", () =>
      send({ action: this.#standing?.phase === "paused" ? "resume" : "pause" }),
    );
    this.#stop.addEventListener("click", () => send({ action: "stop" }));
    this.#rate.addEventListener("input", () => {
      this.#isEdited = true;
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#isEdited = false;
      send({ action: "learningRate", rate: this.#rate.valueAsNumber });
    });
  }

  draw(standing: Standing, notice: string | null): void {
    this.#standing = standing;
    const { phase, epochs, update, totalSteps, baseRate, lastRate, problem } = standing;
    const words = sentence(standing);
    this.#words.textContent = words;
    // A screen reader hears of changes, not of each second.
    const isNews = `${phase} ${standing.epoch}` !== this.#announced;
    this.#words.setAttribute("aria-live", isNews ? "polite" : "off");
    this.#announced = `${phase} ${standing.epoch}`;
    this.#progress.setAttribute("aria-valuemax", String(totalSteps || epochs || 1));
    this.#progress.setAttribute("aria-valuenow", String(update));
    this.#progress.setAttribute("aria-valuetext", words);
    this.#bar.style.width = `${totalSteps > 0 ? (100 * update) / totalSteps : 0}%`;
    this.#pause.textContent = phase === "paused" ? "Go on" : "Pause";
    const isOver = phase === "ended";
    for (const control of [this.#pause, this.#stop, this.#rate, this.#set]) control.disabled = isOver;
    if (!this.#isEdited) this.#rate.value = String(baseRate);
    this.#now.textContent = lastRate === null || lastRate === baseRate ? "" : `last step ${shortNumber(lastRate)}`;
    this.#problem.textContent = [problem, notice].filter(Boolean).join(" ");
  }
}

function sentence({ phase, words, epoch, epochs, update, totalSteps, secondsLeft, endsAt }: Standing): string {
  if (phase === "ended") return words;
  if (phase === "planning") return "Planning: a few steps are timed before the first.";
  const place = `${phase === "paused" ? "Paused" : "Training"}: ${epoch} of ${epochs} epochs, ${update.toLocaleString("en-US")} of ${totalSteps.toLocaleString("en-US")} steps`;
  if (secondsLeft === null) return place;
  const clock =
    endsAt === null ? "" : `, until ${new Date(endsAt).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}`;
  return `${place}; about ${timeInWords(secondsLeft)} left${clock}`;
}
