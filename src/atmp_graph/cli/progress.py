"""What takes long says what it is doing, to a person who watches; a pipe hears nothing."""

from __future__ import annotations

import sys
from types import TracebackType


class Progress:
    """One line on the terminal, rewritten at each step and wiped at the end."""

    def __init__(self, what: str) -> None:
        """``what`` is said first and before each step."""
        self.what = what
        self._shown = sys.stderr.isatty()

    def __enter__(self) -> Progress:
        self._write(f"{self.what} …")
        return self

    def step(self, name: str) -> None:
        """Say what is being done now."""
        self._write(f"{self.what}: {name} …")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._write("")

    def _write(self, text: str) -> None:
        if self._shown:
            sys.stderr.write(f"\r\033[K{text}")
            sys.stderr.flush()
