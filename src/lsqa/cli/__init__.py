"""The command line. Results go to stdout; progress, logs and errors to stderr.

Exit codes: 0 done (a refusal is done), 1 something failed, 2 wrong usage, 130 interrupted. Commands import what they
need when they run.
"""

import sys


def main() -> None:
    """Run the program."""
    try:
        from lsqa.cli.program import run
    except KeyboardInterrupt:  # while the first modules load
        sys.exit(130)
    run()
