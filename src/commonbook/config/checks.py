"""
What must fit together across the parts of a configuration.

All checks read raw values and pass over what has the wrong shape, which the models
report: so one message can list faults of both kinds.
"""

from collections.abc import Iterator, Mapping, Sequence

from commonbook.config.base import nearest
from commonbook.config.data import Synth, TapeLike
from commonbook.config.expand import Expansion
from commonbook.config.groups import assign_groups
from commonbook.config.paths import Fault, Path

#: Where the numbers behind market impact may stand, below the execution block.
_IMPACT = (
    ("impact",),
    ("shared_config", "market_impact_model"),
    ("isolated_config", "market_impact_model"),
)
#: Where limits of groups stand by symbol.
_LIMITS = ("shared_config", "group_limits", "max_position")
_DEFAULT_SYNTH = str(Synth.model_fields["symbol"].default)


def check_names(expansion: Expansion) -> Iterator[Fault]:
    """
    Find portfolios with the same name.

    Parameters
    ----------
    expansion : Expansion
        The portfolios after their grids.

    Yields
    ------
    Fault
        At the second of two equal names.
    """
    seen: dict[str, Path] = {}
    pairs = zip(expansion.portfolios, expansion.origins, strict=True)
    for portfolio, origin in pairs:
        name = portfolio.get("name") if isinstance(portfolio, Mapping) else None
        if not isinstance(name, str):
            continue
        path = origin.path(("name",))
        if name in seen:
            message = f"{name!r} is already the name of portfolios[{seen[name][1]}]"
            yield Fault(path, message)
        seen.setdefault(name, path)


def check_groups(execution: object, expansion: Expansion) -> Iterator[Fault]:
    """
    Find groups that name no portfolio, or one portfolio twice.

    Parameters
    ----------
    execution : object
        The execution block as written.
    expansion : Expansion
        The portfolios after their grids.

    Yields
    ------
    Fault
        At the entry of the group.
    """
    given = execution.get("groups") if isinstance(execution, Mapping) else None
    groups = [_texts(group) for group in _items(given)]
    names = [
        name
        for portfolio in expansion.portfolios
        if isinstance(portfolio, Mapping)
        and isinstance(name := portfolio.get("name"), str)
    ]
    if groups and all(groups):
        for path, message in assign_groups(groups, names).faults:
            yield Fault(("execution", "groups", *path), message)


def check_symbols(data: object, expansion: Expansion) -> Iterator[Fault]:
    """
    Find instruments that are given twice, not at all, or left open.

    What files hold is known here only if their `symbol` says so.

    Parameters
    ----------
    data : object
        The sources as written.
    expansion : Expansion
        The portfolios after their grids.

    Yields
    ------
    Fault
        At the symbol, or where one is missing.
    """
    known: dict[str, int] = {}
    for index, source in enumerate(_items(data)):
        symbols = _symbols_of(source)
        if not symbols:
            return
        for symbol in symbols:
            if known.setdefault(symbol, index) != index:
                message = (
                    f"{symbol!r} is already in data[{known[symbol]}]; "
                    "list the files of one instrument under one path"
                )
                yield Fault(("data", index, "symbol"), message)
    pairs = zip(expansion.portfolios, expansion.origins, strict=True)
    for portfolio, origin in pairs:
        if isinstance(portfolio, Mapping):
            for path, mention in _mentions(portfolio):
                fault = _symbol_fault(mention, list(known))
                if fault is not None:
                    yield Fault(origin.path(path), fault)


def check_impact(execution: object, data: object) -> Iterator[Fault]:
    """
    Find numbers by symbol that miss an instrument, or name one that is not there.

    Parameters
    ----------
    execution : object
        The execution block as written.
    data : object
        The sources as written; nothing is known if one does not name its instruments.

    Yields
    ------
    Fault
        At the mapping, or at the symbol in it.
    """
    sources = [_symbols_of(source) for source in _items(data)]
    if not all(sources):
        return
    known = [symbol for symbols in sources for symbol in symbols]
    for block in _IMPACT:
        numbers = execution
        for step in block:
            numbers = numbers.get(step) if isinstance(numbers, Mapping) else None
        for key in ("adv", "daily_volatility"):
            given = numbers.get(key) if isinstance(numbers, Mapping) else None
            if not isinstance(given, Mapping) or not given:
                continue
            path: Path = ("execution", *block, key)
            for symbol in given:
                fault = _symbol_fault(symbol, known)
                if fault is not None:
                    yield Fault((*path, symbol), fault)
            missing = [symbol for symbol in known if symbol not in given]
            if missing:
                yield Fault(path, f"{', '.join(missing)}: no number is given")


def check_group_limits(execution: object, data: object) -> Iterator[Fault]:
    """
    Find limits of groups for an instrument that is not there.

    Parameters
    ----------
    execution : object
        The execution block as written.
    data : object
        The sources as written; nothing is known if one does not name its instruments.

    Yields
    ------
    Fault
        At the symbol.
    """
    sources = [_symbols_of(source) for source in _items(data)]
    if not all(sources):
        return
    known = [symbol for symbols in sources for symbol in symbols]
    limits = execution
    for step in _LIMITS:
        limits = limits.get(step) if isinstance(limits, Mapping) else None
    for symbol in limits if isinstance(limits, Mapping) else ():
        fault = _symbol_fault(symbol, known)
        if fault is not None:
            yield Fault(("execution", *_LIMITS, symbol), fault)


def _symbols_of(source: object) -> list[str]:
    """List what a source holds; nothing if only reading it will tell."""
    tape = source.get("tape") if isinstance(source, Mapping) else source
    if isinstance(tape, TapeLike):
        return _texts([getattr(item, "symbol", None) for item in tape.instruments])
    if not isinstance(source, Mapping):
        return []
    if "synth" in source:
        synth = source["synth"]
        given = synth.get("symbol") if isinstance(synth, Mapping) else None
        return _texts([given or _DEFAULT_SYNTH])
    symbol = source.get("symbol")
    return _texts([symbol] if isinstance(symbol, str) else symbol)


def _mentions(portfolio: Mapping[str, object]) -> Iterator[tuple[Path, object]]:
    """Yield every symbol of a portfolio, None where it is left open."""
    positions = portfolio.get("positions")
    if isinstance(positions, Mapping):
        for symbol in positions:
            yield ("positions", symbol), symbol
    limits = portfolio.get("limits")
    for name in ("max_position", "max_order_qty"):
        most = limits.get(name) if isinstance(limits, Mapping) else None
        for symbol in most if isinstance(most, Mapping) else ():
            yield ("limits", name, symbol), symbol
    params = portfolio.get("params")
    if not isinstance(params, Mapping):
        return
    if portfolio.get("strategy") != "scripted":
        yield ("params", "symbol"), params.get("symbol")
        return
    for index, order in enumerate(_items(params.get("orders"))):
        if isinstance(order, Mapping) and "cancel" not in order:
            yield ("params", "orders", index, "symbol"), order.get("symbol")


def _symbol_fault(symbol: object, known: list[str]) -> str | None:
    if symbol is None and len(known) > 1:
        return f"this key is missing; allowed: {', '.join(known)}"
    if isinstance(symbol, str) and symbol not in known:
        hint = nearest(symbol, known)
        return f"found {symbol!r}{hint or ';'} allowed: {', '.join(known)}"
    return None


def _items(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()


def _texts(value: object) -> list[str]:
    """Pass on a list of texts only."""
    items = _items(value)
    texts = [item for item in items if isinstance(item, str)]
    return texts if len(texts) == len(items) else []
