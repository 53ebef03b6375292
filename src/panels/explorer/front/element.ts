/** Attributes by name: true is there without a value, null and false are not there. */
export type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** An HTML element with its attributes and what is in it. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  setAttributes(made, attributes);
  made.append(...children);
  return made;
}

/** A button that does something. */
export function button(text: string, act: (event: MouseEvent) => void, attributes: Attributes = {}): HTMLButtonElement {
  const made = element("button", { type: "button", ...attributes }, text);
  made.addEventListener("click", act);
  return made;
}

/** A control with its name in front. */
export function labeled(text: string, control: HTMLElement): HTMLLabelElement {
  if (!control.hasAttribute("aria-label")) control.setAttribute("aria-label", text);
  return element("label", { class: "vx-labeled" }, element("span", {}, text), control);
}

/** A list to choose one of. */
export function choices(
  options: readonly (readonly [value: string, text: string])[],
  choose: (value: string) => void,
  attributes: Attributes = {},
): HTMLSelectElement {
  const made = element("select", attributes, ...options.map(([value, text]) => element("option", { value }, text)));
  made.addEventListener("change", () => choose(made.value));
  return made;
}

/** Sets attributes that are others than before, and removes those that are null, undefined or false. */
export function setAttributes(on: HTMLElement, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) on.removeAttribute(name);
    else {
      const text = value === true ? "" : `${value}`;
      if (on.getAttribute(name) !== text) on.setAttribute(name, text);
    }
  }
}

/** Replaces a text, where it is another one: what is read aloud is read once. */
export function setText(on: HTMLElement, text: string): void {
  if (on.textContent !== text) on.textContent = text;
}
