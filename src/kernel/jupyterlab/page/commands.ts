import {
  type Definition,
  type Edit,
  fromTheEnd,
  type NotebookEdit,
  offsetOf,
  type Place,
  type Range,
} from "../../editing";
import type { Application, Cell, Dialogs, NotebookPanel, NotebookTracker, SharedCell } from "./jupyterlab";
import type { NotebookLine } from "./notebook-line";

const IN_CELLS = ".jp-Notebook .jp-CodeCell .jp-Editor";
const NOTICE_MS = 6000;

interface Where {
  readonly panel: NotebookPanel;
  readonly line: NotebookLine;
  readonly cell: Cell;
  readonly question: { readonly cell: string; readonly place: Place };
}

export interface CommandContext {
  readonly app: Application;
  readonly tracker: NotebookTracker;
  readonly dialogs: Dialogs;
  readonly lineOf: (panel: NotebookPanel) => NotebookLine | undefined;
  /** Shows a text in a dialog, as it is. */
  readonly textWidget: (text: string) => unknown;
}

/** Adds "Rename Symbol" (F2) and "Go to Definition" (F12) to code cells whose kernel is vitlab's. */
export function addCommands({ app, tracker, dialogs, lineOf, textWidget }: CommandContext): void {
  const where = (): Where | null => {
    const panel = tracker.currentWidget;
    const line = panel && lineOf(panel);
    const cell = panel?.content.activeCell;
    if (!panel || !line?.isOpen || !cell?.editor || cell.model.type !== "code") return null;
    const { line: row, column } = cell.editor.getCursorPosition();
    return { panel, line, cell, question: { cell: cell.model.id, place: { line: row, character: column } } };
  };
  const told = (what: string, work: (at: Where) => Promise<void>) => async () => {
    const at = where();
    if (!at) return;
    await work(at).catch((error: Error) =>
      dialogs.Notification.error(`${what}: ${error.message}.`, { autoClose: NOTICE_MS }),
    );
  };

  const rename = async ({ panel, line, cell, question }: Where) => {
    const range = await line.ask<Range>({ method: "prepareRename", ...question });
    const name = textIn(cell.model.sharedModel, range);
    const { value } = await dialogs.InputDialog.getText({
      title: `Rename ${name}`,
      label: "New name",
      text: name,
      okLabel: "Rename",
    });
    if (value === null || value === name) return;
    const { cells: sent } = line;
    const edits = await line.ask<NotebookEdit>({ method: "rename", ...question, newName: value.trim() }, sent);
    const source = new Map(sent.map(({ id, source }) => [id, source]));
    const touched = panel.content.widgets.filter(({ model }) => edits[model.id]);
    if (touched.some(({ model }) => model.sharedModel.getSource() !== source.get(model.id)))
      throw new Error("a cell that it concerns has changed meanwhile: nothing was renamed, try again");
    for (const { model } of touched) apply(model.sharedModel, edits[model.id] ?? []);
    const cells = Object.keys(edits).length;
    const count = Object.values(edits).reduce((sum, each) => sum + each.length, 0);
    const again = cells === 1 ? "Run it again: until then" : "Run them again: until then";
    dialogs.Notification.info(
      `${name} is ${value.trim()} in ${count} ${count === 1 ? "place" : "places"} of ${cells} ${cells === 1 ? "cell" : "cells"}. ${again} the kernel knows the old name.`,
      { autoClose: NOTICE_MS },
    );
  };

  const define = async ({ panel, line, question }: Where) => {
    const found = await line.ask<Definition | null>({ method: "definition", ...question });
    if (!found) throw new Error("nothing is known of where this is defined");
    if ("cell" in found) return goTo(panel, found.cell, found.range);
    const { path, range, text } = found;
    await dialogs.showDialog({
      title: `${path.split("/").slice(-3).join("/")}, line ${range.start.line + 1}`,
      body: textWidget(`${path}\n\n${text}`),
      buttons: [dialogs.Dialog.okButton({ label: "Close" })],
    });
  };

  const commands = [
    { id: "vitlab:rename", label: "Rename Symbol…", key: "F2", execute: told("Can't rename", rename) },
    { id: "vitlab:definition", label: "Go to Definition", key: "F12", execute: told("Can't go there", define) },
  ];
  commands.forEach(({ id, label, key, execute }, index) => {
    const isThere = () => where() !== null;
    app.commands.addCommand(id, { label, execute, isEnabled: isThere, isVisible: isThere });
    app.commands.addKeyBinding({ command: id, keys: [key], selector: IN_CELLS });
    app.contextMenu.addItem({ command: id, selector: IN_CELLS, rank: 3 + index });
  });
}

async function goTo(panel: NotebookPanel, id: string, { start }: Range): Promise<void> {
  const { content } = panel;
  const index = content.widgets.findIndex(({ model }) => model.id === id);
  const cell = content.widgets[index];
  if (!cell) return;
  content.activeCellIndex = index;
  await content.scrollToCell(cell);
  content.mode = "edit";
  cell.editor?.setCursorPosition({ line: start.line, column: start.character });
  cell.editor?.focus();
}

function apply(cell: SharedCell, edits: readonly Edit[]): void {
  if (edits.length === 0) return;
  const source = cell.getSource();
  cell.transact(() => {
    for (const { start, end, newText } of fromTheEnd(source, edits)) cell.updateSource(start, end, newText);
  });
}

function textIn(cell: SharedCell, { start, end }: Range): string {
  const source = cell.getSource();
  return source.slice(offsetOf(source, start), offsetOf(source, end));
}
