"""Who may write: whoever sends one of the tokens in a file, compared so that the time taken tells nothing."""

from __future__ import annotations

from hashlib import sha256
from hmac import compare_digest
from pathlib import Path

from atmp_graph.errors import InputError
from atmp_graph.web.guard import HttpError

SHORTEST = 16
"""A token has at least so many characters."""


class Tokens:
    """The tokens of a file: one on a line; empty lines and lines that begin with # do not count."""

    def __init__(self, path: Path) -> None:
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"The token file cannot be read: {error}", place=str(path)) from None
        tokens = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
        if not tokens or min(map(len, tokens)) < SHORTEST:
            raise InputError(
                f"The token file needs a token of at least {SHORTEST} characters on each line",
                place=str(path),
                hint="Make one: python -c 'import secrets; print(secrets.token_urlsafe(32))'",
            )
        self._digests = [sha256(token.encode()).digest() for token in tokens]

    def check(self, authorization: str) -> None:
        """Raise ``HttpError`` 401 unless the value of an Authorization header is a Bearer token we know."""
        scheme, _, token = authorization.partition(" ")
        given = sha256(token.strip().encode("latin-1", "replace")).digest()
        known = [compare_digest(given, digest) for digest in self._digests]  # all of them, each time
        if scheme.lower() != "bearer" or not any(known):
            raise HttpError(
                401,
                "This address takes changes only with a token",
                hint="Send it as Authorization: Bearer … and nowhere else.",
                headers=[("WWW-Authenticate", 'Bearer realm="atmp-graph"')],
            )
