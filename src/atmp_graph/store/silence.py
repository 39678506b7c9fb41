"""Takes the network from the process that calls it, for good: the kernel refuses it every new socket.

A worker that reads may open no file, and so no socket; the writer must open its store's files. So it asks
the kernel to filter its system calls (seccomp, Linux on x86-64 and ARM64). Elsewhere this does nothing, and
the refusal of LOAD and SERVICE by their words is what there is.
"""

from __future__ import annotations

import ctypes
import platform
import struct

_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2
_DIE_WITH_PARENT = 1
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER, _ARCHITECTURE = 0, 4  # where the kernel puts them
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 13  # EACCES
_FOREIGN = 0x40000000  # the numbers of the x32 calls, which x86-64 has too
_IO_URING = 425  # which can open sockets too
_SOCKET = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def no_network() -> bool:
    """Refuse this process and its children every new socket; false where the system cannot."""
    known = _SOCKET.get(platform.machine())
    if platform.system() != "Linux" or known is None:
        return False
    architecture, socket = known
    steps = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 0, 5, architecture),  # another one: refuse
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 3, 0, _FOREIGN),
        (_EQUAL, 2, 0, socket),
        (_EQUAL, 1, 0, _IO_URING),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    code = b"".join(struct.pack("=HBBI", *step) for step in steps)
    program = _Program(len(steps), code)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    return bool(libc.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) == 0)


def die_with_parent() -> None:
    """Let the kernel end this process when the one that started it ends (Linux)."""
    if platform.system() == "Linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, 9, 0, 0, 0)
