"""Compiled code is never older than its source, and never in the way."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from commonbook.core.integers import mul_div
from commonbook.core.jit import entry_point

ROOT = Path(__file__).resolve().parents[2]

FACTOR = """
FACTOR = 2
"""
CALLEE = """
from commonbook.core.jit import kernel
from tiny.factor import FACTOR

@kernel
def scaled(x):
    return x * FACTOR
"""
CALLER = """
from commonbook.core.jit import kernel
from tiny.callee import scaled

@kernel
def answer(x):
    return scaled(x) + 1
"""
MAIN = """
from tiny.caller import answer

print(answer(10), sum(answer.stats.cache_hits.values()))
"""


class Package:
    """A package `tiny` of three modules, run in processes of its own."""

    def __init__(self, folder: Path) -> None:
        self.source = folder / "source"
        self.cache = folder / "cache"
        self.home = folder / "home"
        self.home.mkdir()
        self.write("tiny/__init__.py", "")
        self.write("tiny/factor.py", FACTOR)
        self.write("tiny/callee.py", CALLEE)
        self.write("tiny/caller.py", CALLER)
        self.write("main.py", MAIN)

    def write(self, name: str, text: str) -> None:
        path = self.source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        # A stamp of times and sizes would miss an edit that keeps both.
        os.utime(path, (1_700_000_000, 1_700_000_000))

    def run(self, main: str = "main.py", **environment: str) -> tuple[str, str]:
        paths = [str(self.source), str(ROOT / "src")]
        base = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "COMMONBOOK_CACHE_DIR": str(self.cache),
            "PYTHONPATH": os.pathsep.join(paths),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        done = subprocess.run(
            [sys.executable, str(self.source / main)],
            env=base | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip(), done.stderr

    def files(self) -> dict[str, int]:
        found = self.cache.rglob("*.nbc")
        return {path.name: path.stat().st_mtime_ns for path in found}


@pytest.fixture
def package(tmp_path: Path) -> Package:
    return Package(tmp_path)


def test_second_process_loads_what_the_first_compiled(package: Package) -> None:
    assert package.run()[0] == "21 0"
    files = package.files()
    assert len(files) == 2
    assert package.run()[0] == "21 1"
    assert package.files() == files


def test_edit_of_a_callee_in_another_module_reaches_its_callers(
    package: Package,
) -> None:
    package.run()
    package.write("tiny/callee.py", CALLEE.replace("x * F", "x - F"))
    assert package.run()[0] == "9 0"


def test_edit_of_a_constant_two_imports_away_reaches_its_callers(
    package: Package,
) -> None:
    package.run()
    package.write("tiny/factor.py", FACTOR.replace("2", "3"))
    assert package.run()[0] == "31 0"


def test_edit_of_a_module_that_is_not_imported_changes_nothing(
    package: Package,
) -> None:
    package.run()
    package.write("tiny/other.py", "ANYTHING = 1")
    package.write("tiny/__init__.py", "ANYTHING = 1")
    assert package.run()[0] == "21 1"


def test_code_of_older_sources_is_deleted(package: Package) -> None:
    for factor in range(2, 6):
        package.write("tiny/factor.py", f"FACTOR = {factor}")
        package.run()
    assert len(package.files()) == 2


def test_only_the_trees_used_last_are_kept(package: Package) -> None:
    package.run()
    (version,) = package.cache.iterdir()
    (ours,) = version.iterdir()
    for age in range(20):
        tree = version / f"other-{age}"
        tree.mkdir()
        (tree / "f.nbc").touch()
        os.utime(tree, (1_700_000_000 - age, 1_700_000_000 - age))
    keepsake = version / "other-19" / "not ours.txt"
    keepsake.touch()
    os.utime(keepsake.parent, (1, 1))

    for path in ours.iterdir():
        path.unlink()
    ours.rmdir()
    package.run()
    kept = {path.parent.name for path in version.rglob("*.nbc")}
    assert kept == {ours.name} | {f"other-{age}" for age in range(15)}
    assert keepsake.exists()
    assert not (version / "other-18").exists()


def test_two_source_trees_keep_their_own_code(package: Package, tmp_path: Path) -> None:
    package.run()
    (tmp_path / "second").mkdir()
    other = Package(tmp_path / "second")
    other.cache = package.cache
    other.write("tiny/factor.py", "FACTOR = 3")
    assert other.run()[0] == "31 0"
    assert package.run()[0] == "21 1"


def test_options_that_change_the_code_have_code_of_their_own(package: Package) -> None:
    package.run()
    assert package.run(NUMBA_BOUNDSCHECK="1")[0] == "21 0"
    assert package.run(NUMBA_BOUNDSCHECK="1")[0] == "21 1"
    assert package.run()[0] == "21 1"


def test_damaged_files_are_compiled_anew(package: Package) -> None:
    package.run()
    for path in package.cache.rglob("*.nbc"):
        path.write_bytes(path.read_bytes()[:100])
    assert package.run()[0] == "21 0"
    assert package.run()[0] == "21 1"


def test_without_a_writable_folder_kernels_compile_and_warn_once(
    package: Package,
) -> None:
    package.cache.write_text("a file, so that no folder can be made here")
    output, errors = package.run()
    assert output == "21 0"
    assert errors.count("RuntimeWarning") == 1
    assert "COMMONBOOK_CACHE_DIR" in errors


def test_import_works_when_home_and_package_are_read_only(package: Package) -> None:
    # The owner root could write all the same: a home that is a file stops everybody.
    package.home.rmdir()
    package.home.write_text("not a folder")
    for path in [*package.source.rglob("*"), package.source]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    output, errors = package.run(COMMONBOOK_CACHE_DIR="", XDG_CACHE_HOME="")
    package.source.chmod(0o755)
    assert output == "21 0"
    assert errors.count("RuntimeWarning") == 1


def test_default_folder_is_the_users_cache_directory(
    package: Package, tmp_path: Path
) -> None:
    package.run(COMMONBOOK_CACHE_DIR="", XDG_CACHE_HOME=str(tmp_path / "xdg"))
    versions = list((tmp_path / "xdg" / "commonbook").iterdir())
    assert len(versions) == 1
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert versions[0].name.startswith(f"numba-{python}-")


def test_without_jit_the_decorator_returns_the_function(package: Package) -> None:
    package.write(
        "main.py",
        "from tiny.caller import answer\nprint(answer(10), type(answer).__name__)",
    )
    assert package.run(NUMBA_DISABLE_JIT="1")[0] == "21 function"
    assert package.files() == {}


def test_only_kernels_that_say_so_may_allocate(package: Package) -> None:
    package.write(
        "main.py",
        "import numba, numpy as np\n"
        "from commonbook.core.jit import kernel\n"
        "def squares(n):\n"
        "    return np.arange(n) ** 2\n"
        "print(kernel(allocates=True)(squares)(3))\n"
        "try:\n"
        "    kernel(squares)(3)\n"
        "except numba.core.errors.NumbaError as error:\n"
        "    print(type(error).__name__)\n",
    )
    for _ in range(2):
        assert package.run()[0].splitlines() == ["[0 1 4]", "TypingError"]


@pytest.mark.bounds
def test_reads_out_of_range_raise_when_bounds_are_checked(package: Package) -> None:
    package.write(
        "main.py",
        "import numpy as np\n"
        "from commonbook.core.jit import kernel\n"
        "@kernel\n"
        "def read(values, i):\n"
        "    return values[i]\n"
        "try:\n"
        "    read(np.zeros(3), 4)\n"
        "except IndexError as error:\n"
        "    print(type(error).__name__)\n",
    )
    assert package.run(NUMBA_BOUNDSCHECK="1")[0] == "IndexError"


def test_functions_that_close_over_values_are_not_kept(package: Package) -> None:
    package.write(
        "main.py",
        "from commonbook.core.jit import kernel\n"
        "def make(step):\n"
        "    @kernel\n"
        "    def add(x):\n"
        "        return x + step\n"
        "    return add\n"
        "print(make(1)(1), make(2)(1))\n",
    )
    assert package.run()[0] == "2 3"
    assert package.files() == {}


def test_compiled_functions_as_arguments_do_not_pile_up(package: Package) -> None:
    package.write(
        "main.py",
        "from commonbook.core.jit import kernel\n"
        "from tiny.callee import scaled\n"
        "@kernel\n"
        "def apply(f, x):\n"
        "    return f(x)\n"
        "print(apply(scaled, 1))\n",
    )
    package.run()
    files = package.files()
    package.run()
    assert package.files() == files


def test_processes_that_start_cold_together_leave_working_code(
    package: Package,
) -> None:
    package.write(
        "main.py",
        "import sys\n"
        "from tiny.caller import answer\n"
        "print([answer(x) for x in ([10, 1.5], [1.5, 10])[int(sys.argv[1])]])\n",
    )
    environment = os.environ | {
        "COMMONBOOK_CACHE_DIR": str(package.cache),
        "PYTHONPATH": os.pathsep.join([str(package.source), str(ROOT / "src")]),
    }
    command = [sys.executable, str(package.source / "main.py")]
    for _ in range(2):
        both = [
            subprocess.Popen(
                [*command, order], env=environment, stdout=subprocess.PIPE, text=True
            )
            for order in "01"
        ]
        printed = [process.communicate()[0].strip() for process in both]
        assert printed == ["[21, 4.0]", "[4.0, 21]"]
    assert len(package.files()) == 4


def test_an_entry_point_does_what_its_kernel_does() -> None:
    enter = entry_point(mul_div, 1, 1, 1)
    assert enter(7, 9, 2) == mul_div(7, 9, 2)
    assert enter(-(2**62), 6, 5) == mul_div(-(2**62), 6, 5)
