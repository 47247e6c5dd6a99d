"""Where the tape shows trades but no book: quotes assumed around the last price."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonbook.core.book_records import ASSUMED, AT_PRICE, HALF_TICK
from commonbook.core.dtypes import Records
from commonbook.core.enums import Action, Flag, Side
from commonbook.core.errors import DataError
from commonbook.core.jit import kernel
from commonbook.core.limits import MAX_TICKS

SET = int(Action.SET)
TRADE = int(Action.TRADE)
CLEAR = int(Action.CLEAR)
LAST = int(Flag.LAST)
NOT_LAST = 0xFF & ~LAST
BUY = int(Side.BUY)
SELL = int(Side.SELL)

#: What is assumed of an instrument, and what stands in its book.
QUOTED = np.dtype(
    [
        ("away", "i8"),  # from the last price to each quote [ticks], 0 for no quotes
        ("qty", "i8"),  # what each print offers [lots], 0 for a part of its own size
        ("num", "i8"),  # that part
        ("den", "i8"),
        ("printed", "i8"),  # by the current packet [lots]
        ("last", "i8"),  # price of its last print [ticks]
        ("shown", "i8"),  # the price that the quotes stand around [ticks]
        ("is_shown", "i8"),  # whether there are quotes
    ],
    align=True,
)


class AssumedQuote(NamedTuple):
    """
    What is assumed of an instrument without a book.

    Parameters
    ----------
    spread : int
        From bid to ask [ticks], at least 1.
    at_price : bool
        Whether prints at the price of a resting order fill it.
    qty : int, default 0
        What is offered on each side after a print [lots]; 0 for a part of the print.
    num, den : int, default 0 and 1
        That part as a fraction of at most 1, both at most 1e9.
    """

    spread: int
    at_price: bool
    qty: int = 0
    num: int = 0
    den: int = 1

    @property
    def away(self) -> int:
        """Distance of the quotes from the last price [ticks], rounded up."""
        return (self.spread + 1) // 2

    @property
    def bits(self) -> int:
        """Bits of ``BOOK.by_order``."""
        at_price = AT_PRICE if self.at_price else 0
        return ASSUMED | at_price | (HALF_TICK if self.spread % 2 else 0)


def trades_only(events: Records, n_instruments: int) -> tuple[bool, ...]:
    """
    Find the instruments that have trades and nothing of a book.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n,)
        A tape.
    n_instruments : int
        Number of instruments.

    Returns
    -------
    tuple of bool
        One for each.
    """
    traded = np.zeros(n_instruments, np.bool_)
    booked = np.zeros(n_instruments, np.bool_)
    count_kinds(events, traded, booked)
    return tuple((traded & ~booked).tolist())


@kernel
def count_kinds(
    events: Records, traded: NDArray[np.bool_], booked: NDArray[np.bool_]
) -> None:
    """
    Note which instruments have trades, and which have levels or orders.

    It stops when all have a book.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n,)
        A tape.
    traded : ndarray of bool, shape (n_instruments,)
        Changed in place.
    booked : ndarray of bool, shape (n_instruments,)
        Changed in place.
    """
    left = booked.shape[0]
    for i in range(events.shape[0]):
        action = events[i]["action"]
        instrument = int(events[i]["instrument"])
        if action == TRADE:
            traded[instrument] = True
        elif action != CLEAR and not booked[instrument]:
            booked[instrument] = True
            left -= 1
            if left == 0:
                return


def bits_of(assumed: dict[int, AssumedQuote], n_instruments: int) -> tuple[int, ...]:
    """
    Say of each instrument what the engine must know of its quotes.

    Parameters
    ----------
    assumed : dict of int to AssumedQuote
        The instruments without a book.
    n_instruments : int
        Number of instruments.

    Returns
    -------
    tuple of int
        Bits of ``BOOK.by_order``, 0 with a book; empty where all have one.
    """
    if not assumed:
        return ()
    return tuple(assumed[i].bits if i in assumed else 0 for i in range(n_instruments))


def with_quotes(events: Records, assumed: dict[int, AssumedQuote]) -> Records:
    """
    Add the quotes that are assumed after each packet with prints.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n,)
        A tape; not changed.
    assumed : dict of int to AssumedQuote
        The instruments without a book.

    Returns
    -------
    ndarray of EVENT, shape (m,)
        The same packets; the old quotes go at the end of a packet with prints, and a
        packet of the same time brings the new ones, so that none of it was consumed.

    Raises
    ------
    DataError
        If a quote would stand at a price that no order can have.
    """
    if not assumed:
        return events
    quoted = np.zeros(max(assumed) + 1, QUOTED)
    most = 0
    for instrument, terms in assumed.items():
        row = quoted[instrument]
        row["away"], row["qty"] = terms.away, terms.qty
        row["num"], row["den"] = terms.num, terms.den
        prices = events["price"][
            (events["instrument"] == instrument) & (events["action"] == TRADE)
        ].astype(np.int64)
        most += 4 * prices.size
        if prices.size and int(np.abs(prices).max()) + terms.away > MAX_TICKS:
            message = (
                f"quotes {terms.away} ticks from the last price leave the range of "
                f"prices, {MAX_TICKS} ticks; give a larger tick_size"
            )
            raise DataError(message)
    out = np.zeros(events.size + most, events.dtype)
    n = write_quotes(events, quoted, out)
    return out[:n]


@kernel
def write_quotes(events: Records, quoted: Records, out: Records) -> int:
    """
    Copy a tape and write the assumed quotes into it.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n,)
        A tape.
    quoted : ndarray of QUOTED, shape (k,)
        What is assumed of the first k instruments; changed in place.
    out : ndarray of EVENT, shape (m,)
        Has room for four events more with each print.

    Returns
    -------
    int
        Number of events written.
    """
    n = 0
    pending = False
    for i in range(events.shape[0]):
        event = events[i]
        out[n] = event
        n += 1
        instrument = int(event["instrument"])
        if instrument < quoted.shape[0] and quoted[instrument]["away"] > 0:
            state = quoted[instrument]
            if event["action"] == CLEAR:
                state["is_shown"] = 0
            elif event["qty"] > 0:
                state["printed"] += event["qty"]
                state["last"] = event["price"]
                pending = True
        if pending and event["flags"] & LAST:
            pending = False
            n = _remove_quotes(quoted, event, out, n)
            n = _add_quotes(quoted, event, out, n)
    return n


@kernel
def _remove_quotes(quoted: Records, event: Records, out: Records, n: int) -> int:
    """Let the quotes go that were made before the packet that ends with `event`."""
    out[n - 1]["flags"] &= NOT_LAST
    for instrument in range(quoted.shape[0]):
        state = quoted[instrument]
        if state["printed"] > 0 and state["is_shown"] == 1:
            price, away = int(state["shown"]), int(state["away"])
            n = _set(out, n, event, instrument, BUY, price - away, 0)
            n = _set(out, n, event, instrument, SELL, price + away, 0)
    out[n - 1]["flags"] |= LAST
    return n


@kernel
def _add_quotes(quoted: Records, event: Records, out: Records, n: int) -> int:
    """Make quotes around the last price of each instrument that had prints."""
    for instrument in range(quoted.shape[0]):
        state = quoted[instrument]
        printed = int(state["printed"])
        if printed > 0:
            price, away = int(state["last"]), int(state["away"])
            qty = int(state["qty"])
            if qty == 0:
                num, den = int(state["num"]), int(state["den"])
                qty = printed // den * num + (printed % den * num + den - 1) // den
            n = _set(out, n, event, instrument, BUY, price - away, qty)
            n = _set(out, n, event, instrument, SELL, price + away, qty)
            state["printed"] = 0
            state["shown"] = price
            state["is_shown"] = 1
    out[n - 1]["flags"] |= LAST
    return n


@kernel
def _set(
    out: Records,
    n: int,
    event: Records,
    instrument: int,
    side: int,
    price: int,
    qty: int,
) -> int:
    made = out[n]
    made["ts"] = event["ts"]
    made["order"] = -1
    made["instrument"] = instrument
    made["action"] = SET
    made["side"] = side
    made["price"] = price
    made["qty"] = qty
    made["flags"] = 0
    return n + 1
