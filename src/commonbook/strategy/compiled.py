"""Wake compiled strategies of the user's own, through the address of a C function."""

import numpy as np
from numba.core import config
from numpy.typing import NDArray

from commonbook.core.callback import call_address, call_number
from commonbook.core.enums import Brief, Request
from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.strategy.asks import ALLOWED, FILLED, NEXT_ID, STRICT
from commonbook.strategy.brief import write_brief
from commonbook.strategy.requests import send_requests, stop_portfolio

#: Words of a row of ``params``: the limits, then the strategy's own parameters.
MAX_ORDERS, N_CELLS, MAX_MESSAGES, OWN_PARAMS = 0, 1, 2, 3
#: Words of a row of ``memory``: why it was stopped, how many orders it has open, the
#: number of the next one, the brief, the open orders, the strategy's own cells, and
#: these as they were before.
FAULT, N_ORDERS, NEXT_ORDER, BRIEF = 0, 1, 2, 3
ORDERS = BRIEF + len(Brief)
#: Words of an open order: id, slot, side, type, price, leaves.
ORDER_WORDS = 6

#: What is in ``FAULT``.
FINE, RAISED, TOO_MANY_ORDERS = 0, 1, 2

NOW = int(Brief.PORTFOLIO)  # a strategy has no use for its number
PORTFOLIO, INSTRUMENT = int(Request.PORTFOLIO), int(Request.INSTRUMENT)
WORD = 8  # bytes

#: Whether kernels are interpreted.
INTERPRETED = bool(config.DISABLE_JIT)  # type: ignore[attr-defined]


@kernel
def wake_compiled(s: State, portfolio: int) -> None:
    """
    Wake a portfolio whose strategy is a compiled function of the user's.

    Parameters
    ----------
    s : State
        Changed in place. What the function was given stays in ``memory`` until the next
        wake, so that a failure can be looked at after the run.
    portfolio : int
        Who wakes; it is stopped when the function fails.
    """
    memory, params, out = s.memory[portfolio], s.params[portfolio], s.requests
    write_brief(s, portfolio, memory[BRIEF:ORDERS])
    memory[BRIEF + NOW] = s.clock[0]["now"]
    if not _list_orders(s, portfolio, memory, int(params[MAX_ORDERS])):
        memory[FAULT] = TOO_MANY_ORDERS
        stop_portfolio(s, portfolio)
        return
    cells = ORDERS + ORDER_WORDS * int(params[MAX_ORDERS])
    n_cells = int(params[N_CELLS])
    for i in range(cells, cells + n_cells):
        memory[i + n_cells] = memory[i]
    memory[NEXT_ORDER] = s.portfolios[portfolio]["next_order_id"]
    out[0, FILLED] = 0
    out[0, NEXT_ID] = memory[NEXT_ORDER]
    out[0, ALLOWED] = params[MAX_MESSAGES]
    out[0, STRICT] = s.clock[0]["strict"]
    function = int(s.strategies[portfolio]["function"])
    memory[FAULT] = _call(function, memory, params, out)
    if memory[FAULT] != FINE:
        stop_portfolio(s, portfolio)
        return
    n = int(out[0, FILLED])
    instrument = s.portfolios[portfolio]["main"]
    for i in range(1, n + 1):
        out[i, PORTFOLIO] = portfolio
        out[i, INSTRUMENT] = instrument
    s.portfolios[portfolio]["next_order_id"] = out[0, NEXT_ID]
    send_requests(s, out[1:], n)


@kernel
def _list_orders(
    s: State, portfolio: int, memory: NDArray[np.int64], most: int
) -> bool:
    """Write down what the portfolio knows to be open; False when it is too much."""
    n = 0
    slot = int(s.portfolios[portfolio]["first_mine"])
    while slot >= 0:
        if n >= most:
            return False
        order = s.orders[slot]
        place = ORDERS + ORDER_WORDS * n
        memory[place] = order["order_id"]
        memory[place + 1] = slot
        memory[place + 2] = order["side"]
        memory[place + 3] = order["type"]
        memory[place + 4] = order["price"]
        memory[place + 5] = order["known_leaves"]
        n += 1
        slot = int(order["next_mine"])
    memory[N_ORDERS] = n
    return True


if INTERPRETED:

    def _call(
        function: int,
        memory: NDArray[np.int64],
        params: NDArray[np.int64],
        out: NDArray[np.int64],
    ) -> int:
        """Call the function itself."""
        return call_number(function, memory, params, out)

else:

    @kernel
    def _call(
        function: int,
        memory: NDArray[np.int64],
        params: NDArray[np.int64],
        out: NDArray[np.int64],
    ) -> int:
        """Call the C function with the addresses of the parts."""
        row = np.int64(memory.ctypes.data)
        cells = ORDERS + ORDER_WORDS * params[MAX_ORDERS]
        arguments = (
            row + WORD * BRIEF,
            row + WORD * ORDERS,
            memory[N_ORDERS],
            np.int64(params.ctypes.data) + WORD * OWN_PARAMS,
            row + WORD * cells,
            np.int64(out.ctypes.data),
            np.int64(out.shape[0]),
        )
        return call_address(function, arguments)  # type: ignore[call-arg]
