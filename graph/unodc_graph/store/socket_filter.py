"""A system call filter that takes the right to open sockets from the calling process, for good (Linux).

The engine fetches what SERVICE and LOAD name; the scan refuses such texts, and this filter makes sure that a
text which slipped through still reaches nobody. It is a classic BPF program for seccomp(2), eight
instructions, so that nothing needs to be installed for it.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
import sys
from typing import Final

_PR_SET_NO_NEW_PRIVS: Final = 38
_PR_SET_SECCOMP: Final = 22
_MODE_FILTER: Final = 2
_ALLOW: Final = 0x7FFF0000
_REFUSE: Final = 0x00050000 | errno.EACCES
# Architecture: its audit number and its numbers of socket(2) and io_uring_setup(2), which could open one too.
_NUMBERS: Final = {
    "x86_64": (0xC000003E, 41, 425),
    "aarch64": (0xC00000B7, 198, 425),
}
_FOREIGN: Final = 0x40000000  # the x32 calls of x86-64 lie at and above this number


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def available() -> bool:
    """Say whether this platform has the filter."""
    return sys.platform == "linux" and platform.machine() in _NUMBERS and sys.maxsize > 2**32


def forbid_sockets() -> bool:
    """Make every later socket(2) of this process and its children fail; say whether that worked."""
    if not available():
        return False
    machine, socket_call, ring_call = _NUMBERS[platform.machine()]
    load, equal, at_least, give = 0x20, 0x15, 0x35, 0x06
    code = b"".join(
        struct.pack("HBBI", *instruction)
        for instruction in (
            (load, 0, 0, 4),  # the architecture
            (equal, 0, 4, machine),  # another one: refuse
            (load, 0, 0, 0),  # the number of the call
            (equal, 2, 0, socket_call),
            (equal, 1, 0, ring_call),
            (at_least, 0, 1, _FOREIGN),
            (give, 0, 0, _REFUSE),
            (give, 0, 0, _ALLOW),
        )
    )
    buffer = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program), 0, 0) == 0)
