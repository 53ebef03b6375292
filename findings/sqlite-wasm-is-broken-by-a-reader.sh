#!/usr/bin/env bash
# Expected: while one program changes an SQLite file in a transaction, another may read it, and sees what was there before.
# Seen: node-sqlite3-wasm's lock is a folder that no other SQLite knows; Python's, reading, undoes half of the change: malformed.
# Versions: node-sqlite3-wasm 0.8.60 (SQLite 3.53.4), Python's sqlite3; libsql 0.5.29, native, stays whole.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund node-sqlite3-wasm@0.8.60 libsql@0.5.29
cat >read.py <<'PROGRAM'
import sqlite3
import sys

print(sqlite3.connect(sys.argv[1], timeout=1).execute("select count(*) from numbers").fetchone()[0])
PROGRAM
cat >write.cjs <<'PROGRAM'
const { spawnSync } = require("node:child_process");
const { Database } = require("node-sqlite3-wasm");
const Libsql = require("libsql");

/** Changes a file in a transaction, in the middle of which Python reads it; what became of the file. */
function tried(file, database, check) {
  database.exec("create table numbers (number integer)");
  // A small cache, so that the change reaches the file before its end, as one of many rows does.
  database.exec("pragma cache_size = 1");
  database.exec("begin immediate");
  for (let i = 0; i < 3000; i++) database.exec(`insert into numbers values (${i})`);
  const reader = spawnSync("python3", ["read.py", file], { encoding: "utf8" });
  const read = reader.status === 0 ? reader.stdout.trim() : reader.stderr.trim().split("\n").at(-1);
  try {
    database.exec("commit");
    return [read, check()];
  } catch (error) {
    return [read, error.message];
  }
}

const wasm = new Database("wasm.sqlite");
const native = new Libsql("native.sqlite");
const [wasmRead, wasmEnd] = tried("wasm.sqlite", wasm, () => wasm.get("pragma integrity_check").integrity_check);
const [, nativeEnd] = tried("native.sqlite", native, () => native.prepare("pragma integrity_check").raw().get()[0]);
console.log(`node-sqlite3-wasm: the reader saw ${wasmRead} rows, then the file is: ${wasmEnd.split("\n").slice(0, 2).join(" ")}`);
console.log(`libsql: the file is: ${nativeEnd}`);
process.exit(wasmEnd !== "ok" && nativeEnd === "ok" ? 0 : 1);
PROGRAM
node write.cjs
