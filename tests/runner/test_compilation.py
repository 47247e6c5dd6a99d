import os
import subprocess
import sys

from commonbook.runner.compilation import MESSAGE

PROGRAM = """
from commonbook.core.rng import mix
from commonbook.runner.compilation import announcing_compilation

with announcing_compilation(lambda stage, done, total: print(stage)):
    mix(1, 2)
    mix(3, 4)
"""


def said(cache):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"COMMONBOOK_CACHE_DIR": str(cache), "NUMBA_DISABLE_JIT": "0"},
    )
    return done.stdout.splitlines()


def test_a_compilation_is_announced_and_cached_code_is_not(tmp_path):
    assert said(tmp_path) == [MESSAGE]
    assert said(tmp_path) == []
