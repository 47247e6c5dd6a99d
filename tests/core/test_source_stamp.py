"""The stamp covers what can end up in machine code, and nothing else."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from commonbook.core import source_stamp as module
from commonbook.core.source_stamp import Module, module_of, source_stamp

pytestmark = pytest.mark.nojit


class Tree:
    """A package `leafy` that can be imported."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("__init__", "")
        self.write("leaf", "VALUE = 1")

    def write(self, name: str, text: str) -> None:
        path = self.root / "leafy" / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

    def stamp(self, name: str = "top") -> str:
        path = self.root / "leafy" / f"{name}.py"
        return source_stamp(Module(f"leafy.{name}", path, self.root))


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tree]:
    monkeypatch.syspath_prepend(str(tmp_path))
    yield Tree(tmp_path)
    for name in [name for name in sys.modules if name.startswith("leafy")]:
        del sys.modules[name]


@pytest.mark.parametrize(
    "statement",
    [
        "import leafy.leaf",
        "import leafy.leaf as l",
        "from leafy import leaf",
        "from leafy.leaf import VALUE",
        "from leafy.leaf import *",
        "from . import leaf",
        "from .leaf import VALUE",
        "if True:\n    from leafy.leaf import VALUE",
        "def later():\n    import leafy.leaf",
        "from leafy import middle",
    ],
)
def test_every_way_to_import_a_module_is_followed(tree: Tree, statement: str) -> None:
    tree.write("middle", "from leafy.leaf import VALUE\nimport leafy.top")
    tree.write("top", statement)
    before = tree.stamp()
    assert tree.stamp() == before
    tree.write("leaf", "VALUE = 22")
    assert tree.stamp() != before


def test_modules_beside_a_script_are_followed(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text("import beside")
    (tmp_path / "beside.py").write_text("VALUE = 1")
    script = Module("script", tmp_path / "script.py", tmp_path)
    before = source_stamp(script)
    (tmp_path / "beside.py").write_text("VALUE = 22")
    assert source_stamp(script) != before


def test_other_installed_packages_do_not_count(tmp_path: Path) -> None:
    site = tmp_path / "site-packages"
    for package in ("mine", "foreign"):
        (site / package).mkdir(parents=True)
        (site / package / "__init__.py").write_text("import foreign")
    mine = Module("mine", site / "mine" / "__init__.py", site)
    before = source_stamp(mine)
    (site / "foreign" / "__init__.py").write_text("VALUE = 22")
    assert source_stamp(mine) == before


def test_the_stamp_is_of_the_source_that_runs_not_of_the_one_on_disk(
    tree: Tree,
) -> None:
    tree.write("top", "import leafy.leaf")
    leaf = importlib.import_module("leafy.leaf")
    before = tree.stamp()
    tree.write("leaf", "VALUE = 22")
    assert tree.stamp() == before
    importlib.invalidate_caches()
    importlib.reload(leaf)
    assert tree.stamp() != before


def test_a_file_that_does_not_parse_is_hashed_all_the_same(tree: Tree) -> None:
    tree.write("top", "from leafy import leaf")
    tree.write("leaf", "not python")
    before = tree.stamp()
    tree.write("leaf", "not python either")
    assert tree.stamp() != before


def test_a_function_knows_its_module() -> None:
    found = module_of(source_stamp)
    assert found is not None
    assert found.name == "commonbook.core.source_stamp"
    assert found.path == Path(module.__file__).resolve()
    assert found.root == found.path.parents[2]


def test_a_function_typed_at_a_prompt_has_no_module() -> None:
    names: dict[str, object] = {}
    exec(compile("def f(): pass", "<prompt>", "exec"), names)  # noqa: S102
    assert module_of(names["f"]) is None  # type: ignore[arg-type]
