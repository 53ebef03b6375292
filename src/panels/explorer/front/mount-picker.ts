import type { Language } from "../../../base/language";
import { ownKeys } from "../../shared/front/own-keys";
import { element, setText } from "./element";
import { followTheme } from "./follow-theme";
import { type PatchedImage, patchGrid } from "./patch-grid";
import { styleElement } from "./style";
import { WORDS } from "./words";

/** What a patch picker shows. */
export interface PickerHost {
  readonly image: PatchedImage;
  /** `[height, width, 3]`, 0 to 255. */
  readonly pixels: Uint8Array;
  readonly description: string;
  readonly value: number;
  readonly language: Language;
  choose(patch: number): void;
}

/** A picker on the screen. */
export interface MountedPicker {
  show(value: number): void;
  describe(description: string): void;
  remove(): void;
}

/** Shows an image of whose patches one is chosen, by mouse or by keyboard. */
export function mountPicker(el: HTMLElement, { image, pixels, language, ...host }: PickerHost): MountedPicker {
  const words = WORDS[language];
  const label = element("span", { class: "vx-label" });
  const says = element("span", { class: "vx-note", role: "status" });
  const grid = patchGrid(words.patchGrid(image.rows, image.columns), image, {
    act(patch) {
      show(patch);
      host.choose(patch);
    },
  });
  grid.setPixels(pixels);
  const root = element("div", { class: "vx vx-picker" }, label, grid.root, says);
  const leaveKeys = ownKeys(root);
  const place = (patch: number): [number, number] => [Math.floor(patch / image.columns), patch % image.columns];
  function show(value: number): void {
    grid.setPatches((patch) => ({
      label: words.patch(patch, ...place(patch)),
      marks: patch === value ? ["chosen"] : [],
    }));
    grid.setStop(value);
    setText(says, words.picked(value, ...place(value)));
  }
  function describe(description: string): void {
    setText(label, description);
    label.hidden = description === "";
  }
  describe(host.description);
  show(host.value);
  const style = styleElement();
  el.append(style, root);
  const unfollow = followTheme(root);
  return {
    show,
    describe,
    remove() {
      leaveKeys();
      unfollow();
      style.remove();
      root.remove();
    },
  };
}
