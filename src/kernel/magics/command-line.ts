const COMMAND = /^\s*!([A-Za-z][\w.-]*\s+(?!(?:as|in|instanceof|of|satisfies)\b)(?:-[-\w]|\.?\.?\/\S|[\w.~"'$@]).*)$/;

/**
 * The command of the shell that a line is, without its `!`; undefined where it is TypeScript: `!ls data`, `!npm install x` and
 * `!ls -l` are commands; `!done`, `!a && b` and `!a - 1` are not.
 */
export function commandOf(line: string): string | undefined {
  return COMMAND.exec(line)?.[1]?.trim();
}
