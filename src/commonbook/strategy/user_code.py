"""How a compiled strategy of the user's own is declared; compiling comes later."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from commonbook.core.enums import Wake
from commonbook.strategy.params import Parameter, Unit, declared

#: What a cell of a strategy's memory can hold.
CELLS = (int, float)
#: What can wake a compiled strategy besides the clock.
WAKES = {"book": Wake.BOOK, "trade": Wake.TRADE, "report": Wake.REPORT}


class NoParams:
    """Declares no parameters."""


@dataclass(frozen=True, eq=False)
class CompiledStrategy:
    """
    A strategy that is compiled; made by the decorator `compiled`.

    Parameters
    ----------
    function : callable
        What runs at each wake: ``function(see, orders, params, memory, out)``.
    params : type
        A class whose annotated attributes are the parameters.
    memory : mapping of str to type
        Cells that keep a value between wakes, int or float; all begin as 0.
    every : int, str or None
        Distance of regular wakes, unless ``params`` in the configuration say otherwise.
    wakes : int
        Bits of `Wake`: what wakes it besides the clock.
    max_orders : int
        Most orders that it may have open.
    max_messages : int
        Most messages of one wake.
    """

    function: Callable[..., Any]
    params: type = NoParams
    memory: Mapping[str, type] = field(default_factory=dict)
    every: int | str | None = None
    wakes: int = 0
    max_orders: int = 64
    max_messages: int = 64

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Its parameters, ``symbol`` and ``every`` first."""
        return (
            Parameter("symbol", Unit.SYMBOL, True, (), None),
            Parameter("every", Unit.DURATION, True, (), self.every),
            *declared(self.params, object),
        )

    def __call__(self, *args: Any) -> Any:
        """Run the plain function, as tests of a strategy do."""
        return self.function(*args)


def compiled(
    *,
    params: type = NoParams,
    memory: Mapping[str, type] | None = None,
    every: int | str | None = None,
    wakes: tuple[str, ...] = (),
    max_orders: int = 64,
    max_messages: int = 64,
) -> Callable[[Callable[..., Any]], CompiledStrategy]:
    """
    Declare a function as a compiled strategy.

    Parameters
    ----------
    params : type, optional
        A class whose annotated attributes are the parameters.
    memory : mapping of str to type, optional
        Cells that keep a value between wakes, int or float; all begin as 0.
    every : int or str, optional
        Distance of regular wakes, such as ``"100ms"`` (an int is ns).
    wakes : tuple of str, default ()
        What else wakes it: ``book``, ``trade``, ``report``.
    max_orders : int, default 64
        Most orders that it may have open.
    max_messages : int, default 64
        Most orders and cancels of one wake.

    Returns
    -------
    callable
        A decorator; what it returns can stand under ``strategy`` in a configuration.

    Raises
    ------
    TypeError
        If `memory` or `wakes` name what does not exist.
    """
    cells = dict(memory or {})
    for name, cell in cells.items():
        if cell not in CELLS or not name.isidentifier():
            message = f"memory {name!r}: {cell!r}; allowed: names with int or float"
            raise TypeError(message)
    bits = 0
    for name in wakes:
        if name not in WAKES:
            message = f"wakes: found {name!r}; allowed: {', '.join(WAKES)}"
            raise TypeError(message)
        bits |= int(WAKES[name])

    def declare(function: Callable[..., Any]) -> CompiledStrategy:
        return CompiledStrategy(
            function, params, cells, every, bits, max_orders, max_messages
        )

    return declare
