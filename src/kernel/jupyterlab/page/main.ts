import type * as State from "@codemirror/state";
import type * as View from "@codemirror/view";
import type { SignatureHelp } from "../../editing";
import { addCommands } from "./commands";
import {
  type Application,
  type Dialogs,
  type EditorExtensions,
  type NotebookPanel,
  type NotebookTracker,
  type ShareScope,
  type Signal,
  shared,
} from "./jupyterlab";
import { type CellErrors, NotebookLine } from "./notebook-line";
import { signatureHint } from "./signature-hint";
import { underlines } from "./underlines";

/** The name under which JupyterLab and Notebook 7 know the extension. */
const NAME = "vitlab-editing";

interface NotebookPackage {
  readonly INotebookTracker: unknown;
  readonly NotebookActions: {
    readonly executed: Signal<unknown, { readonly cell: { readonly model: unknown } }>;
  };
}

/** What is wrong with a cell, while it is being written; signatures, definitions, renaming. The kernel knows all of it. */
async function plugin(scope: ShareScope) {
  const [state, view, notebook, codemirror, dialogs, lumino] = await Promise.all([
    shared<typeof State>(scope, "@codemirror/state"),
    shared<typeof View>(scope, "@codemirror/view"),
    shared<NotebookPackage>(scope, "@jupyterlab/notebook"),
    shared<{ IEditorExtensionRegistry: unknown }>(scope, "@jupyterlab/codemirror"),
    shared<Dialogs>(scope, "@jupyterlab/apputils"),
    shared<{ Widget: new (options: { node: HTMLElement }) => unknown }>(scope, "@lumino/widgets"),
  ]);

  const activate = (app: Application, tracker: NotebookTracker, extensions: EditorExtensions): void => {
    const lines = new Map<NotebookPanel, NotebookLine>();
    const views = new Map<unknown, Set<View.EditorView>>();
    const { extension: marks, show } = underlines(state, view);
    const showIn = (editor: View.EditorView, { source, diagnostics }: CellErrors) => {
      // What was typed since then will be asked after. Editors have other ends of lines than some files.
      if (editor.state.doc.toString() === source.replaceAll("\r\n", "\n")) show(editor, diagnostics);
    };
    const lineOf = (model: unknown) => [...lines.values()].find((line) => line.has(model));

    extensions.addExtension({
      name: NAME,
      factory: ({ model }) => {
        const { id } = model;
        if (model.type !== "code" || id === undefined) return null;
        const follow = view.ViewPlugin.define((editor) => {
          views.set(model, (views.get(model) ?? new Set()).add(editor));
          // An editor is made when its cell comes into view; no other change of it is possible before it is there.
          window.setTimeout(() => {
            const known = lineOf(model)?.errorsOf(id);
            if (known && views.get(model)?.has(editor)) showIn(editor, known);
          });
          return {
            update: ({ docChanged }) => {
              if (docChanged) lineOf(model)?.typed(id);
            },
            destroy: () => {
              views.get(model)?.delete(editor);
              if (views.get(model)?.size === 0) views.delete(model);
            },
          };
        });
        const hint = signatureHint(state, view, async (place) => {
          const line = lineOf(model);
          return line?.isOpen ? line.ask<SignatureHelp | null>({ method: "signatureHelp", cell: id, place }) : null;
        });
        const instance = [marks, follow, hint];
        return { instance: () => instance, reconfigure: () => null };
      },
    });

    const add = (panel: NotebookPanel) => {
      if (lines.has(panel)) return;
      const line = new NotebookLine(panel, (model, errors) => {
        for (const editor of views.get(model) ?? []) showIn(editor, errors);
      });
      lines.set(panel, line);
      panel.disposed.connect(() => {
        line.close();
        lines.delete(panel);
      });
    };
    tracker.widgetAdded.connect((_, panel) => add(panel));
    tracker.forEach(add);
    notebook.NotebookActions.executed.connect((_, { cell }) => lineOf(cell.model)?.ran());

    const textWidget = (text: string) => {
      const node = document.createElement("pre");
      node.textContent = text;
      return new lumino.Widget({ node });
    };
    addCommands({ app, tracker, dialogs, lineOf: (panel) => lines.get(panel), textWidget });
  };

  return {
    id: `${NAME}:plugin`,
    autoStart: true,
    requires: [notebook.INotebookTracker, codemirror.IEditorExtensionRegistry],
    activate,
  };
}

let scope: ShareScope = {};
const page = window as unknown as { _JUPYTERLAB?: Record<string, unknown> };
page._JUPYTERLAB ??= {};
// A container of Webpack's module federation.
page._JUPYTERLAB[NAME] = {
  init: (given: ShareScope) => {
    scope = given;
  },
  get: async () => {
    const made = await plugin(scope);
    return () => ({ __esModule: true, default: made });
  },
};
