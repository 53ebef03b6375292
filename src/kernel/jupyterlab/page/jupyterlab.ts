// What is used of JupyterLab and Notebook 7, which share their packages with extensions.

import type { Extension } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";

export interface Signal<Sender, Args> {
  connect(slot: (sender: Sender, args: Args) => void): boolean;
}

export interface SharedCell {
  getId(): string;
  getSource(): string;
  updateSource(start: number, end: number, text: string): void;
  transact(edit: () => void): void;
}

export interface CellModel {
  readonly type: string;
  readonly id: string;
  readonly sharedModel: SharedCell;
}

export interface Editor {
  readonly editor: EditorView;
  getCursorPosition(): { line: number; column: number };
  setCursorPosition(position: { line: number; column: number }): void;
  focus(): void;
}

export interface Cell {
  readonly model: CellModel;
  readonly editor: Editor | null;
}

export interface Comm {
  onMsg: (message: { content: { data: unknown } }) => void;
  onClose: (message: unknown) => void;
  open(): { done: Promise<unknown> };
  send(data: unknown): { done: Promise<unknown> };
  close(): void;
  readonly isDisposed: boolean;
}

export interface KernelConnection {
  readonly status: string;
  readonly info: Promise<{ readonly implementation: string }>;
  readonly statusChanged: Signal<KernelConnection, string>;
  createComm(target: string): Comm;
}

export interface NotebookPanel {
  readonly isDisposed: boolean;
  readonly disposed: Signal<NotebookPanel, undefined>;
  readonly sessionContext: {
    readonly session: { readonly kernel: KernelConnection | null } | null;
    readonly kernelChanged: Signal<unknown, { readonly newValue: KernelConnection | null }>;
    readonly ready: Promise<void>;
  };
  readonly content: {
    readonly widgets: readonly Cell[];
    readonly model: { readonly cells: { readonly changed: Signal<unknown, unknown> } } | null;
    readonly activeCell: Cell | null;
    activeCellIndex: number;
    mode: "command" | "edit";
    scrollToCell(cell: Cell): Promise<void>;
  };
}

export interface NotebookTracker {
  readonly widgetAdded: Signal<unknown, NotebookPanel>;
  readonly currentWidget: NotebookPanel | null;
  forEach(visit: (panel: NotebookPanel) => void): void;
}

/** Where editors of all kinds get their extensions from. */
export interface EditorExtensions {
  addExtension(factory: {
    readonly name: string;
    factory(options: { readonly model: Partial<CellModel> }): {
      instance(): Extension;
      reconfigure(): null;
    } | null;
  }): void;
}

export interface Application {
  readonly commands: {
    addCommand(
      id: string,
      options: { label: string; execute(): Promise<void> | void; isEnabled(): boolean; isVisible(): boolean },
    ): unknown;
    addKeyBinding(binding: { command: string; keys: string[]; selector: string }): unknown;
  };
  readonly contextMenu: { addItem(item: { command: string; selector: string; rank: number }): unknown };
}

export interface Dialogs {
  readonly InputDialog: {
    getText(options: {
      title: string;
      label: string;
      text: string;
      okLabel: string;
    }): Promise<{ value: string | null }>;
  };
  readonly Notification: {
    error(message: string, options: { autoClose: number }): unknown;
    info(message: string, options: { autoClose: number }): unknown;
  };
  readonly Dialog: { okButton(options: { label: string }): unknown };
  showDialog(options: { title: string; body: unknown; buttons: unknown[] }): Promise<unknown>;
}

/** What JupyterLab hands to an extension: its packages, by name and version. */
export type ShareScope = Readonly<
  Record<
    string,
    Readonly<Record<string, { readonly loaded?: unknown; get(): Promise<() => unknown> | (() => unknown) }>>
  >
>;

/** A package that the page shares; of several versions the one in use. */
export async function shared<T>(scope: ShareScope, name: string): Promise<T> {
  const versions = Object.values(scope[name] ?? {});
  const found = versions.find(({ loaded }) => loaded) ?? versions[0];
  if (!found) throw new Error(`vitlab-editing: this page shares no ${name}`);
  return (await found.get())() as T;
}
