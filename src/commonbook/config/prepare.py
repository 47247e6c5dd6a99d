"""Complete a raw configuration: paths, order files, grids; and trace faults back."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from commonbook.config import paths
from commonbook.config.data import TapeLike
from commonbook.config.delay_paths import with_delay_files
from commonbook.config.expand import Expansion, expand
from commonbook.config.order_file import read_orders
from commonbook.config.own_strategy import with_own_strategies
from commonbook.config.paths import Fault, format_path


@dataclass(frozen=True)
class Prepared:
    """
    A raw configuration that is ready to be validated.

    Parameters
    ----------
    raw : mapping of str to object
        As written, but with absolute paths, orders in place of their file, and
        grids expanded.
    expansion : Expansion
        The portfolios and where they came from.
    order_files : mapping of int to Path
        Files of orders, by the position of the portfolio as written.
    single_source : bool
        Whether ``data`` was written without a list.
    faults : list of Fault
        What went wrong on the way.
    """

    raw: Mapping[str, object]
    expansion: Expansion = field(default_factory=Expansion)
    order_files: Mapping[int, Path] = field(default_factory=dict)
    single_source: bool = False
    faults: list[Fault] = field(default_factory=list)

    def trace(self, path: paths.Path, message: str, *, about_key: bool) -> Fault:
        """
        Lead a fault back to where the value was written.

        Parameters
        ----------
        path : tuple of str or int
            Where in the prepared configuration.
        message : str
            What is wrong.
        about_key : bool
            Whether it is the key that is wrong, not its value.

        Returns
        -------
        Fault
            The fault, at its path in the configuration as written.
        """
        # A fault of a mapping's key is one of the key, not of something below it.
        path = path[:-1] if path[-1:] == ("[key]",) else path
        if path[:2] == ("data", 0) and self.single_source:
            return Fault(("data", *path[2:]), message)
        if len(path) < 2 or path[0] != "portfolios":
            return Fault(path, message)
        origin, below = self.expansion.origins[int(path[1])], path[2:]
        file = self.order_files.get(origin.index)
        if file is None or below[:2] != ("params", "orders") or len(below) < 3:
            return Fault(origin.path(below, key=about_key), message)
        cell = f"{format_path(below[3:])}: " if below[3:] else ""
        text = f"{file}, row {int(below[2]) + 1}: {cell}{message}"
        return Fault(origin.path(below[:2]), text)


def prepare(raw: Mapping[str, object], folder: Path) -> Prepared:
    """
    Complete a raw configuration.

    Parameters
    ----------
    raw : mapping of str to object
        The configuration as written.
    folder : Path
        Where relative paths start.

    Returns
    -------
    Prepared
        What is to be validated.
    """
    faults: list[Fault] = []
    order_files: dict[int, Path] = {}
    result = dict(raw)
    data = raw.get("data")
    single = isinstance(data, Mapping | TapeLike)
    sources = [data] if single else data
    if isinstance(sources, list | tuple):
        located = []
        for index, source in enumerate(sources):
            top: paths.Path = ("data",) if single else ("data", index)
            with_path = _located(source, "path", folder, top, faults)
            with_book = _located(with_path, "orderbook", folder, top, faults)
            located.append(_located(with_book, "earlier", folder, top, faults))
        result["data"] = located
    if "execution" in raw:
        execution = raw["execution"]
        result["execution"] = with_delay_files(
            execution, folder, ("execution",), faults
        )
    expansion = Expansion()
    portfolios = raw.get("portfolios")
    if isinstance(portfolios, list | tuple):
        complete = list(portfolios)
        for index, strategy, fault in with_own_strategies(portfolios, folder):
            complete[index] = {**portfolios[index], "strategy": strategy}
            if fault:
                faults.append(Fault(("portfolios", index, "strategy"), fault))
        for index, portfolio in enumerate(complete):
            path = _order_path(portfolio, folder)
            if path is not None:
                order_files[index] = path
                complete[index] = _with_orders(portfolio, index, path, faults)
            top = ("portfolios", index)
            complete[index] = with_delay_files(complete[index], folder, top, faults)
        expansion = expand(complete)
        result["portfolios"] = expansion.portfolios
    faults += expansion.faults
    return Prepared(result, expansion, order_files, single, faults)


def _located(
    source: object, key: str, folder: Path, top: paths.Path, faults: list[Fault]
) -> object:
    """Make the paths of a source absolute; what is no path is left to the model."""
    given = source.get(key) if isinstance(source, Mapping) else None
    single = isinstance(given, str | os.PathLike)
    files = [given] if single else given
    if not isinstance(source, Mapping) or not isinstance(files, list | tuple):
        return source
    located = []
    for position, path in enumerate(files):
        if not isinstance(path, str | os.PathLike) or not os.fspath(path):
            return source
        file = Path(os.path.normpath(folder / Path(path).expanduser()))
        if not file.exists():
            below = () if single else (position,)
            message = f"found {os.fspath(path)!r}; there is no file {file}"
            faults.append(Fault((*top, key, *below), message))
        located.append(str(file))
    return dict(source) | {key: located}


def _order_path(portfolio: object, folder: Path) -> Path | None:
    """Find the file that a scripted portfolio names instead of its orders."""
    if not isinstance(portfolio, Mapping) or portfolio.get("strategy") != "scripted":
        return None
    params = portfolio.get("params")
    orders = params.get("orders") if isinstance(params, Mapping) else None
    if not isinstance(orders, str | os.PathLike):
        return None
    return folder / Path(orders).expanduser()


def _with_orders(
    portfolio: Mapping[str, object], index: int, path: Path, faults: list[Fault]
) -> Mapping[str, object]:
    rows: list[dict[str, object]] = []
    try:
        rows = read_orders(path)
    except ValueError as error:
        fault = Fault(("portfolios", index, "params", "orders"), str(error))
        faults.append(fault)
    params = portfolio["params"]
    complete = dict(params) if isinstance(params, Mapping) else {}
    return dict(portfolio) | {"params": complete | {"orders": rows}}
