"""Literals as a reader of the language expects them: numbers, money, dates with their precision."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

from babel.dates import format_date
from babel.numbers import format_decimal

from atmp_graph.store.protocol import Literal
from atmp_graph.vocabulary import PREFIXES
from atmp_graph.web.language import gettext

XSD = PREFIXES["xsd"]
_NUMBERS = {
    XSD + name
    for name in (
        "integer", "decimal", "double", "float", "int", "long", "short", "byte",
        "nonNegativeInteger", "positiveInteger", "unsignedInt", "unsignedLong",
    )
}  # fmt: skip
_DATES = {XSD + "dateTime", XSD + "date", XSD + "gYear", XSD + "gYearMonth"}


def number(value: str, language: str) -> str:
    """``50000000`` → ``50,000,000`` in English, ``50 000 000`` (no-break spaces) in Swedish."""
    try:
        exact = Decimal(value)
    except InvalidOperation:
        return value
    if not exact.is_finite():
        return value
    plain = exact.quantize(Decimal(1)) if exact == exact.to_integral_value() else exact.normalize()
    return str(format_decimal(plain, locale=language, decimal_quantization=False))


def _season(month: int) -> str:
    names = (gettext("winter"), gettext("spring"), gettext("summer"), gettext("autumn"))
    return names[month % 12 // 3]


def day(value: str, precision: str, language: str) -> str:
    """A date as exact as it is known: ``precision`` is day, month, season, year or decade."""
    try:
        then = date.fromisoformat((value + "-01-01")[:10] if len(value) == 4 else (value + "-01")[:10])
    except ValueError:
        return value
    if precision == "decade":
        return gettext("%(decade)ss", decade=then.year // 10 * 10)
    if precision == "season":
        return f"{_season(then.month)} {then.year}"
    pattern = {"year": "y", "month": "MMMM y"}.get(precision, "d MMMM y")
    return str(format_date(then, pattern, locale=language))


def is_number(term: Literal) -> bool:
    """Whether a literal is a number."""
    return term.datatype in _NUMBERS


def is_date(term: Literal) -> bool:
    """Whether a literal is a date or a part of one."""
    return term.datatype in _DATES


def literal(term: Literal, language: str, *, precision: str = "", ordinal: bool = False) -> str:
    """A literal's text; ``ordinal`` numbers (years, positions) are left as they are."""
    if is_number(term):
        return term.value if ordinal else number(term.value, language)
    if term.datatype == XSD + "boolean":
        return gettext("yes") if term.value in {"true", "1"} else gettext("no")
    if is_date(term):
        guess = {XSD + "gYear": "year", XSD + "gYearMonth": "month"}.get(term.datatype, "day")
        return day(term.value, precision or guess, language)
    return term.value


def file_size(count: int, language: str) -> str:
    """Bytes in the unit a person would choose (``3.4 MB``, ``3,4 MB``)."""
    size, unit = Decimal(count), "B"
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            break
        size /= 1000
    digits = size.quantize(Decimal(1)) if unit == "B" or size >= 100 else size.quantize(Decimal("0.1"))
    return f"{format_decimal(digits, locale=language)}\N{NO-BREAK SPACE}{unit}"
