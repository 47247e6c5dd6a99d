"""Grids: one portfolio of a file becomes many."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product
from math import prod

from commonbook.config.paths import Fault, Path
from commonbook.config.scalars import describe

MAX_PORTFOLIOS = 100_000


@dataclass(frozen=True)
class Origin:
    """
    Where an expanded portfolio stands in the configuration.

    Parameters
    ----------
    index : int
        Position in the list of portfolios as written.
    chosen : mapping of str to int
        For each parameter of the grid, the position of the value taken.
    """

    index: int
    chosen: Mapping[str, int] = field(default_factory=dict)

    def path(self, below: Path, *, key: bool = False) -> Path:
        """
        Find a value of the expanded portfolio in the configuration as written.

        Parameters
        ----------
        below : tuple of str or int
            Path within the expanded portfolio.
        key : bool
            Whether the path's last step is meant as a key.

        Returns
        -------
        tuple of str or int
            Path from the top of the configuration.
        """
        top: Path = ("portfolios", self.index)
        if len(below) < 2 or below[0] != "params" or below[1] not in self.chosen:
            return (*top, *below)
        name = str(below[1])
        value: Path = () if key and len(below) == 2 else (self.chosen[name],)
        return (*top, "grid", name, *value, *below[2:])


@dataclass(frozen=True)
class Expansion:
    """
    Portfolios after their grids, still raw.

    Parameters
    ----------
    portfolios : list of object
        What is to be validated.
    origins : list of Origin
        Where each came from.
    faults : list of Fault
        What is wrong with the grids themselves.
    """

    portfolios: list[object] = field(default_factory=list)
    origins: list[Origin] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def expand(portfolios: Sequence[object]) -> Expansion:
    """
    Replace each portfolio that has a grid by the product of the grid's values.

    Parameters
    ----------
    portfolios : sequence of object
        Portfolios as written; what is not a mapping is passed on.

    Returns
    -------
    Expansion
        Portfolios named like ``maker[half_spread_ticks=1]``.
    """
    result = Expansion()
    for index, portfolio in enumerate(portfolios):
        if not isinstance(portfolio, Mapping):
            result.portfolios.append(portfolio)
            result.origins.append(Origin(index))
            continue
        # Without params the strategy's own model says what is missing.
        plain = {"params": {}} | {k: v for k, v in portfolio.items() if k != "grid"}
        grid, faults = _sound(portfolio.get("grid", {}))
        below = ("portfolios", index, "grid")
        result.faults.extend(Fault((*below, *path), text) for path, text in faults)
        for chosen in _choices(grid):
            result.portfolios.append(_chosen(plain, grid, chosen))
            result.origins.append(Origin(index, chosen))
    return result


def _sound(grid: object) -> tuple[dict[str, list[object]], list[Fault]]:
    """Keep what can be expanded, and say what cannot."""
    if not isinstance(grid, Mapping):
        message = f"found {describe(grid)}; allowed: a mapping of lists"
        return {}, [Fault((), message)]
    sound: dict[str, list[object]] = {}
    faults: list[Fault] = []
    for key, values in grid.items():
        if not isinstance(values, list | tuple) or not values:
            message = f"found {describe(values)}; allowed: a list of values"
            faults.append(Fault((key,), message))
            continue
        scalars = [value for value in values if _is_scalar(value)]
        faults.extend(
            Fault((key, position), f"found {describe(value)}; allowed: a single value")
            for position, value in enumerate(values)
            if not _is_scalar(value)
        )
        if len(scalars) == len(values):
            sound[str(key)] = scalars
    size = prod(len(values) for values in sound.values())
    if size > MAX_PORTFOLIOS:
        message = f"makes {size:,} portfolios; allowed: at most {MAX_PORTFOLIOS:,}"
        return {}, [*faults, Fault((), message)]
    return sound, faults


def _choices(grid: Mapping[str, list[object]]) -> Iterator[dict[str, int]]:
    for positions in product(*(range(len(values)) for values in grid.values())):
        yield dict(zip(grid, positions, strict=True))


def _chosen(
    portfolio: Mapping[str, object],
    grid: Mapping[str, list[object]],
    chosen: Mapping[str, int],
) -> dict[str, object]:
    values = {key: grid[key][position] for key, position in chosen.items()}
    result = dict(portfolio)
    params, name = result["params"], result.get("name")
    if isinstance(params, Mapping):
        result["params"] = dict(params) | values
    if isinstance(name, str) and values:
        parts = (f"{key}={_shown(value)}" for key, value in values.items())
        result["name"] = f"{name}[{', '.join(parts)}]"
    return result


def _is_scalar(value: object) -> bool:
    return isinstance(value, str | int | float | Decimal)


def _shown(value: object) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)
