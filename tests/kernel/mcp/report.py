"""The transcript: what was asked, what came, and whether it is what the recipe says."""

import time

_began = time.monotonic()
failures = []


def seconds():
    return time.monotonic() - _began


def tell(text):
    """A line of the transcript, with the seconds since the beginning; further lines are moved in."""
    first, *rest = text.split("\n")
    print("\n".join([f"{seconds():6.1f} s  {first}", *(f"          {line}" for line in rest)]), flush=True)


def check(holds, sentence):
    """One thing that docs/agents.md says."""
    if not holds:
        failures.append(sentence)
    tell(f"{'✓' if holds else '✗'} {sentence}")
