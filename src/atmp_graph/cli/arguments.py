"""What can be typed: the commands, their options and their help."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, NoReturn

from atmp_graph import __version__
from atmp_graph.errors import InputError
from atmp_graph.store.protocol import GRAPH_TYPES, SELECT_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "atmp-graph"


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are our errors, so that they are printed where all errors are."""

    def error(self, message: str) -> NoReturn:
        """Raise ``InputError`` instead of printing usage and leaving."""
        if "required: COMMAND" in message:
            raise InputError("no command was given", hint=f"see {NAME} --help")
        wrong = message.removeprefix("argument COMMAND: invalid choice: '").partition("'")[0]
        if wrong not in message.partition("'")[0]:
            raise InputError(f"there is no command {wrong!r}", hint=_nearest(wrong))
        raise InputError(message, hint=f"see {self.prog} --help")


class Help(argparse.HelpFormatter):
    """Help as wide as the window. argparse makes one of these for every option, and its own way of asking
    for the width imports half of the library's file tools.
    """

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28, width=min(_window_width(), 100) - 2)


def _nearest(wrong: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(wrong, COMMANDS, n=1)
    return f"did you mean {near[0]}?" if near else f"see {NAME} --help"


def _window_width() -> int:
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


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
    parser = Parser(prog=NAME, add_help=command is None, formatter_class=Help)
    if command is None:
        parser.format_help = _overview  # type: ignore[method-assign]
        parser.add_argument("--version", action="version", version=f"{NAME} {__version__}")
    _home(parser, default=None)
    names = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=Parser)
    for name in [command] if command else COMMANDS:
        summary, add, run = COMMANDS[name]
        description = summary[0].upper() + summary[1:] + "."
        own = names.add_parser(name, description=description, formatter_class=Help)
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


def _build(parser: Parser) -> None:
    parser.add_argument("--out", metavar="DIR", help="folder for releases (default: the home's cache)")


def _ask(parser: Parser) -> None:
    parser.add_argument(
        "name", metavar="NAME", nargs="?", help="a question by id or name (default: list them all)"
    )
    parser.add_argument(
        "--with", dest="given", metavar="KEY=VALUE", action="append", help="a parameter (repeat for more)"
    )
    _lang_option(parser)
    _format_option(parser, ("table", "csv", "json"), "table")


def _search(parser: Parser) -> None:
    parser.add_argument("text", metavar="TEXT", nargs="+", help="words, or the beginnings of words")
    parser.add_argument(
        "--limit", metavar="N", type=int, default=20, help="how many things at most (default: 20)"
    )
    _lang_option(parser)
    _format_option(parser, ("table", "json"), "table")


def _show(parser: Parser) -> None:
    parser.add_argument("thing", metavar="THING", help="an IRI, prefix:name, or a name")
    _lang_option(parser)
    _format_option(parser, ("text", "json"), "text")


def _why(parser: Parser) -> None:
    parser.add_argument("thing", metavar="THING", help="an IRI, prefix:name, or a name")
    parser.add_argument(
        "property", metavar="PROPERTY", nargs="?", help="only this property, such as isLocatedIn"
    )
    _lang_option(parser)
    _format_option(parser, ("text", "json"), "text")


def _query(parser: Parser) -> None:
    parser.add_argument(
        "file", metavar="FILE", nargs="?", help="a file with the query, or - for standard input"
    )
    parser.add_argument("-e", dest="expression", metavar="TEXT", help="the query itself")
    _format_option(parser, ("table", *SELECT_TYPES, *GRAPH_TYPES), "table")


def _export(parser: Parser) -> None:
    parser.add_argument("folder", metavar="DIR", help="where to write the files")
    parser.add_argument(
        "--format", metavar="F", action="append", help="one of them (repeat for more; default: all of them)"
    )


def _validate(parser: Parser) -> None:
    parser.add_argument(
        "paths", metavar="PATH", nargs="*", help="data: RDF files or folders (default: the home's)"
    )
    parser.add_argument(
        "--shapes", metavar="PATH", action="append", help="shapes (repeat for more; default: the home's)"
    )
    parser.add_argument("--lang", choices=("en", "sv"), default="en", help="language of the text report")
    _format_option(parser, ("text", "json", *GRAPH_TYPES), "text")


def _check(parser: Parser) -> None:
    parser.add_argument("--sources", metavar="DIR", help="folder with the source texts: check coverage too")


def _reason(parser: Parser) -> None:
    parser.add_argument(
        "--profile",
        choices=("rl", "dl"),
        default="rl",
        help="rl: our own rules (default); dl: then HermiT over all of OWL 2 DL too (needs Java)",
    )


def _serve(parser: Parser) -> None:
    parser.add_argument("--host", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", metavar="N", help="port to listen on, 0 for any free one (default: 8000)")
    parser.add_argument("--release", metavar="DIR", help="serve this release instead of building")
    parser.add_argument(
        "--writable", metavar="DIR", help="take changes into a draft of the release, kept there"
    )
    parser.add_argument("--token-file", metavar="F", help="who may change it: a token on each line")
    parser.add_argument("--empty", action="store_true", help="begin the draft as an empty, plain dataset")
    parser.add_argument("--timeout", metavar="S", help="seconds a query may take")
    parser.add_argument("--max-rows", metavar="N", help="rows an answer may have")
    parser.add_argument("--max-bytes", metavar="N", help="bytes an answer may have")
    parser.add_argument("--memory", metavar="MB", help="megabytes a query may take")
    parser.add_argument("--workers", metavar="N", help="processes that answer queries")


def _diff(parser: Parser) -> None:
    parser.add_argument("old", metavar="OLD", help="a release: its folder, or its id")
    parser.add_argument("new", metavar="NEW", help="another one")
    _lang_option(parser)
    _format_option(parser, ("text", "json"), "text")


def _completion(parser: Parser) -> None:
    parser.add_argument("shell", choices=("bash", "zsh", "fish", "powershell"), help="your shell")


def _lang_option(parser: Parser) -> None:
    parser.add_argument("--lang", choices=("en", "sv"), help="language (default: that of your environment)")


def _format_option(parser: Parser, names: tuple[str, ...], default: str) -> None:
    parser.add_argument(
        "--format",
        metavar="F",
        choices=names,
        default=default,
        help=f"{', '.join(names)} (default: {default})",
    )


COMMANDS: dict[str, tuple[str, Callable[[Parser], None], str]] = {
    "ask": ("list the named questions, or answer one", _ask, "asking:ask"),
    "query": ("run SPARQL from the shell", _query, "queries:query"),
    "search": ("find things by any of their names", _search, "looking:search"),
    "show": ("show everything said of a thing, with sections", _show, "looking:show"),
    "why": ("show who says so, and who disagrees", _why, "looking:why"),
    "serve": ("serve the SPARQL endpoint and the site", _serve, "serving:serve"),
    "validate": ("check data against SHACL shapes", _validate, "checking:validate"),
    "check": ("look over ontology, form, evidence and coverage", _check, "checking:check"),
    "reason": ("show what follows, and contradictions", _reason, "checking:reason"),
    "build": ("check the four folders and make a release", _build, "making:build"),
    "format": ("write Turtle in its one canonical form", _format, "authoring:format_files"),
    "export": ("write files for others: RDF, tables, catalogue", _export, "making:export"),
    "diff": ("show what changed in meaning between two releases", _diff, "comparing:diff"),
    "completion": ("print what makes a shell complete our commands", _completion, "completion:print_script"),
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
        f'Completion: eval "$({NAME} completion bash)", or zsh, fish, powershell.',
    ]
    return "\n".join(lines) + "\n"
