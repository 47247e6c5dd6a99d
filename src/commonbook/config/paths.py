"""Paths into a configuration, and what is found wrong at them."""

from typing import NamedTuple, TypeAlias

#: Keys and list positions from the top of the configuration to a value.
Path: TypeAlias = tuple[str | int, ...]


class Fault(NamedTuple):
    """
    Something wrong at a path, before its place in the file is known.

    Parameters
    ----------
    path : tuple of str or int
        Where.
    message : str
        What was found and what is allowed.
    """

    path: Path
    message: str


def format_path(path: Path) -> str:
    """
    Write a path as in ``portfolios[0].latency.order``.

    Parameters
    ----------
    path : tuple of str or int
        Keys and list positions, outermost first.

    Returns
    -------
    str
        The dotted path; empty for the top.
    """
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text
