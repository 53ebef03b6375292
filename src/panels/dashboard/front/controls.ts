import type { DashboardRequest, Standing } from "../dashboard-view";
import { html } from "./dom";
import { shortNumber, timeInWords } from "./numbers";
import type { Words } from "./words";

/** Progress, and what is done to the run: its buttons and the field of its learning rate. */
export class Controls {
  readonly element: HTMLElement;
  readonly #words = html("p", { class: "vd-words", role: "status" });
  readonly #problem = html("p", { class: "vd-problem", role: "alert" });
  readonly #bar = html("div", { class: "vd-bar-fill" });
  readonly #progress: HTMLElement;
  readonly #pause = html("button", { type: "button" });
  readonly #stop: HTMLButtonElement;
  readonly #rate: HTMLInputElement;
  readonly #set: HTMLButtonElement;
  readonly #now = html("span", { class: "vd-muted" });
  #standing: Standing | null = null;
  #isEdited = false;
  #announced = "";

  constructor(
    readonly words: Words,
    send: (request: DashboardRequest) => void,
  ) {
    this.#stop = html("button", { type: "button" }, words.stop);
    this.#rate = html("input", { type: "number", step: "any", min: 0, "aria-label": words.learningRateField });
    this.#set = html("button", { type: "submit" }, words.set);
    this.#progress = html(
      "div",
      { class: "vd-bar", role: "progressbar", "aria-label": words.training, "aria-valuemin": 0 },
      this.#bar,
    );
    const form = html(
      "form",
      { novalidate: "" },
      html("label", {}, `${words.learningRate} `, this.#rate),
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
    const words = sentence(standing, this.words);
    this.#words.textContent = words;
    // A screen reader hears of changes, not of each second.
    const isNews = `${phase} ${standing.epoch}` !== this.#announced;
    this.#words.setAttribute("aria-live", isNews ? "polite" : "off");
    this.#announced = `${phase} ${standing.epoch}`;
    this.#progress.setAttribute("aria-valuemax", String(totalSteps || epochs || 1));
    this.#progress.setAttribute("aria-valuenow", String(update));
    this.#progress.setAttribute("aria-valuetext", words);
    this.#bar.style.width = `${totalSteps > 0 ? (100 * update) / totalSteps : 0}%`;
    this.#pause.textContent = phase === "paused" ? this.words.goOn : this.words.pause;
    const isOver = phase === "ended";
    for (const control of [this.#pause, this.#stop, this.#rate, this.#set]) control.disabled = isOver;
    if (!this.#isEdited) this.#rate.value = String(baseRate);
    this.#now.textContent =
      lastRate === null || lastRate === baseRate ? "" : this.words.lastStep(shortNumber(lastRate));
    this.#problem.textContent = [problem, notice].filter(Boolean).join(" ");
  }
}

function sentence(standing: Standing, words: Words): string {
  const { phase, secondsLeft, endsAt } = standing;
  if (phase === "ended") return standing.words;
  if (phase === "planning") return words.planning;
  if (secondsLeft === null) return words.place(standing);
  const clock =
    endsAt === null ? null : new Date(endsAt).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return words.place(standing) + words.left(timeInWords(secondsLeft, words), clock);
}
