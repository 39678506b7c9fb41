"""The command line: parse, call, print. What a command does is done by the rooms below.

Shell loops call ``query`` and ``ask``, so starting must cost little: a command's module is imported when it
is called, and only its own options are built.
"""

from __future__ import annotations

import os
import sys

from atmp_graph.errors import AtmpGraphError

__all__ = ["main"]


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 wrong data, 2 wrong use, 3 engine trouble."""
    arguments = sys.argv[1:] if argv is None else argv
    try:
        return 0 if _quickly(arguments, leave=argv is None) else _run(arguments)
    except AtmpGraphError as error:
        return _report(error)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone. Point stdout nowhere, or Python complains again while it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _quickly(arguments: list[str], *, leave: bool) -> bool:
    """True if the short way (``quick``) printed the answer; with ``leave``, the process ends there and
    then.
    """
    if not {"query", "ask"}.intersection(arguments[:3]) or "_ARGCOMPLETE" in os.environ:
        return False
    from atmp_graph.cli.quick import answer

    content = answer(arguments)
    if content is None:
        return False
    sys.stdout.buffer.write(content)
    sys.stdout.flush()
    if leave:
        os._exit(0)  # nothing is left to do, and the engine and the interpreter would take 5 ms to do it
    return True


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
