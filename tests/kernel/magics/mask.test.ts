import { expect, it } from "vitest";
import { maskMagics } from "../../../src/kernel/magics/mask";

it.each([
  ["%timeit f(x)", "        f(x)"],
  ["%timeit -n 10 -r 3 f(x)", "                   f(x)"],
  ["const a = 1;\n%cd folder\na", "const a = 1;\n          \na"],
  ["!ls -l\nf()", "      \nf()"],
  ["%%time\nf()", "      \nf()"],
  ["%%bash\nls | wc", "      \n       "],
  ["a\n  % b", "a\n  % b"],
  ["`\n%time x\n`", "`\n%time x\n`"],
  ["!done", "!done"],
  ["!a && b.c", "!a && b.c"],
])("%j is %j to TypeScript", (code, typescript) => {
  expect(maskMagics(code)).toBe(typescript);
});
