"""
A hash of all the source that a function can be compiled from.

numba copies callees and constants of other modules into the machine code of their
caller. So the hash covers the function's own module and, transitively, each module that
is imported from the same package or folder or from commonbook. Other packages do not
count: their code is not expected inside kernels (numba itself names the cache folder).
"""

import ast
import hashlib
import importlib.util
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

#: The folder that holds the package commonbook.
HOME = Path(__file__).resolve().parents[2]
INSTALLED = {"site-packages", "dist-packages"}


class Module(NamedTuple):
    """
    A module that has a source file.

    Parameters
    ----------
    name : str
        Dotted name.
    path : Path
        The file.
    root : Path
        Folder of the top-level package or module, where its imports are looked up.
    """

    name: str
    path: Path
    root: Path


class _Source(NamedTuple):
    spec: object  # of the module that was loaded from it, None if none was
    status: tuple[int, int] | None  # time and size of the file where there is no spec
    digest: str
    imports: frozenset[str]


_SOURCES: dict[Path, _Source] = {}


def module_of(func: Callable[..., Any]) -> Module | None:
    """
    Find the module in which a function was written.

    Parameters
    ----------
    func : callable
        A plain function.

    Returns
    -------
    Module or None
        None when there is no file, as for functions typed at a prompt.
    """
    path = Path(func.__code__.co_filename)
    if not path.is_file():
        return None
    path = path.resolve()
    spec = getattr(sys.modules.get(func.__module__), "__spec__", None)
    # `python -m package.module` calls the module __main__; its spec knows better.
    parts = (func.__module__ if spec is None else spec.name).split(".")
    located = list(path.with_suffix("").parts)
    if located[-1] == "__init__":
        located.pop()
    if located[-len(parts) :] != parts:
        return Module(path.stem, path, path.parent)
    return Module(".".join(parts), path, Path(*located[: -len(parts)]))


def source_stamp(module: Module) -> str:
    """
    Hash the source of a module and of all that it imports from its own surroundings.

    Parameters
    ----------
    module : Module
        Where to start.

    Returns
    -------
    str
        Hexadecimal SHA-256; equal exactly when all the sources are.
    """
    roots = (module.root, HOME)
    tops = frozenset((module.name.partition(".")[0], "commonbook"))
    found = {module.name: module.path}
    waiting = [module.name]
    digests = {}
    while waiting:
        name = waiting.pop()
        source = _read(name, found[name])
        digests[name] = source.digest
        for imported in source.imports - found.keys():
            path = _find(imported, roots, tops)
            if path is not None:
                found[imported] = path
                waiting.append(imported)
    lines = "".join(f"{name} {digest}\n" for name, digest in sorted(digests.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


@cache  # asked 27,000 times when 150 kernels are imported: a second of every start
def _find(name: str, roots: tuple[Path, ...], tops: frozenset[str]) -> Path | None:
    parts = name.split(".")
    for root in roots:
        if root.name in INSTALLED and parts[0] not in tops:
            continue
        base = root.joinpath(*parts)
        for path in (base.with_name(base.name + ".py"), base / "__init__.py"):
            if path.is_file():
                return path
    return None


def _read(name: str, path: Path) -> _Source:
    # What counts is the source that this process runs. A module's spec is a new object
    # after each load, so its hash is kept exactly until the module is reloaded, even
    # when the file changes meanwhile.
    spec = getattr(sys.modules.get(name), "__spec__", None)
    status = None
    if spec is None:
        status = (path.stat().st_mtime_ns, path.stat().st_size)
    known = _SOURCES.get(path)
    # Specs of two loads are equal, so they are told apart by identity.
    if known is None or known.spec is not spec or known.status != status:
        text = path.read_bytes()
        package = name if path.stem == "__init__" else name.rpartition(".")[0]
        try:
            imports = frozenset(_imports(ast.parse(text), package))
        except SyntaxError:  # a module that nobody can have imported
            imports = frozenset()
        known = _Source(spec, status, hashlib.sha256(text).hexdigest(), imports)
        _SOURCES[path] = known
    return known


def _imports(tree: ast.AST, package: str) -> Iterator[str]:
    """Names that may be modules: of ``from a import b``, both ``a`` and ``a.b``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                parts = alias.name.split(".")
                yield from (".".join(parts[: i + 1]) for i in range(len(parts)))
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            base = importlib.util.resolve_name(base, package) if node.level else base
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)
