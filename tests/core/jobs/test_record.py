import os
import subprocess
import sys

import pytest

from modelshelf.core.jobs import Owner


def test_this_process_is_alive():
    assert Owner.this_process().is_alive is True


@pytest.mark.skipif(not hasattr(os, "waitid"), reason="only there a dead child keeps its pid")
def test_a_process_that_ended_is_dead_even_before_its_parent_noticed():
    me = Owner.this_process()
    script = "from modelshelf.core.jobs import Owner; print(Owner.this_process().started)"
    ended = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert ended.stdout is not None
    started = float(ended.stdout.readline())
    ended.stdout.read()
    # Nobody waited for it yet: its pid is still taken, by a zombie.
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
    assert Owner(me.host, ended.pid, started).is_alive is False
    ended.wait(timeout=10)
    ended.stdout.close()
    assert Owner(me.host, ended.pid, started).is_alive is False


def test_a_pid_of_another_boot_or_container_says_nothing():
    me = Owner.this_process()
    assert Owner("another-boot.4026531836", me.pid, me.started).is_alive is None
