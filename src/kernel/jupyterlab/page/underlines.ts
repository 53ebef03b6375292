import type * as State from "@codemirror/state";
import type * as View from "@codemirror/view";
import type { EditingDiagnostic, Place } from "../../editing";

export interface Underlines {
  /** What an editor needs to underline errors and tell them where the pointer rests. */
  readonly extension: State.Extension;
  /** Shows these errors of the editor's text, in the place of those before. */
  show(view: View.EditorView, diagnostics: readonly EditingDiagnostic[]): void;
}

/** Errors in an editor: a wavy line below, and the sentence in a tooltip. */
export function underlines(
  { StateEffect, StateField }: typeof State,
  { Decoration, EditorView, hoverTooltip }: typeof View,
): Underlines {
  const set = StateEffect.define<readonly EditingDiagnostic[]>();
  const field = StateField.define<View.DecorationSet>({
    create: () => Decoration.none,
    update: (marks, transaction) => {
      let now = marks.map(transaction.changes);
      for (const effect of transaction.effects) if (effect.is(set)) now = marksOf(effect.value, transaction.newDoc);
      return now;
    },
    provide: (marks) => EditorView.decorations.from(marks),
  });

  const marksOf = (diagnostics: readonly EditingDiagnostic[], doc: State.Text): View.DecorationSet =>
    Decoration.set(
      diagnostics.flatMap(({ range, message, code }) => {
        const [from, to] = visible(offsetOf(doc, range.start), offsetOf(doc, range.end), doc);
        const told = code === undefined ? message : `${message} (TS${code})`;
        const attributes = { "data-vitlab-error": told };
        return from < to ? [Decoration.mark({ class: "vitlab-error", attributes, told }).range(from, to)] : [];
      }),
      true,
    );

  const tooltip = hoverTooltip((view, position) => {
    const found: { from: number; to: number; told: string }[] = [];
    view.state.field(field).between(position, position, (from, to, { spec }) => {
      found.push({ from, to, told: (spec as { told: string }).told });
    });
    const [first] = found;
    if (!first) return null;
    const create = () => {
      const dom = document.createElement("div");
      dom.className = "vitlab-tooltip";
      dom.textContent = found.map(({ told }) => told).join("\n");
      return { dom };
    };
    return { pos: first.from, end: first.to, above: true, create };
  });

  const style = EditorView.baseTheme({
    ".vitlab-error": {
      textDecoration: "underline wavy var(--jp-error-color1, #d32f2f)",
      textDecorationSkipInk: "none",
      textUnderlineOffset: "3px",
    },
    ".vitlab-tooltip": {
      maxWidth: "60em",
      padding: "4px 8px",
      whiteSpace: "pre-wrap",
      fontFamily: "var(--jp-code-font-family)",
      fontSize: "var(--jp-code-font-size)",
      color: "var(--jp-ui-font-color1)",
      background: "var(--jp-layout-color1)",
      border: "1px solid var(--jp-border-color1)",
    },
  });

  return {
    extension: [field, tooltip, style],
    show: (view, diagnostics) => view.dispatch({ effects: set.of(diagnostics) }),
  };
}

/** Where nothing stands, as where a bracket is missing at the end, the character before is underlined. */
function visible(from: number, to: number, doc: State.Text): [from: number, to: number] {
  if (to > from) return [from, to];
  const line = doc.lineAt(from);
  if (from > line.from) return [from - 1, from];
  return [from, Math.min(from + 1, line.to)];
}

function offsetOf(doc: State.Text, { line, character }: Place): number {
  const { from, to } = doc.line(Math.min(line + 1, doc.lines));
  return Math.min(from + character, to);
}
