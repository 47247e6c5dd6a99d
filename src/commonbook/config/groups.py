"""Which group each portfolio belongs to: exact names first, then patterns."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from commonbook.config.base import nearest
from commonbook.config.paths import Fault

_SHOWN = 10


class Assignment(NamedTuple):
    """
    The groups of the portfolios, and what is wrong with them.

    Parameters
    ----------
    group_of : mapping of str to int
        Group of each portfolio that is named; the others stand alone.
    faults : list of Fault
        Paths are below the list of groups.
    """

    group_of: Mapping[str, int]
    faults: list[Fault]


def assign_groups(groups: Sequence[Sequence[str]], names: Sequence[str]) -> Assignment:
    """
    Find the group of each portfolio.

    Parameters
    ----------
    groups : sequence of sequences of str
        Names and patterns; ``*`` stands for any text, every other character for
        itself.
    names : sequence of str
        The portfolios.

    Returns
    -------
    Assignment
        With a fault for each entry that names no portfolio, and for each that
        names one which another entry of its kind has already taken.
    """
    faults: list[Fault] = []
    exact: dict[str, int] = {}
    matched: dict[str, int] = {}
    for index, position, entry in _entries(groups):
        if "*" not in entry:
            message = _name_fault(entry, names, exact)
            if message is None:
                exact[entry] = index
            else:
                faults.append(Fault((index, position), message))
    for index, position, entry in _entries(groups):
        if "*" in entry:
            taken = [name for name in names if matches(entry, name)]
            free = [name for name in taken if name not in exact]
            rivals = [name for name in free if matched.get(name, index) != index]
            matched |= dict.fromkeys(free, index)
            message = _pattern_fault(entry, taken, rivals, names)
            if message is not None:
                faults.append(Fault((index, position), message))
    return Assignment(matched | exact, sorted(faults, key=_path_of))


def matches(pattern: str, name: str) -> bool:
    """
    Tell whether a pattern stands for a name.

    Parameters
    ----------
    pattern : str
        Text in which ``*`` stands for any text.
    name : str
        The name.

    Returns
    -------
    bool
        Whether the whole name fits.
    """
    first, *rest = pattern.split("*")
    if not rest:
        return pattern == name
    *middle, last = rest
    if len(name) < len(first) + len(last) or not name.startswith(first):
        return False
    if not name.endswith(last):
        return False
    at, end = len(first), len(name) - len(last)
    for part in middle:
        at = name.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True


def _entries(groups: Sequence[Sequence[str]]) -> Iterator[tuple[int, int, str]]:
    for index, group in enumerate(groups):
        for position, entry in enumerate(group):
            yield index, position, entry


def _name_fault(
    entry: str, names: Sequence[str], exact: Mapping[str, int]
) -> str | None:
    if entry in exact:
        return f"{entry!r} is already in groups[{exact[entry]}]"
    return None if entry in names else _unknown(entry, names)


def _pattern_fault(
    entry: str, taken: Sequence[str], rivals: Sequence[str], names: Sequence[str]
) -> str | None:
    if rivals:
        return (
            f"{entry!r} matches {rivals[0]!r}, as does a pattern of another group; "
            f"name {rivals[0]!r} itself in one of them"
        )
    return None if taken else _unknown(entry, names)


def _unknown(entry: str, names: Sequence[str]) -> str:
    shown = [*names[:_SHOWN], "..."] if len(names) > _SHOWN else names
    hint = nearest(entry, list(names))
    return (
        f"no portfolio is called {entry!r}{hint or ';'} there are: {', '.join(shown)}"
    )


def _path_of(fault: Fault) -> tuple[int, ...]:
    return tuple(step for step in fault.path if isinstance(step, int))
