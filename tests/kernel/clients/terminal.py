"""A program at a terminal, as a person sees it: what stands on the screen, not what was sent to draw it."""

import re
import time
from contextlib import suppress

import pexpect
import psutil
import pyte


class Terminal:
    def __init__(self, command, arguments, cwd, env, lines=50, columns=120):
        self.screen = pyte.Screen(columns, lines)
        self.stream = pyte.ByteStream(self.screen)
        env = {**env, "TERM": "xterm-256color", "COLUMNS": str(columns), "LINES": str(lines)}
        self.child = pexpect.spawn(command, list(arguments), cwd=str(cwd), env=env, dimensions=(lines, columns), timeout=None)
        # Programs ask a terminal where its cursor is, and wait for the answer.
        self.screen.write_process_input = self.child.send

    def type(self, keys):
        self.child.send(keys)

    def until(self, pattern, timeout=20):
        """Waits until a line on the screen begins with `pattern`."""
        found = re.compile(rf"^\s*(?:{pattern})", re.MULTILINE)
        deadline = time.monotonic() + timeout
        while not found.search(self.text):
            if time.monotonic() > deadline:
                shown = self.text.strip()
                raise AssertionError(f"no line with {pattern} within {timeout} s\nThe screen says:\n{shown}")
            try:
                self.stream.feed(self.child.read_nonblocking(65536, timeout=0.2))
            except pexpect.TIMEOUT:
                pass
            except pexpect.EOF:
                assert found.search(self.text), f"the program ended\nThe screen says:\n{self.text.strip()}"
        return self.text

    def until_end(self, timeout=20):
        self.child.expect(pexpect.EOF, timeout=timeout)

    @property
    def text(self):
        return "\n".join(line.rstrip() for line in self.screen.display)

    def close(self):
        """Ends the program, and the kernel that it started, which may not notice by itself."""
        family = psutil.Process(self.child.pid).children(recursive=True) if self.child.isalive() else []
        self.child.close(force=True)
        for each in family:
            with suppress(psutil.NoSuchProcess):
                each.kill()
