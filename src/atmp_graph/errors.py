"""Every error a user can meet: what is wrong, where, and the way out.

The CLI and the web each render these in one place; nothing else prints or formats errors.
"""

from __future__ import annotations

from collections.abc import Sequence


class AtmpGraphError(Exception):
    """Base of all named errors.

    ``message`` says what is wrong, ``place`` where (``file:line`` or an IRI), ``hint`` the way out.
    ``exit_code`` is what the command line returns: 1 wrong data, 2 wrong use, 3 engine trouble.
    """

    exit_code = 3

    def __init__(self, message: str, *, hint: str = "", place: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.place = place

    def __str__(self) -> str:
        """One line for logs; the CLI and the web lay the parts out themselves."""
        return f"{self.place}: {self.message}" if self.place else self.message


class DataError(AtmpGraphError):
    """The data were read and something in them is wrong (exit code 1)."""

    exit_code = 1


class InputError(AtmpGraphError):
    """Wrong use, or input that cannot be read (exit code 2)."""

    exit_code = 2


class QuerySyntaxError(InputError):
    """A query that does not parse; ``line`` and ``column`` are 1-based, 0 when the engine gave none."""

    def __init__(self, message: str, *, line: int = 0, column: int = 0, hint: str = "") -> None:
        super().__init__(message, hint=hint, place=f"line {line}, column {column}" if line else "")
        self.line = line
        self.column = column


class RefusedError(InputError):
    """A request that is understood and not allowed, such as SERVICE or LOAD."""


class NotAcceptableError(InputError):
    """None of the media types that the caller can read fits the answer."""


class StaleError(InputError):
    """The data have changed since the caller looked, or are not as the caller demands."""


class EngineError(AtmpGraphError):
    """The engine or the network failed (exit code 3)."""


class DeadlineError(EngineError):
    """A query ran past its deadline and was ended."""


class MemoryLimitError(EngineError):
    """A query needed more memory than its limit and was ended."""


class AnswerTooLargeError(EngineError):
    """An answer grew past the byte limit and could not be cut between two rows."""


class BusyError(EngineError):
    """No worker was free in time; ``retry_after`` is in seconds."""

    def __init__(self, message: str, *, retry_after: int = 1, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class ManyErrors(AtmpGraphError):
    """Everything wrong that one pass found, so that one run shows all there is to mend.

    ``errors`` are in the order to show them; the exit code is the gravest of theirs.
    """

    def __init__(self, errors: Sequence[AtmpGraphError]) -> None:
        count = len(errors)
        super().__init__(f"{count} problem{'s' if count != 1 else ''} found")
        self.errors = tuple(errors)
        self.exit_code = max(error.exit_code for error in errors)
