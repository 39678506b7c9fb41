"""``ask``: the named questions, listed or answered, with the section behind each row."""

from __future__ import annotations

import os
import sys

from atmp_graph.cli.answers import WORDS, answer_table, language, place_text
from atmp_graph.cli.releases import release_folder
from atmp_graph.cli.table import table, terminal_width
from atmp_graph.errors import InputError
from atmp_graph.questions import find, load, run
from atmp_graph.store.direct import DirectStore

TYPE_CHECKING = False  # typing costs 3 ms at each start; type checkers know this name
if TYPE_CHECKING:
    from argparse import Namespace
    from types import SimpleNamespace

    from atmp_graph.questions import Answered, Cell, Column, Place, Question


def ask(options: Namespace) -> int:
    """Print the list of questions, or the answer of one."""
    sys.stdout.write(answer(options))
    return 0


def answer(options: Namespace | SimpleNamespace) -> str:
    """What ``ask`` prints for ``name``, ``given``, ``lang`` and ``format``."""
    folder = release_folder(options)
    lang = options.lang or language()
    with open(os.path.join(folder, "questions.json"), encoding="utf-8") as file:
        questions = load(file.read())
    if options.name is None:
        if options.given:
            raise InputError("--with needs a question", hint="atmp-graph ask lists them")
        return _list(questions, lang, options.format)
    question = find(questions, options.name)
    store = DirectStore.open(folder, folder.rpartition(os.sep)[2])
    answered = run(store, question, lang, _given(options.given))
    if options.format == "json":
        return _json(answered, lang)
    if options.format == "csv":
        return _csv(answered)
    return _table(answered, lang)


def _given(pairs: list[str] | None) -> dict[str, str]:
    found = {}
    for pair in pairs or ():
        name, sign, value = pair.partition("=")
        if not sign:
            raise InputError(f"--with {pair} is not a parameter", hint="write it as --with name=value")
        found[name] = value
    return found


def _list(questions: list[Question], lang: str, form: str) -> str:
    if form == "table":
        rows = [[question.id, question.title.text(lang)] for question in questions]
        return table(["", WORDS[lang]["question"]], rows, terminal_width())
    fields = ("id", "name", "title", "audience", "theme")
    rows = [[q.id, q.name, q.title.text(lang), q.audience, q.theme] for q in questions]
    if form == "csv":
        return _csv_text([list(fields), *rows])
    import json

    return (
        json.dumps([dict(zip(fields, row, strict=True)) for row in rows], ensure_ascii=False, indent=1) + "\n"
    )


def _table(answered: Answered, lang: str) -> str:
    columns = [(column.name, column.type, column.label.text(lang)) for column in answered.columns]
    rows = [[cell.text for cell in row] for row in answered.rows]
    places = [_place(place) for place in answered.places]
    return answer_table(answered.question.title.text(lang), columns, rows, places, lang)


def _place(place: Place | None) -> str:
    return place_text(place.source, place.heading) if place else ""


def _csv(answered: Answered) -> str:
    """Columns as the query gives them; an IRI is followed by its label, and the section comes last."""
    columns = [column for column in answered.columns if column.name != "section"]
    header = [name for c in columns for name in ([c.name, c.name + "_label"] if _is_iri(c) else [c.name])]
    lines = [[*header, "section", "section_label"]]
    for row, place in zip(answered.rows, answered.places, strict=True):
        cells = [
            (cell, column) for cell, column in zip(row, answered.columns, strict=True) if column in columns
        ]
        line = [
            text
            for cell, column in cells
            for text in ([_value(cell), cell.text] if _is_iri(column) else [_value(cell)])
        ]
        lines.append([*line, place.section if place else "", _place(place)])
    return _csv_text(lines)


def _csv_text(lines: list[list[str]]) -> str:
    import csv
    import io

    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(lines)
    return out.getvalue()


def _json(answered: Answered, lang: str) -> str:
    import json

    columns = [column for column in answered.columns if column.name != "section"]
    rows = []
    for row, place in zip(answered.rows, answered.places, strict=True):
        cells = {
            c.name: _data(cell, c) for cell, c in zip(row, answered.columns, strict=True) if c in columns
        }
        section = {"iri": place.section, "heading": place.heading, "source": place.source} if place else None
        rows.append({**cells, "section": section})
    body = {
        "question": answered.question.id,
        "title": answered.question.title.text(lang),
        "columns": [{"name": c.name, "heading": c.label.text(lang), "kind": c.type} for c in columns],
        "rows": rows,
    }
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def _data(cell: Cell, column: Column) -> object:
    if cell.term is None:
        return None
    if _is_iri(column):
        return {"iri": _value(cell), "label": cell.text}
    if column.type == "boolean":
        return cell.text in ("true", "1")
    if column.type in ("number", "integer"):
        number = float(cell.text)
        return int(number) if number == int(number) else number
    return cell.text


def _is_iri(column: Column) -> bool:
    return column.type in ("iri", "concept")


def _value(cell: Cell) -> str:
    return "" if cell.term is None else cell.term.value
