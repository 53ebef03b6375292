import ts from "typescript";
import type { SignatureHelp } from "../editing";
import { internals } from "./typescript-internals";

const GO_ON: ts.CancellationToken = { isCancellationRequested: () => false, throwIfCancellationRequested: () => {} };

/** The signatures of the call around `position`; null outside of all calls. */
export function signaturesAt(program: ts.Program, file: ts.SourceFile, position: number): SignatureHelp | null {
  const found = internals.SignatureHelp.getSignatureHelpItems(program, file, position, undefined, GO_ON);
  if (!found) return null;
  const signatures = found.items.map((item) => {
    let label = ts.displayPartsToString(item.prefixDisplayParts);
    const separator = ts.displayPartsToString(item.separatorDisplayParts);
    const parameters = item.parameters.map(({ displayParts, documentation }, index) => {
      if (index > 0) label += separator;
      const start = label.length;
      label += ts.displayPartsToString(displayParts);
      return { label: [start, label.length] as const, documentation: ts.displayPartsToString(documentation) };
    });
    label += ts.displayPartsToString(item.suffixDisplayParts);
    return { label, documentation: ts.displayPartsToString(item.documentation), parameters };
  });
  return { signatures, activeSignature: found.selectedItemIndex, activeParameter: found.argumentIndex };
}
