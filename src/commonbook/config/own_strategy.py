"""Strategies of the user's own: find the class that ``package.module:Name`` names."""

import importlib
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from types import ModuleType
from typing import TYPE_CHECKING, TypeAlias

from commonbook.config.base import nearest
from commonbook.config.scalars import describe
from commonbook.strategy.user_code import CompiledStrategy

if TYPE_CHECKING:
    from commonbook.strategy.api import Strategy

#: What a strategy of the user's own can be; None if it could not be imported.
Target: TypeAlias = "type[Strategy] | CompiledStrategy | None"

_PACKAGE = str(Path(__file__).resolve().parents[1])
_LOCK = RLock()
#: Modules that were imported from a configuration's folder.
_FROM_FOLDERS: set[str] = set()


class OwnStrategy(str):
    """
    The name of a strategy of the user's own, and the strategy itself.

    It is text, ``package.module:Name``, so that a resolved configuration can be written
    and read again.

    Parameters
    ----------
    text : str
        The name.
    target : type, CompiledStrategy or None
        The strategy, None if it could not be imported.
    modules : mapping of str to module, optional
        The modules of the configuration's folder that it was imported with.
    """

    __slots__ = ("modules", "target")

    target: Target
    modules: Mapping[str, ModuleType]

    def __new__(
        cls, text: str, target: Target, modules: Mapping[str, ModuleType] | None = None
    ) -> "OwnStrategy":
        """Attach the strategy and its modules to its name."""
        made = super().__new__(cls, text)
        made.target = target
        made.modules = modules or {}
        return made

    def bring_modules(self) -> None:
        """
        Put its modules back to where they are looked up by name.

        Another configuration that was loaded since has taken them away; compiled code
        is not found in its cache then, and annotations are not understood.
        """
        with _LOCK:
            sys.modules.update(self.modules)
            _FROM_FOLDERS.update(self.modules)


def own_strategy(value: object) -> OwnStrategy | None:
    """
    Take a strategy that is given in Python as the class, or function, itself.

    Parameters
    ----------
    value : object
        What was found under ``strategy``.

    Returns
    -------
    OwnStrategy or None
        None if it is something else.
    """
    if isinstance(value, OwnStrategy):
        return value
    if isinstance(value, CompiledStrategy):
        function = value.function
        return OwnStrategy(f"{function.__module__}:{function.__qualname__}", value)
    if isinstance(value, type) and _is_target(value):
        return OwnStrategy(f"{value.__module__}:{value.__qualname__}", value)
    return None


def with_own_strategies(
    portfolios: Sequence[object], folder: Path
) -> Iterator[tuple[int, OwnStrategy, str]]:
    """
    Import the strategies that portfolios name, each module once.

    Parameters
    ----------
    portfolios : sequence of object
        Portfolios as written.
    folder : Path
        The configuration's own folder.

    Yields
    ------
    int
        Position of a portfolio that names a strategy of the user's own.
    OwnStrategy
        The strategy.
    str
        What is wrong with it; empty if nothing is.
    """
    named = [(i, name) for i, p in enumerate(portfolios) if (name := _named(p))]
    found: dict[str, tuple[OwnStrategy, str]] = {}
    with _LOCK:
        # Not when all are there already: what numba compiles, and what it reads from
        # its cache, looks for its module.
        if named:
            _forget_modules()
        for index, name in named:
            if name not in found:
                found[name] = _found(name, folder)
            yield index, *found[name]


def _named(portfolio: object) -> str | None:
    """Give the name of a strategy that has to be imported."""
    name = portfolio.get("strategy") if isinstance(portfolio, Mapping) else None
    if isinstance(name, OwnStrategy) or not isinstance(name, str) or ":" not in name:
        return None
    return name


def _found(name: str, folder: Path) -> tuple[OwnStrategy, str]:
    try:
        target = _find(name, folder)
        there = _FROM_FOLDERS & sys.modules.keys()
        return OwnStrategy(name, target, {key: sys.modules[key] for key in there}), ""
    except ValueError as error:
        return OwnStrategy(name, None), f"found {describe(name)}; {error}"


def _find(text: str, folder: Path) -> Target:
    """Import a module and take the strategy out of it."""
    module_name, _, name = text.partition(":")
    parts = [*module_name.split("."), *name.split(".")]
    if not all(part.isidentifier() for part in parts):
        message = "allowed: package.module:Name"
        raise ValueError(message)
    module = _import(module_name, folder)
    value: object = module
    for part in name.split("."):
        if not hasattr(value, part):
            known = [key for key, item in vars(module).items() if _is_target(item)]
            hint = nearest(name, known)
            place = f"{module_name} ({getattr(module, '__file__', 'built in')})"
            message = f"{place} has no {name!r}{hint}"
            raise ValueError(message)
        value = getattr(value, part)
    if not _is_target(value):
        message = (
            f"{describe(name)} is not a strategy; allowed: a subclass of "
            "commonbook.Strategy, or a function under @commonbook.compiled"
        )
        raise ValueError(message)
    return value  # type: ignore[return-value] # _is_target has looked


def _is_target(value: object) -> bool:
    if isinstance(value, type):
        # Whoever has made a class of it has loaded it; nobody else waits for it.
        base = getattr(sys.modules.get("commonbook.strategy.api"), "Strategy", object)
        return issubclass(value, base) and value is not base and base is not object
    return isinstance(value, CompiledStrategy)


def _import(name: str, folder: Path) -> ModuleType:
    before = set(sys.modules)
    try:
        with _searching(folder):
            return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(f"{error.name}.")):
            message = f"there is no module {error.name!r} in {folder}, nor installed"
            raise ValueError(message) from None
        raise ValueError(_failure(name, error)) from error
    except (Exception, SystemExit) as error:
        raise ValueError(_failure(name, error)) from error
    finally:
        new = set(sys.modules) - before
        _FROM_FOLDERS.update(n for n in new if _lies_in(sys.modules[n], folder))


def _failure(name: str, error: BaseException) -> str:
    """Say what went wrong in a module, and in which line."""
    stack = traceback.extract_tb(error.__traceback__)
    # The user's line says more than the line here that refused it.
    frames = [f for f in stack if not f.filename.startswith(_PACKAGE)] or stack
    place = ""
    if isinstance(error, SyntaxError):
        place = f" ({error.filename}, line {error.lineno})"
    elif frames:
        place = f" ({frames[-1].filename}, line {frames[-1].lineno})"
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"importing {name} failed: {type(error).__name__}: {text}{place}"


@contextmanager
def _searching(folder: Path) -> Iterator[None]:
    """
    Import from the folder and from what is installed, and from nowhere else.

    Whoever can write to the working directory, or to that of the program, must not be
    able to decide what a configuration runs. Python puts either of them first.
    """
    kept, writes_none = list(sys.path), sys.dont_write_bytecode
    main = getattr(sys.modules.get("__main__"), "__file__", None)
    strange = {Path.cwd(), *([Path(main).resolve().parent] if main else [])}
    first, rest = kept[:1], kept[1:]
    if any(Path(path).resolve() in strange for path in first):
        first = []
    sys.path[:] = [str(folder), *filter(None, [*first, *rest])]
    # Bytecode is found by time and size: within a second an edit could go unseen.
    sys.dont_write_bytecode = True
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path[:] = kept
        sys.dont_write_bytecode = writes_none


def _forget_modules() -> None:
    """Import again next time: a file may have changed, another folder may be meant."""
    for name in _FROM_FOLDERS:
        sys.modules.pop(name, None)
    _FROM_FOLDERS.clear()


def _lies_in(module: ModuleType, folder: Path) -> bool:
    file = getattr(module, "__file__", None) or ""
    return bool(file) and Path(file).resolve().is_relative_to(folder.resolve())
