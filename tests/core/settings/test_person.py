import os
import sys

import pytest

from modelshelf.core.settings import Person


@pytest.mark.skipif(sys.platform == "win32", reason="names come from elsewhere there")
def test_the_system_is_asked_not_the_environment(monkeypatch: pytest.MonkeyPatch):
    import pwd  # noqa: PLC0415 - not on Windows

    for name in ("USER", "LOGNAME", "USERNAME", "LNAME"):
        monkeypatch.setenv(name, "the-administrator")
    person = Person.current()
    assert person.name == pwd.getpwuid(os.geteuid()).pw_name
    assert "the-administrator" not in person.groups
    assert person.groups
