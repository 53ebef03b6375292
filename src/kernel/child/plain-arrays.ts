import { types } from "node:util";
import { PLAIN_ARRAYS } from "../compiler/protocol";
import { defineGlobals } from "./define-globals";

/** Lets cells ask whether values are arrays whose elements are read and written without anything being called. */
export function definePlainArrays(): void {
  const { isArray } = Array;
  const { isProxy, isTypedArray } = types;
  defineGlobals({
    [PLAIN_ARRAYS]: (...values: readonly unknown[]) =>
      values.every((value) => (isArray(value) || isTypedArray(value)) && !isProxy(value)),
  });
}
