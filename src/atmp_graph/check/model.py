"""What a check finds."""

from __future__ import annotations

from typing import Literal, NamedTuple

Severity = Literal["error", "warning"]


class Finding(NamedTuple):
    """One thing to mend: what is wrong with what, where it stands, why it matters and the way out."""

    severity: Severity
    rule: str
    message: str
    place: str = ""
    hint: str = ""
