"""Keys that stand in the wrong section: say where they belong."""

from collections.abc import Iterator
from functools import cache
from typing import get_args, get_origin

from commonbook.config.base import Model
from commonbook.config.paths import Path
from commonbook.config.run import RunConfig

#: Stands for any position of a list.
ANY = "..."
#: More sections than these say nothing about where a key belongs.
FEW = 3


def sections_with(path: Path) -> dict[Path, list[str]]:
    """
    Find the sections that have an unknown key, or keys with its words.

    Parameters
    ----------
    path : tuple of str or int
        Where the unknown key stands; the key itself comes last.

    Returns
    -------
    dict of path to list of str
        The keys that may be meant, by section: those nearest to where it stands. An
        `ANY` stands for a position that is not known. Empty when nothing fits, or too
        much does.
    """
    here, key = path[:-1], str(path[-1])
    same = {section: [key] for section, keys in _sections().items() if key in keys}
    words = set(key.split("_"))
    found = same or {
        section: alike
        for section, keys in _sections().items()
        if (alike := [name for name in keys if words <= set(name.split("_"))])
    }
    shared = {section: _in_common(section, here) for section in found}
    most = max(shared.values(), default=0)
    near = {
        (*here[:most], *section[most:]): found[section]
        for section in found
        if shared[section] == most
    }
    near.pop(here, None)
    return near if len(near) <= FEW else {}


@cache
def _sections() -> dict[Path, tuple[str, ...]]:
    """List the keys of each section; alternatives of one place are one section."""
    sections: dict[Path, tuple[str, ...]] = {}
    for path, model in _walk(RunConfig, ()):
        sections[path] = (*sections.get(path, ()), *model.model_fields)
    return {path: tuple(dict.fromkeys(keys)) for path, keys in sections.items()}


def _walk(model: type[Model], path: Path) -> Iterator[tuple[Path, type[Model]]]:
    yield path, model
    for name, field in model.model_fields.items():
        for below, part in _models(field.annotation):
            yield from _walk(part, (*path, name, *below))


def _models(annotation: object) -> Iterator[tuple[Path, type[Model]]]:
    """Find the models in an annotation, and whether they are items of a list."""
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield (), annotation
    below: Path = (ANY,) if get_origin(annotation) is tuple else ()
    for part in get_args(annotation):
        for path, model in _models(part):
            yield (*below, *path), model


def _in_common(section: Path, here: Path) -> int:
    """Count the first steps that a section shares with a path."""
    steps = zip(section, here, strict=False)
    different = (i for i, (a, b) in enumerate(steps) if a not in (b, ANY))
    return next(different, min(len(section), len(here)))
