"""The command line: one file a command."""

import sys


def main() -> None:
    """Run the command line. Ctrl-C while it is being loaded, for a tenth of a second or more,
    ends it with 130: there is nothing to tidy up yet, and nothing to tell.
    """
    try:
        from localytics.cli.commands import run  # noqa: PLC0415
    except KeyboardInterrupt:
        sys.exit(130)
    run()
