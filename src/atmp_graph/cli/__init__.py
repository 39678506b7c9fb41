"""The command line: parse, call, print. What a command does is done by the rooms below.

Shell loops call ``query`` and ``ask``, so starting must cost little: a command's module is imported when it
is called, and only its own options are built.
"""

from __future__ import annotations

import os
import sys

from atmp_graph.errors import AtmpGraphError, InputError

__all__ = ["main"]


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 wrong data, 2 wrong use, 3 engine trouble."""
    arguments = sys.argv[1:] if argv is None else argv
    try:
        return _run(arguments)
    except AtmpGraphError as error:
        return _report(error)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone. Point stdout nowhere, or Python complains again while it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(arguments: list[str]) -> int:
    from atmp_graph.cli.arguments import build_parser, chosen_command

    completing = "_ARGCOMPLETE" in os.environ
    command = None if completing else chosen_command(arguments)
    parser = build_parser(command)
    if completing:
        from atmp_graph.cli.completion import complete

        complete(parser)
    options = parser.parse_args(arguments)
    module, _, function = options.run.partition(":")
    run = getattr(__import__(f"atmp_graph.cli.{module}", fromlist=[function]), function)
    code: int = run(options)
    sys.stdout.flush()
    return code


def _report(error: AtmpGraphError) -> int:
    from atmp_graph.cli.problems import report

    try:
        sys.stdout.flush()
        report(error, sys.stderr)
    except BrokenPipeError:
        return error.exit_code
    return error.exit_code


def fail(message: str, hint: str) -> InputError:
    """What a command raises when it is used wrongly."""
    return InputError(message, hint=hint)
