"""
All state of a run behind one pointer.

Kernels take one argument, ``s``, and write ``s.orders[slot]["leaves"]``. Interpreted,
``s`` is the plain object below; compiled, it is the address of a table with the address
and shape of each array (see `commonbook.core.state_type`). Passing forty arrays one by
one took three minutes to compile and about 100 ns a call.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from commonbook.core.book_records import (
    BOOK,
    FAR,
    LEVEL,
    TAPE_NOTE,
    TAPE_ORDER,
    TOUCH,
    TRAIL,
)
from commonbook.core.desk_records import DESK, GROUP, NOTIONAL
from commonbook.core.dtypes import FILL, MARK, ORDER_HISTORY, Records
from commonbook.core.impact_records import IMPACT
from commonbook.core.message_records import ARRIVAL, DELAY, FLIGHT, MESSAGE, RATE, RUN
from commonbook.core.order_records import ANSWER, ORDER, REPLACE, REPORT, STOPS, TERMS
from commonbook.core.records import (
    ACCOUNT,
    CHANGE,
    CLOCK,
    ENGINE,
    FEE,
    HEAP_ENTRY,
    KEY,
    LINE_ENTRY,
    MATCHING,
    MONEY,
    OWN_LEVEL,
    PORTFOLIO,
    QUEUE,
    QUEUE_MODEL,
    SCRIPT,
    SHARE,
    SIGHT,
    STRATEGY,
    TAKEN,
    TIMER,
    TOUCHED,
    VIEW,
)
from commonbook.core.state_type import COLUMNS, register

I8 = np.dtype("i8")
I4 = np.dtype("i4")
F8 = np.dtype("f8")

#: Name, dtype and number of dimensions of every array, in the order of the table.
FIELDS: tuple[tuple[str, np.dtype[Any], int], ...] = (
    ("clock", CLOCK, 1),
    ("ladder", LEVEL, 3),
    ("books", BOOK, 2),
    ("far", FAR, 3),
    ("tape", TAPE_ORDER, 2),
    ("tape_notes", TAPE_NOTE, 1),
    ("mids", I8, 1),
    ("trails", TRAIL, 1),
    ("touches", TOUCH, 2),
    ("own", OWN_LEVEL, 1),
    ("shares", SHARE, 1),
    ("share_times", I8, 1),
    ("queues", QUEUE, 1),
    ("taken", TAKEN, 1),
    ("changes", CHANGE, 1),
    ("displaced", I8, 2),
    ("models", QUEUE_MODEL, 1),
    ("orders", ORDER, 1),
    ("joined", I8, 1),
    ("terms", TERMS, 1),
    ("replaces", REPLACE, 1),
    ("answers", ANSWER, 1),
    ("refused", I4, 1),
    ("expiries", HEAP_ENTRY, 1),
    ("stops", STOPS, 3),
    ("ready", I4, 2),
    ("last_prints", I8, 1),
    ("closes", I8, 2),
    ("matchings", MATCHING, 2),
    ("tops", I4, 3),
    ("engines", ENGINE, 1),
    ("impacts", IMPACT, 2),
    ("heads", I4, 3),
    ("desks", DESK, 1),
    ("groups", GROUP, 1),
    ("group_accounts", ACCOUNT, 2),
    ("counted", I8, 2),
    ("notionals", NOTIONAL, 1),
    ("worths", F8, 1),
    ("portfolios", PORTFOLIO, 1),
    ("accounts", ACCOUNT, 2),
    ("fees", FEE, 2),
    ("money", MONEY, 1),
    ("strategies", STRATEGY, 1),
    ("scripts", SCRIPT, 1),
    ("views", VIEW, 1),
    ("sights", SIGHT, 2),
    ("timers", TIMER, 1),
    ("members", I4, 1),
    ("heap", HEAP_ENTRY, 1),
    ("due", I4, 1),
    ("listeners", I4, 1),
    ("ears", I4, 2),
    ("view_ears", I4, 2),
    ("heard", I4, 2),
    ("briefs", I8, 2),
    ("told", I8, 2),
    ("requests", I8, 2),
    ("params", I8, 2),
    ("memory", I8, 2),
    ("outbox", I4, 1),
    ("waiting", I4, 1),
    ("windows", I8, 2),
    ("flights", FLIGHT, 1),
    ("rings", MESSAGE, 2),
    ("arrivals", HEAP_ENTRY, 1),
    ("delays", DELAY, 1),
    ("samples", I8, 1),
    ("rates", RATE, 1),
    ("rate_times", I8, 1),
    ("leave_times", I8, 1),
    ("runs", RUN, 2),
    ("batch", ARRIVAL, 1),
    ("keys", KEY, 2),
    ("work", I8, 2),
    ("line", LINE_ENTRY, 1),
    ("touched", TOUCHED, 1),
    ("ended", I4, 1),
    ("reports", REPORT, 1),
    ("fills", FILL, 1),
    ("history", ORDER_HISTORY, 1),
    ("marks", MARK, 1),
    ("last_marks", I8, 1),
    ("symbols", I8, 1),
)


class State:
    """
    The arrays of a run.

    Parameters
    ----------
    **arrays : ndarray
        One array for each name in ``FIELDS``, C-contiguous, of the dtype and dimensions
        given there. The state keeps them alive.

    Raises
    ------
    TypeError
        If an array is missing, unknown, or not as ``FIELDS`` says.

    Notes
    -----
    Books: ``ladder`` (rows, 2, W), ``books`` (rows, 2), ``far`` (rows, 2, capacity);
    the first rows are the instruments as they are now, further ones what delayed views
    see. ``tape`` (views, slots) are the orders of the tape, where it names them,
    with ``tape_notes`` (slots) of what concerns us.
    ``mids`` holds each instrument's last two-sided best bid + best ask (half
    ticks), ``trails`` and ``touches`` (instruments, capacity) its recent touches.

    Ours in the books: ``own`` are the prices where we have something, ``shares`` what
    one engine has at one of them, ``share_times`` when its consumption there last
    changed (where the tape names no orders; empty where no engine's decays),
    ``queues`` queue positions, ``taken`` what is consumed of tape orders, ``changes``
    what a packet does to those, ``displaced`` (engines, instruments) tape volume that
    lost its orders to us, ``orders`` our orders that live, ``joined``
    the numbers of the batches with which they joined (empty where all are served in
    turn); ``heads`` (engines, instruments, 2) is each engine's best share.
    ``matchings`` (instruments, 2) is how they are matched, ``tops`` (engines,
    instruments with a top order, 2) the own orders that were the last to better the
    market.
    ``terms`` are the stop prices and times of those that have any, ``replaces`` what
    replaces on their way ask for, ``answers`` those of this step that were done, and
    ``refused`` what was refused: as sent if the venue refused it, else the complement.
    ``expiries`` is a heap of times, ``stops`` (StopTrigger, instruments, 2) lists of
    the stops that wait; ``last_prints`` are the prices they are judged by on arrival,
    ``ready`` (2, capacity) the orders that are over, and the stops that are triggered,
    before the next batch; ``closes`` (instruments, n) is when day orders end.

    Who: ``engines`` are pools of liquidity, ``impacts`` (groups, instruments) how their
    takes move the market, ``desks`` net, ``groups`` have limits together, by what their
    ``group_accounts`` (groups, instruments) know and by what is ``counted`` (orders, 2)
    of each order, ``portfolios`` trade;
    ``accounts`` (portfolios, instruments) hold positions and cash; ``fees`` (rows,
    Liquidity) rates; ``money`` (instruments) is what a lot is worth at a price of half
    a tick, ``notionals`` are limits of what positions may be worth, and ``worths`` the
    same as ``money`` in their unit; ``strategies`` and ``scripts`` what they do.

    Time: ``timers`` with their ``members`` wake regularly, ``heap`` irregularly,
    ``due`` wake now; ``listeners`` of each view wake for events, of the instruments
    and kinds in ``ears`` (portfolios, instruments), together ``view_ears`` and just now
    ``heard`` (views, instruments). ``outbox`` is what was sent in this round: slots of
    orders, ``~slot`` for cancels. ``waiting`` are the orders at desks that net over a
    span of time, ``windows`` (desks, instruments) when those close. ``flights`` with
    their ``rings`` (flights, capacity) are what is on its way, ``arrivals`` a heap of
    those flights whose delay varies by ``delays`` and their ``samples``, ``batch`` what
    arrives, in tie order, in ``runs`` (2, capacity) of one portfolio each, the second
    row for sorting.
    ``rates`` are how fast the portfolios with a limit may send, ``rate_times`` when
    their last messages left, and ``leave_times`` when orders left that may be held
    back, by their terms.
    ``views`` are the feed delays, ``sights`` (views, 2) how far those that vary see and
    have heard.

    Outside: ``briefs`` (portfolios, Brief) and ``told`` (n, Told) are what strategies
    in plain Python are told, ``requests`` (n, Request) what compiled strategies of the
    user's ask for; ``params`` and ``memory`` (portfolios, n) are theirs.

    Scratch: ``keys`` (2, capacity) for sorting and ``work`` (4, capacity) for parts,
    both of the orders that take or net at once; ``line`` who stands at a price that is
    matched in proportion to size, ``touched`` the levels that a packet
    mentioned, ``ended`` the orders that ended since the last settlement.

    Out: ``fills``, ``history``, ``marks``; ``reports`` is what portfolios have yet to
    learn. ``last_marks`` is when each mid was recorded last, ``symbols`` the hash of
    each symbol, ``clock`` counters and the heads of the free chains.
    """

    ladder: Records
    books: Records
    far: Records
    tape: Records
    tape_notes: Records
    mids: NDArray[np.int64]
    trails: Records
    touches: Records
    own: Records
    shares: Records
    share_times: NDArray[np.int64]
    queues: Records
    taken: Records
    changes: Records
    displaced: NDArray[np.int64]
    models: Records
    orders: Records
    joined: NDArray[np.int64]
    terms: Records
    replaces: Records
    answers: Records
    refused: NDArray[np.int32]
    expiries: Records
    stops: Records
    ready: NDArray[np.int32]
    last_prints: NDArray[np.int64]
    closes: NDArray[np.int64]
    matchings: Records
    tops: NDArray[np.int32]
    engines: Records
    impacts: Records
    heads: NDArray[np.int32]
    desks: Records
    groups: Records
    group_accounts: Records
    counted: NDArray[np.int64]
    notionals: Records
    worths: NDArray[np.float64]
    portfolios: Records
    accounts: Records
    fees: Records
    money: Records
    strategies: Records
    scripts: Records
    views: Records
    sights: Records
    timers: Records
    members: NDArray[np.int32]
    heap: Records
    due: NDArray[np.int32]
    listeners: NDArray[np.int32]
    ears: NDArray[np.int32]
    view_ears: NDArray[np.int32]
    heard: NDArray[np.int32]
    briefs: NDArray[np.int64]
    told: NDArray[np.int64]
    requests: NDArray[np.int64]
    params: NDArray[np.int64]
    memory: NDArray[np.int64]
    outbox: NDArray[np.int32]
    waiting: NDArray[np.int32]
    windows: NDArray[np.int64]
    flights: Records
    rings: Records
    arrivals: Records
    delays: Records
    samples: NDArray[np.int64]
    rates: Records
    rate_times: NDArray[np.int64]
    leave_times: NDArray[np.int64]
    runs: Records
    batch: Records
    keys: Records
    work: NDArray[np.int64]
    line: Records
    touched: Records
    ended: NDArray[np.int32]
    reports: Records
    fills: Records
    history: Records
    marks: Records
    last_marks: NDArray[np.int64]
    symbols: NDArray[np.int64]
    clock: Records

    def __init__(self, **arrays: Records) -> None:
        names = {name for name, _, _ in FIELDS}
        if arrays.keys() != names:
            message = (
                f"missing: {sorted(names - arrays.keys())}, "
                f"unknown: {sorted(arrays.keys() - names)}"
            )
            raise TypeError(message)
        self._arrays = arrays
        table = np.zeros((len(FIELDS), COLUMNS), np.int64)
        for row, (name, dtype, ndim) in zip(table, FIELDS, strict=True):
            array = arrays[name]
            if (
                array.dtype != dtype
                or array.ndim != ndim
                or not array.flags.c_contiguous
            ):
                message = f"{name}: {array.dtype} with {array.ndim} dimensions"
                raise TypeError(message)
            row[0] = array.ctypes.data
            row[1 : 1 + ndim] = array.shape
            setattr(self, name, array)
        self._table = table
        #: Address of the table, which compiled code reads.
        self.address = int(table.ctypes.data)

    def with_arrays(self, **arrays: Records) -> "State":
        """
        Make a state in which some arrays are others.

        Parameters
        ----------
        **arrays : ndarray
            The arrays to put in.

        Returns
        -------
        State
            The rest is shared with this one; it is this one if nothing is other.
        """
        if all(array is self._arrays.get(name) for name, array in arrays.items()):
            return self
        return State(**{**self._arrays, **arrays})


register(State, FIELDS)
