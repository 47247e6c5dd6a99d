"""
Check the docstring of everything public with numpydoc, on the imported objects.

``numpydoc lint`` reads source and so knows no argument of a dataclass or NamedTuple;
here signatures are the real ones. The checks are those that pyproject.toml lists in
``[tool.numpydoc_validation]``; modules only need a docstring.
"""

import importlib
import inspect
import os
import pkgutil
import sys
import tomllib
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any

# Before anything imports numba: plain functions have signatures, compiled ones do not.
os.environ["NUMBA_DISABLE_JIT"] = "1"

from numpydoc.validate import validate
from pydantic import BaseModel

import commonbook

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Print what is wrong; 1 when something is."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    checks = set(settings["tool"]["numpydoc_validation"]["checks"])
    wrong = 0
    total = 0
    for name, thing in public_things():
        total += 1
        if inspect.ismodule(thing):
            wrong += 1
            print(f"{name}: GL08 The module does not have a docstring")
            continue
        report = validate(name)
        path = Path(report["file"] or "").name
        for code, message in report["errors"]:
            if code in checks and code not in exempt(thing):
                wrong += 1
                print(f"{path}:{report['file_line']}: {name}: {code} {message}")
    print(f"{total} docstrings checked, {wrong} problems")
    return 1 if wrong else 0


def public_things() -> Iterator[tuple[str, Any]]:
    """All modules of the package, and what each defines without an underscore."""
    names = [info.name for info in walk(commonbook)]
    for module_name in sorted(names):
        if module_name.endswith("__main__"):
            continue
        module = importlib.import_module(module_name)
        if not module.__doc__:
            yield module_name, module
        for name, thing in vars(module).items():
            if is_ours(name, thing, module):
                yield f"{module_name}.{name}", thing
                if inspect.isclass(thing):
                    yield from members(f"{module_name}.{name}", thing)


def walk(package: ModuleType) -> Iterator[pkgutil.ModuleInfo]:
    """Find the modules of a package without importing commands of its own."""
    return pkgutil.walk_packages(package.__path__, package.__name__ + ".")


def is_ours(name: str, thing: Any, module: ModuleType) -> bool:
    """Tell whether a name is a public function or class that the module defines."""
    return (
        not name.startswith("_")
        and (inspect.isfunction(thing) or inspect.isclass(thing))
        and thing.__module__ == module.__name__
        and thing.__name__ == name
    )


def members(owner: str, thing: type) -> Iterator[tuple[str, Any]]:
    """Public methods and properties that a class itself defines."""
    for name, member in vars(thing).items():
        inner = member.__func__ if isinstance(member, classmethod) else member
        described = inspect.isfunction(inner) or isinstance(inner, property)
        if described and not name.startswith("_"):
            yield f"{owner}.{name}", member


def exempt(thing: Any) -> set[str]:
    """Checks that make no sense for a thing."""
    if isinstance(thing, property):
        return {"RT01", "SS05"}  # a property is named after what it returns
    if inspect.isclass(thing) and issubclass(thing, Enum | BaseModel):
        return {"PR01"}  # members and fields are described where they are defined
    if getattr(thing, "_is_protocol", False):
        return {"PR01"}  # nobody calls it
    return set()


if __name__ == "__main__":
    sys.exit(main())
