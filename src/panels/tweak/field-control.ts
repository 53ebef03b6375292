import { isDeepStrictEqual } from "node:util";
import type { FieldKind } from "../../base/field";
import { inLanguage, type Words } from "../../base/language";
import { escapeHtml } from "../../base/text-table";
import { Checkbox, FloatText, IntText, Text } from "../../widgets/controls/inputs";
import { Dropdown } from "../../widgets/controls/selection";
import { HTML } from "../../widgets/controls/shown";
import type { FieldName } from "./form-fields";

/** A field's control, as a form uses it. */
export interface FieldControl {
  readonly widget: Checkbox | Dropdown | FloatText | HTML | IntText | Text;
  /** Shows a value, unless the control says it already. */
  write(value: unknown): void;
  /** Calls `listener` with what a person makes of it; what is no value of the field comes as it was typed. */
  onInput(listener: (value: unknown) => void): void;
  disable(disabled: boolean): void;
}

/** The control in which a person says a value of a field. */
export function fieldControl(
  name: FieldName,
  field: FieldKind & { readonly about: Words; readonly optional?: true },
  first: unknown,
  { gridArea }: { gridArea: string },
): FieldControl {
  const layout = { width: "300px", gridArea };
  const look = { layout, style: { descriptionWidth: "130px" }, description: name, tooltip: inLanguage(field.about) };
  const typed = { ...look, continuousUpdate: true };
  if (field.optional)
    return control(new Text({ ...typed, placeholder: "none", value: showNumber(first) }), {
      read: readNumber,
      show: showNumber,
    });
  switch (field.kind) {
    case "whole":
      return control(new IntText({ ...typed, value: first as number }));
    case "number":
      return control(new FloatText({ ...typed, value: first as number }));
    case "share":
      return control(new FloatText({ ...typed, step: 0.05, value: first as number }));
    case "choice":
      return control(new Dropdown({ ...look, options: field.choices, value: first as string }));
    case "flag": {
      const indented = { ...layout, width: "160px", margin: "2px 2px 2px 140px" };
      return control(new Checkbox({ ...look, indent: false, layout: indented, style: {}, value: first as boolean }));
    }
    case "size":
      return control(new Text({ ...typed, value: showSize(first) }), { read: readSize, show: showSize });
    case "object": {
      const { style, description, tooltip } = look;
      return control(new HTML({ layout, style, description, tooltip, value: showObject(first) }), { show: showObject });
    }
  }
}

/** How a control has a value that it can't have as it is. */
interface Coding {
  readonly read?: (shown: unknown) => unknown;
  readonly show?: (value: unknown) => unknown;
}

interface Valued {
  value: unknown;
  disabled?: boolean;
  on(name: "value", listener: (value: unknown) => void): () => void;
}

function control(
  widget: FieldControl["widget"],
  { read = (shown) => shown, show = (value) => value }: Coding = {},
): FieldControl {
  const valued = widget as unknown as Valued;
  return {
    widget,
    write(value) {
      // What is being typed stays as it is typed: "0.50" is 0.5 already.
      if (!isDeepStrictEqual(read(valued.value), value)) valued.value = show(value);
    },
    onInput(listener) {
      valued.on("value", (shown) => listener(read(shown)));
    },
    disable(disabled) {
      if (valued.disabled !== undefined && valued.disabled !== disabled) valued.disabled = disabled;
    },
  };
}

function readNumber(text: unknown): unknown {
  const trimmed = String(text).trim();
  if (trimmed === "" || trimmed === "none") return null;
  const number = Number(trimmed);
  return Number.isNaN(number) ? trimmed : number;
}

function showNumber(value: unknown): string {
  return value === null ? "" : String(value);
}

/** "32", "32x48" and "[32, 48]" are sizes. */
function readSize(text: unknown): unknown {
  const trimmed = String(text).trim();
  const sides = /^\[?\s*(\d+)(?:\s*[x×, ]\s*(\d+))?\s*\]?$/.exec(trimmed);
  if (!sides) return trimmed;
  const [height, width] = [Number(sides[1]), sides[2] === undefined ? undefined : Number(sides[2])];
  return width === undefined ? height : [height, width];
}

function showObject(value: unknown): string {
  return escapeHtml(JSON.stringify(value) ?? "");
}

function showSize(value: unknown): string {
  return Array.isArray(value) ? value.join("x") : String(value);
}
