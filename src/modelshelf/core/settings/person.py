"""Who runs this program, as the system knows it: what the policy's names are compared with."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

if sys.platform != "win32":
    import grp
    import pwd


@dataclass(frozen=True, slots=True)
class Person:
    """A user of the operating system, and the groups that user belongs to."""

    name: str
    groups: frozenset[str]

    @classmethod
    def current(cls) -> Person:
        """Ask the system. Environment variables, which anybody can set, are not believed."""
        if sys.platform == "win32":
            return cls(os.getlogin(), frozenset())
        user = os.geteuid()
        try:
            name = pwd.getpwuid(user).pw_name
        except KeyError:
            # A container may run under a number that no file gives a name.
            name = str(user)
        return cls(name, frozenset(map(_group_name, {os.getegid(), *os.getgroups()})))


def _group_name(number: int) -> str:
    if sys.platform == "win32":
        return str(number)
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)
