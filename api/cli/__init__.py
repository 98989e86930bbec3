"""The command `kumppani`.

Exit codes: 0 done, 1 failure, 2 bad input, 130 stopped by the person at the keyboard. Answers go to stdout,
everything else to stderr. Whatever is slow to import is imported by the command that needs it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from api.cli import common


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    sys.exit(run(sys.argv[1:] if argv is None else list(argv)))


def run(argv: list[str]) -> int:
    """Run one command line; its exit code. Nothing that goes wrong leaves as a traceback."""
    try:
        from api.cli.app import app

        code = app(args=argv, prog_name="kumppani", standalone_mode=False)
        sys.stdout.flush()
        if code == 130:
            common.say("Stopped.")
        return code if isinstance(code, int) else 0
    except KeyboardInterrupt:
        common.say("Stopped.")
        return 130
    except SystemExit as stop:
        # The command library answers a reader that has gone with exit 1, leaving this wrapper behind.
        if type(sys.stdout).__name__ == "PacifyFlushWrapper":
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        return stop.code if isinstance(stop.code, int) else 1
    except BrokenPipeError:
        # The reader of our output (head, less) has gone; Python would complain again on closing stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the last resort: into words, its traceback into the log  # noqa: BLE001 - the last resort: into words, its traceback into the log
        return common.exit_code(error)


__all__ = ["main", "run"]
