"""JupyterLab that ends when the program that started it does: its standard input is a pipe that then closes."""

import os
import signal
import sys
import threading


def stop_with_parent():
    # Not through sys.stdin: its lock would be held when Python itself ends.
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


threading.Thread(target=stop_with_parent, daemon=True).start()

from jupyterlab.labapp import main  # noqa: E402  (the guard comes before the slow import)

sys.exit(main())
