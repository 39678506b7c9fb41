"""The few things every part of the server does with ASGI: read a body within its limit, send a reply."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from atmp_graph.web.guard import HEAD_SECONDS, Headers, HttpError, Reply

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


async def read_body(receive: Receive, largest: int, seconds: float = HEAD_SECONDS) -> bytes:
    """The request's body; one that is longer than ``largest`` bytes is not read to its end, and the rest is
    for the caller to refuse. Raises ``HttpError`` if it is too slow."""
    parts, size, more = [], 0, True
    try:
        async with asyncio.timeout(seconds):
            while more:
                message = await receive()
                parts.append(message.get("body", b""))
                size, more = size + len(parts[-1]), message.get("more_body", False)
                if size > largest:
                    break
    except TimeoutError:
        raise HttpError(
            408, "The request did not arrive in time", headers=[("Connection", "close")]
        ) from None
    return b"".join(parts)


async def send_reply(send: Send, reply: Reply) -> None:
    """Send a whole answer."""
    headers = encoded(reply.headers)
    if reply.status not in (204, 304):
        headers.append((b"content-length", str(len(reply.body)).encode()))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})


def encoded(headers: Headers) -> list[tuple[bytes, bytes]]:
    """Headers as ASGI has them."""
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
