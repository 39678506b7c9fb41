"""The site's words: all of them in Swedish too, and values written as each language writes them."""

from __future__ import annotations

from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask

import atmp_graph.web
from atmp_graph.store.protocol import Literal
from atmp_graph.vocabulary import PREFIXES
from atmp_graph.web.wording import day, file_size, literal, number
from site_release import make_app

WEB = Path(atmp_graph.web.__file__).parent
SWEDISH = WEB / "translations" / "sv" / "LC_MESSAGES"
METHODS = [("*.py", "python"), ("templates/*.html", "jinja2")]
XSD = PREFIXES["xsd"]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return make_app(tmp_path_factory.mktemp("words"))


def test_every_text_has_a_swedish_one() -> None:
    """Nothing that code or template says is left in English on a Swedish page, and nothing is kept unused."""
    said = set()
    for _, _, message, _, _ in extract_from_dir(WEB, METHODS, options_map={"**": {"silent": "false"}}):
        said |= {message} if isinstance(message, str) else {tuple(message)}
    with (SWEDISH / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale="sv")
    translated = {m.id: m.string for m in catalogue if m.id}
    assert len(said) > 150
    assert said == set(translated)
    empty = [key for key, text in translated.items() if not (all(text) if isinstance(text, tuple) else text)]
    assert not empty
    assert not [message.id for message in catalogue if message.id and message.fuzzy]


def test_the_compiled_catalogue_is_the_written_one() -> None:
    """What is served is what stands in the file; else: pybabel compile -d src/atmp_graph/web/translations."""
    with (SWEDISH / "messages.po").open("rb") as file:
        written = [message for message in read_po(file, locale="sv") if message.id]
    with (SWEDISH / "messages.mo").open("rb") as file:
        served = GNUTranslations(file)
    for message in written:
        if isinstance(message.id, tuple):
            assert (served.ngettext(*message.id, 1), served.ngettext(*message.id, 2)) == message.string
        else:
            assert served.gettext(message.id) == message.string
    assert len(written) > 150


@pytest.mark.parametrize(
    ("value", "english", "swedish"),
    [
        ("50000000", "50,000,000", "50 000 000"),
        ("50000000.0", "50,000,000", "50 000 000"),
        ("111.4", "111.4", "111,4"),
        ("0.25", "0.25", "0,25"),
        ("1100", "1,100", "1 100"),
        ("-5", "-5", "-5"),
        ("NaN", "NaN", "NaN"),
        ("words", "words", "words"),
    ],
)
def test_numbers(value: str, english: str, swedish: str) -> None:
    """Thousands and decimals as each language writes them; what is no number stays."""
    assert number(value, "en") == english
    assert number(value, "sv").replace("\N{NO-BREAK SPACE}", " ") == swedish


@pytest.mark.parametrize(
    ("value", "precision", "english", "swedish"),
    [
        ("2021-10-01T00:00:00Z", "month", "October 2021", "oktober 2021"),
        ("2023-06-07T00:00:00Z", "day", "7 June 2023", "7 juni 2023"),
        ("2023-01-01T00:00:00Z", "year", "2023", "2023"),
        ("2023-04-01T00:00:00Z", "season", "spring 2023", "våren 2023"),
        ("2020-01-01T00:00:00Z", "decade", "2020s", "2020-talet"),
        ("2023-06-07", "", "7 June 2023", "7 juni 2023"),
        ("2023", "year", "2023", "2023"),
        ("2023-06", "month", "June 2023", "juni 2023"),
        ("soon", "day", "soon", "soon"),
    ],
)
def test_dates_are_as_exact_as_they_are_known(
    app: Flask, value: str, precision: str, english: str, swedish: str
) -> None:
    """A month is never told as a day."""
    for path, language, expected in (("/", "en", english), ("/", "sv", swedish)):
        with app.test_request_context(path, environ_overrides={"atmp_graph.language": language}):
            assert day(value, precision, language) == expected


def test_other_literals(app: Flask) -> None:
    """Yes and no, years without thousands, sizes in the unit a person would choose."""
    with app.test_request_context("/", environ_overrides={"atmp_graph.language": "sv"}):
        assert literal(Literal("true", "", XSD + "boolean"), "sv") == "ja"
        assert literal(Literal("2023", "", XSD + "integer"), "sv", ordinal=True) == "2023"
        assert literal(Literal("2023-06", "", XSD + "gYearMonth"), "sv") == "juni 2023"
    assert file_size(3_412_000, "sv").replace("\N{NO-BREAK SPACE}", " ") == "3,4 MB"
    assert file_size(812, "en").replace("\N{NO-BREAK SPACE}", " ") == "812 B"
