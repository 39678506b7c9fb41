"""The lines of a source that a section was read from, and their fingerprint."""

from __future__ import annotations

import hashlib

import pytest

from atmp_graph.errors import InputError
from atmp_graph.sources import (
    fingerprint,
    normalise,
    overlapping_lines,
    parse_ranges,
    section_text,
    uncovered_lines,
)

TEXT = "Heading\n\nfirst line  of text,\n\tsecond\u00a0line\nother section\n"


def test_ranges_are_read_as_pairs_of_line_numbers_with_both_ends() -> None:
    """A single number is a range of one line."""
    assert parse_ranges("12-40 52 60-61") == [(12, 40), (52, 52), (60, 61)]


@pytest.mark.parametrize("ranges", ["", "a-b", "0-3", "4-2", "1-5 5-9", "1-3 2", "1–3", "-3"])
def test_ranges_that_make_no_sense_are_refused(ranges: str) -> None:
    """Backwards, overlapping, empty and non-numeric ranges each raise a named error."""
    with pytest.raises(InputError):
        parse_ranges(ranges)


def test_the_text_of_a_section_is_its_lines_with_white_space_made_one() -> None:
    """Blank lines, tabs, doubled and non-breaking spaces do not matter to what was written."""
    assert section_text(TEXT, "1-4") == "Heading first line of text, second line"
    assert section_text(TEXT, "1 4") == "Heading second line"


def test_a_range_past_the_end_of_the_file_is_refused() -> None:
    """A section cannot cover lines that the file does not have."""
    with pytest.raises(InputError, match="past the end"):
        section_text(TEXT, "5-99")


def test_a_form_feed_does_not_start_a_new_line() -> None:
    """Line numbers agree with editors and ``cat -n``, which count line feeds only."""
    assert section_text("a\fb\nc", "2") == "c"


def test_soft_hyphens_and_the_form_of_accents_do_not_change_a_fingerprint() -> None:
    """The same words give the same fingerprint however the file encodes them."""
    assert fingerprint("Sk\u00e5ne infra\u00adstructure") == fingerprint("  Ska\u030ane\ninfrastructure ")
    assert fingerprint("Skåne") != fingerprint("Skane")


def test_a_fingerprint_is_the_sha256_of_the_normalised_text() -> None:
    """Anyone can recompute it without this package."""
    assert fingerprint("a  b\n") == "sha256:" + hashlib.sha256(b"a b").hexdigest()


def test_normalising_twice_changes_nothing() -> None:
    """The normal form is a fixed point, so fingerprints of either form agree."""
    assert normalise(normalise(TEXT)) == normalise(TEXT)


def test_lines_with_text_that_no_section_covers_are_found() -> None:
    """Blank lines need no cover."""
    assert uncovered_lines(TEXT, ["1-2"]) == [3, 4, 5]
    assert uncovered_lines(TEXT, ["1", "3-5"]) == []


def test_lines_that_two_sections_claim_are_found() -> None:
    """Each line of a source belongs to one section."""
    assert overlapping_lines(["1-3", "3-4", "4"]) == [3, 4]
