import type ts from "typescript";
import { programInternals, type Resolutions } from "./typescript-internals";

/** The fields by which a program knows a file. */
interface Placed extends ts.SourceFile {
  fileName: string;
  path: string;
  resolvedPath: string;
  originalFileName: string;
}

/**
 * Puts a file, under a name of its own, in the place of another one of `program`, whose type checker stays: that is right
 * as long as the file is a module, imports what `resolutions` know, and adds nothing to the global scope.
 */
export function exchangeFile(
  program: ts.Program,
  old: ts.SourceFile,
  file: ts.SourceFile,
  name: string,
  resolutions?: Resolutions,
): void {
  const { getFilesByNameMap, resolvedModules } = programInternals(program);
  const byName = getFilesByNameMap();
  const files = program.getSourceFiles() as ts.SourceFile[];
  byName.delete(old.fileName);
  resolvedModules?.delete(old.fileName);
  files[files.indexOf(old)] = file;
  const placed = file as unknown as Placed;
  placed.fileName = placed.path = placed.resolvedPath = placed.originalFileName = name;
  byName.set(name, placed);
  if (resolutions) resolvedModules?.set(name, resolutions);
}
