import type * as State from "@codemirror/state";
import type * as View from "@codemirror/view";
import type { Place, SignatureHelp } from "../../editing";

/** A pause in which another letter may come. */
const TYPING_MS = 60;

/** Tells the parameters of a call above it while it is being written; `ask` is asked for what stands at a place. */
export function signatureHint(
  { Prec, StateEffect, StateField }: typeof State,
  { keymap, showTooltip, ViewPlugin }: typeof View,
  ask: (place: Place) => Promise<SignatureHelp | null>,
): State.Extension {
  const set = StateEffect.define<View.Tooltip | null>();
  const field = StateField.define<View.Tooltip | null>({
    create: () => null,
    update: (tooltip, { effects, changes }) => {
      let now = tooltip && { ...tooltip, pos: changes.mapPos(tooltip.pos) };
      for (const effect of effects) if (effect.is(set)) now = effect.value;
      return now;
    },
    provide: (tooltip) => showTooltip.from(tooltip),
  });

  const follow = ViewPlugin.fromClass(
    class {
      private timer: number | undefined;
      private asked = 0;

      update({ view, docChanged, selectionSet, transactions, focusChanged }: View.ViewUpdate): void {
        const isShown = view.state.field(field) !== null;
        const opens = transactions.some((each) => each.isUserEvent("input") && endsWithOpener(each));
        if (focusChanged && !view.hasFocus && isShown) this.later(view, null);
        else if (opens || (isShown && (docChanged || selectionSet)))
          this.later(view, () => ask(placeOf(view.state.doc, view.state.selection.main.head)));
      }

      destroy(): void {
        window.clearTimeout(this.timer);
      }

      /** An update can't be followed by another one within. */
      private later(view: View.EditorView, find: (() => Promise<SignatureHelp | null>) | null): void {
        window.clearTimeout(this.timer);
        const asked = ++this.asked;
        const work = async () => {
          const help = find ? await find().catch(() => null) : null;
          if (asked !== this.asked) return;
          const pos = view.state.selection.main.head;
          view.dispatch({ effects: set.of(help && { pos, above: true, create: () => ({ dom: draw(help) }) }) });
        };
        this.timer = window.setTimeout(work, find ? TYPING_MS : 0);
      }
    },
  );

  const closing = keymap.of([
    {
      key: "Escape",
      run: (view) => {
        if (view.state.field(field) === null) return false;
        view.dispatch({ effects: set.of(null) });
        return true;
      },
    },
  ]);
  return [field, follow, Prec.highest(closing)];
}

function endsWithOpener({ changes }: State.Transaction): boolean {
  let opens = false;
  // CodeMirror adds the bracket that closes at the same time.
  changes.iterChanges((_from, _to, _start, _end, inserted) => {
    opens ||= /[(,]\)?\s*$/.test(inserted.toString());
  });
  return opens;
}

function draw({ signatures, activeSignature, activeParameter }: SignatureHelp): HTMLElement {
  const dom = document.createElement("div");
  dom.className = "vitlab-tooltip vitlab-signature";
  const signature = signatures[activeSignature] ?? signatures[0];
  if (!signature) return dom;
  const parameter = signature.parameters[Math.min(activeParameter, signature.parameters.length - 1)];
  const [start, end] = parameter?.label ?? [0, 0];
  const bold = document.createElement("strong");
  bold.textContent = signature.label.slice(start, end);
  dom.append(signature.label.slice(0, start), bold, signature.label.slice(end));
  const more = signatures.length > 1 ? [`${activeSignature + 1} of ${signatures.length} signatures`] : [];
  const words = [parameter?.documentation ?? "", firstParagraph(signature.documentation), ...more];
  for (const text of words.filter(Boolean)) {
    const line = document.createElement("div");
    line.textContent = text;
    dom.append(line);
  }
  return dom;
}

function firstParagraph(text: string): string {
  return text.split(/\n\s*\n/)[0] ?? "";
}

function placeOf(doc: State.Text, offset: number): Place {
  const line = doc.lineAt(offset);
  return { line: line.number - 1, character: offset - line.from };
}
