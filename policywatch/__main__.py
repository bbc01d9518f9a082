"""The entry point of the program: `policywatch`, or `python -m policywatch`.

The command line takes half a second to load. If Ctrl-C is pressed meanwhile, our own message is printed, not Python's.
"""

import sys

#: The exit code by which a shell knows a program that was ended by Ctrl-C.
INTERRUPTED = 130


def main() -> None:
    """Run the command line."""
    try:
        from .cli import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("Stopped. Everything fetched so far is saved.\n")
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
