"""Named questions: files that each give a page, a route, a command and a test. Parsing is in ``parse``."""

from atmp_graph.questions.model import Column, Labelled, Param, Question, find
from atmp_graph.questions.run import Answered, Cell, Place, place, run

__all__ = [
    "Answered", "Cell", "Column", "Labelled", "Param", "Place", "Question", "find", "load", "place", "run",
]  # fmt: skip


def load(text: str | bytes) -> list[Question]:
    """The questions that a release keeps as JSON (see ``parse.dumps``)."""
    import json  # noqa: PLC0415 - late, for a start that asks nothing

    return [Question.from_json(fields) for fields in json.loads(text)]
