"""How a competitor in Python answers the orders that come in on stdin."""

import json
import sys

ANSWER_MARK = "@bench "


def answer_orders(peer: object) -> None:
    """Calls the method that each order, a JSON object a line, names with `do`, and prints what it returns, or what went wrong."""
    for line in sys.stdin:
        order = json.loads(line)
        try:
            answer = getattr(peer, order["do"])(order)
        except Exception as error:  # Whatever it is, who asked has to hear of it.
            answer = {"error": f"{type(error).__name__}: {error}"[:500]}
        print(ANSWER_MARK + json.dumps(answer), flush=True)
