import type { FieldKind } from "../../base/field";
import { inLanguage } from "../../base/language";
import { type FieldGroup, type FieldName, FORM_FIELDS, type TweakValues } from "./form-fields";
import type { FormProblem } from "./form-problems";

/** One row of a form: a field, and what is to be said of its value. */
export interface FormRow {
  readonly field: FieldName;
  readonly group: FieldGroup;
  readonly kind: FieldKind["kind"];
  readonly value: unknown;
  readonly about: string;
  /** What is wrong with the value, and the nearest that can be. */
  readonly problem?: string;
  readonly nearest?: unknown;
}

/** The rows of a form in their order. */
export function formRows(values: TweakValues, problems: readonly FormProblem[]): FormRow[] {
  const remedies = problems.flatMap((problem) => problem.remedies);
  return (Object.keys(FORM_FIELDS) as FieldName[]).map((field) => {
    const { group, kind, about } = FORM_FIELDS[field];
    const remedy = remedies.find((one) => one.field === field);
    const wrong = remedy && { problem: remedy.sentence, nearest: remedy.nearest };
    return { field, group, kind, value: values[field], about: inLanguage(about), ...wrong };
  });
}
