#!/usr/bin/env bash
# Expected: a program of two lines that imports TensorFlow.js' core compiles with the settings that TypeScript has by itself.
# Seen: with TypeScript 6 it has dozens of errors, none in the program: the core brings @webgpu/types, which declares anew
# what TypeScript 6's own DOM library has; TypeScript 5.9 takes it. Versions: @tensorflow/tfjs-core 4.22.0, typescript 6.0.3.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-fund --no-audit @tensorflow/tfjs-core@4.22.0 six@npm:typescript@6.0.3 five@npm:typescript@5.9.3
cat >program.ts <<'PROGRAM'
import { ones } from "@tensorflow/tfjs-core";
export const shape: number[] = ones([2, 3]).shape;
PROGRAM
errors() {
  node "node_modules/$1/bin/tsc" --noEmit --target es2022 --module nodenext program.ts >"$1.txt" || true
  echo "TypeScript $(node "node_modules/$1/bin/tsc" --version): $(grep -c 'error TS' "$1.txt" || true) errors, $(grep -c '^program.ts' "$1.txt" || true) of them in the program"
}
errors five
errors six
grep -m 3 'error TS' six.txt | cut -c 1-160
test "$(grep -c 'error TS' five.txt || true)" -eq 0
test "$(grep -c 'error TS' six.txt || true)" -gt 10
test "$(grep -c '^program.ts' six.txt || true)" -eq 0
