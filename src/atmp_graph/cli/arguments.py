"""What can be typed: the commands, their options and their help."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NoReturn

from atmp_graph import __version__
from atmp_graph.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "atmp-graph"


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are our errors, so that they are printed where all errors are."""

    def error(self, message: str) -> NoReturn:
        """Raise ``InputError`` instead of printing usage and leaving."""
        raise InputError(message, hint=f"see {self.prog} --help")


def chosen_command(arguments: list[str]) -> str | None:
    """The command among the arguments if it is plainly there, so that only its options need building."""
    rest = iter(arguments)
    for argument in rest:
        if argument == "--home":
            next(rest, None)
        elif not argument.startswith("-"):
            return argument if argument in COMMANDS else None
        elif not argument.startswith("--home="):
            return None
    return None


def build_parser(command: str | None) -> Parser:
    """The parser; with the options of ``command`` alone if it is given."""
    parser = Parser(prog=NAME, add_help=command is None, formatter_class=argparse.RawDescriptionHelpFormatter)
    if command is None:
        parser.format_help = _overview  # type: ignore[method-assign]
        parser.add_argument("--version", action="version", version=f"{NAME} {__version__}")
    _home(parser, default=None)
    names = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=Parser)
    for name in [command] if command else COMMANDS:
        summary, add, run = COMMANDS[name]
        own = names.add_parser(name, description=summary[0].upper() + summary[1:] + ".")
        _home(own, default=argparse.SUPPRESS)
        own.set_defaults(run=run)
        add(own)
    return parser


def _home(parser: Parser, default: str | None) -> None:
    parser.add_argument(
        "--home", metavar="DIR", default=default, help="folder with ontology/ data/ shapes/ questions/"
    )


def _format(parser: Parser) -> None:
    parser.add_argument("paths", metavar="PATH", nargs="*", help="files or folders (default: the whole home)")
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit 1 if a file is not canonical"
    )
    parser.add_argument(
        "--drop-comments", action="store_true", help="give up comments that have no place in the form"
    )


COMMANDS: dict[str, tuple[str, Callable[[Parser], None], str]] = {
    "format": ("write Turtle in its one canonical form", _format, "authoring:format_files"),
}
"""Name → summary, what adds its options, and the function that runs it."""

GROUPS = {
    "Ask": ("ask", "query", "search", "show", "why"),
    "Make": ("build", "validate", "check", "format", "reason"),
    "Share": ("serve", "export", "load", "diff"),
}


def _overview() -> str:
    lines = [
        f"usage: {NAME} [--home DIR] COMMAND …",
        "",
        "A knowledge graph of the Swedish ecosystem for advanced therapies (ATMP).",
    ]
    for title, names in GROUPS.items():
        lines += ["", title, *(f"  {name:9} {COMMANDS[name][0]}" for name in names if name in COMMANDS)]
    lines += [
        "",
        "Options",
        "  --home DIR   the folder with ontology/ data/ shapes/ questions/ (or ATMP_GRAPH_HOME)",
        "  --version    show the version",
        "  -h, --help   show this; COMMAND --help shows the options of one command",
        "",
        "Exit code: 0 done, 1 something wrong in the data, 2 wrong use, 3 engine or network trouble.",
        f'Completion: eval "$(register-python-argcomplete {NAME})"',
    ]
    return "\n".join(lines) + "\n"
