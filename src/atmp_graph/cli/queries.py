"""``query``: SPARQL from the shell, answered by the current release in this process."""

from __future__ import annotations

import os
import sys

from atmp_graph.cli.releases import release_folder
from atmp_graph.errors import InputError, NotAcceptableError, QuerySyntaxError
from atmp_graph.store.direct import DirectStore
from atmp_graph.store.protocol import GRAPH_TYPES, SELECT_TYPES, Query

TYPE_CHECKING = False  # typing costs 3 ms at each start; type checkers know this name
if TYPE_CHECKING:
    from argparse import Namespace

    from atmp_graph.store.protocol import Answer


def query(options: Namespace) -> int:
    """Run one query and print its answer."""
    text, name = _text(options)
    folder = release_folder(options)
    store = DirectStore.open(folder, folder.rpartition(os.sep)[2])
    try:
        answer = store.answer(Query(text, accept=_accept(options.format)))
    except QuerySyntaxError as error:
        if name and error.line:
            error.place = f"{name}:{error.line}:{error.column}"
        raise
    except NotAcceptableError as error:
        raise InputError(
            f"this query gives no {options.format}",
            hint=f"SELECT and ASK give table, {', '.join(SELECT_TYPES)}; "
            f"CONSTRUCT and DESCRIBE {', '.join(GRAPH_TYPES)}",
        ) from error
    if options.format == "table" and answer.kind != "graph":
        _print_table(answer)
    elif answer.media_type == GRAPH_TYPES["ttl"]:
        # The engine names every prefix we know, in any order; a reader wants the ones in use.
        from atmp_graph.turtle import format_text

        sys.stdout.write(format_text(b"".join(answer.chunks).decode()))
    else:
        last = b""
        for chunk in answer.chunks:
            sys.stdout.buffer.write(chunk)
            last = chunk or last
        if not last.endswith(b"\n"):
            sys.stdout.buffer.write(b"\n")
    return 0


def _text(options: Namespace) -> tuple[str, str]:
    """The query and, if it came from a file, the file's name."""
    if options.expression is not None:
        if options.file is not None:
            raise InputError("give a query by file or by -e, not both", hint="see atmp-graph query --help")
        return options.expression, ""
    if options.file is None:
        raise InputError("no query was given", hint="give a file, - for standard input, or -e 'SELECT …'")
    try:
        if options.file == "-":
            return sys.stdin.read(), ""
        with open(options.file, encoding="utf-8") as file:
            return file.read(), options.file
    except OSError as error:
        raise InputError(f"cannot read this file: {error.strerror}", place=options.file) from error
    except UnicodeDecodeError as error:
        raise InputError("this file is not UTF-8 text", place=options.file) from error


def _accept(name: str) -> tuple[str, ...]:
    if name == "table":
        return SELECT_TYPES["json"], GRAPH_TYPES["ttl"]
    return (SELECT_TYPES.get(name) or GRAPH_TYPES[name],)


def _print_table(answer: Answer) -> None:
    content = b"".join(answer.chunks)
    if answer.kind == "boolean":
        print("true" if b"true" in content else "false")
        return
    import json

    from atmp_graph.cli.table import table, terminal_width

    result = json.loads(content)
    columns = result["head"]["vars"]
    rows = [
        [_shown(row[name]) if name in row else "" for name in columns]
        for row in result["results"]["bindings"]
    ]
    sys.stdout.write(table(columns, rows, terminal_width()))
    if sys.stderr.isatty():
        print(f"{len(rows)} rows", file=sys.stderr)


def _shown(term: dict[str, str]) -> str:
    """A term as a person reads it: our own names short, other IRIs whole, texts with their language."""
    from atmp_graph.vocabulary import compact

    if term["type"] == "uri":
        return compact(term["value"])
    if term["type"] == "bnode":
        return "_:" + term["value"]
    if term["type"] == "triple":
        return str(term["value"])
    language = term.get("xml:lang")
    return f"{term['value']} @{language}" if language else term["value"]
