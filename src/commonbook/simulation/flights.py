"""
Messages on their way to the venue: how they leave, and how they arrive in tie order.

A *run* is what one portfolio sends in a row for one instrument. All of it arrives at
one time and has one place in tie order, so that runs are sorted, not messages.
"""

from commonbook.core.enums import MessageKind, Status
from commonbook.core.heap import next_place
from commonbook.core.integers import sort_keys
from commonbook.core.jit import kernel
from commonbook.core.message_records import REPLACES
from commonbook.core.order_records import LEFT
from commonbook.core.rng import tie_hash
from commonbook.core.state import State
from commonbook.execution.expiry import collect_expired
from commonbook.execution.netting import may_cross
from commonbook.execution.replaces import slot_of
from commonbook.portfolio.rates import leave
from commonbook.simulation.room import OK, room_to_gather
from commonbook.simulation.runs import INSTRUMENT_BITS, POOL_BITS, place_of
from commonbook.simulation.transit import await_next, next_arrival

ORDER = int(MessageKind.ORDER)
CANCEL = int(MessageKind.CANCEL)
EXPIRY = int(MessageKind.EXPIRY)
REPLACE = int(MessageKind.REPLACE)
TRIGGER = int(MessageKind.TRIGGER)
GROW_TAKERS = int(Status.GROW_TAKERS)
GROW_FLIGHTS = int(Status.GROW_FLIGHTS)

# RUN.second is the tie hash and the portfolio.
PORTFOLIO_BITS = 31
PORTFOLIOS = (1 << PORTFOLIO_BITS) - 1


@kernel
def dispatch(s: State) -> int:
    """
    Put what was sent, and is not crossed, on its way to the venue.

    Parameters
    ----------
    s : State
        Changed in place; the outbox is empty afterwards.

    Returns
    -------
    int
        ``OK``, or the Status that asks Python for more room.
    """
    clock = s.clock[0]
    n = int(clock["n_outbox"])
    capacity = s.rings.shape[1]
    if not _fits_the_rings(s, n):
        return GROW_FLIGHTS
    now = int(clock["now"])
    portfolio, instrument, f, first, arrives, rate = -1, -1, 0, 0, 0, -1
    for i in range(n):
        sent = int(s.outbox[i])
        order = s.orders[slot_of(sent)]
        if sent >= 0:
            if order["leaves"] == 0:
                continue
            order["journey"] = LEFT
        else:
            clock["n_asked"] += 1
        begins = order["portfolio"] != portfolio or order["instrument"] != instrument
        if begins:
            portfolio, instrument = int(order["portfolio"]), int(order["instrument"])
            f = int(s.portfolios[portfolio]["flight"])
            rate = int(s.portfolios[portfolio]["rate"])
        flight = s.flights[f]
        leaves = leave(s, rate, sent) if rate >= 0 else now
        ts = now + int(flight["delay"])
        if flight["rule"] >= 0:
            ts = next_arrival(s, f, portfolio, sent, leaves)
            begins = begins or ts != arrives
            arrives = ts
        place = _wrapped(int(flight["head"] + flight["count"]), capacity)
        flight["count"] += 1
        message = s.rings[f, place]
        message["ts"] = ts
        message["sent"] = sent
        if begins:
            first = place
            message["count"] = 0
        s.rings[f, first]["count"] += 1
    clock["n_outbox"] = 0
    return OK


@kernel
def gather(s: State) -> int:
    """
    Collect what reaches the venue now, in tie order by engine and instrument.

    Parameters
    ----------
    s : State
        ``batch`` and ``runs`` are filled, and the messages leave their rings.

    Returns
    -------
    int
        ``OK``, or the Status that asks Python for more room.
    """
    clock = s.clock[0]
    collect_expired(s)
    runs, messages = _arriving_runs(s)
    status = room_to_gather(s, runs, messages)
    if status != OK:
        return status
    tie_order(s, runs)
    capacity = s.rings.shape[1]
    n = 0
    for k in range(runs):
        run = s.runs[0, k]
        if run["start"] < 0:  # not a message: its time is over, or it is triggered
            _write_ready(s, n, ~int(run["start"]))
            run["start"] = n
            n += 1
            continue
        f = int(s.portfolios[int(run["second"]) & PORTFOLIOS]["flight"])
        place, count = int(run["start"]), int(run["count"])
        run["start"] = n
        for i in range(n, n + count):
            _write_arrival(s, i, int(s.rings[f, place]["sent"]))
            place = _wrapped(place + 1, capacity)
        n += count
        flight = s.flights[f]
        flight["head"] = _wrapped(int(flight["head"]) + count, capacity)
        flight["count"] -= count
        await_next(s, f)
    clock["n_runs"] = runs
    clock["run_pos"] = 0
    clock["work_messages"] += n - clock["n_expired"] - clock["n_triggered"]
    clock["n_expired"] = 0
    clock["n_triggered"] = 0
    return OK


@kernel
def gather_for_desks(s: State) -> int:
    """
    Collect the orders in the outbox that a desk nets now, in tie order by desk.

    Parameters
    ----------
    s : State
        ``batch`` and ``runs`` are filled; the outbox stays as it is.

    Returns
    -------
    int
        ``OK``, or the Status that asks Python for more room.
    """
    clock = s.clock[0]
    clock["n_runs"] = 0
    if s.desks.shape[0] == 0:
        return OK
    runs, orders = _sent_runs(s)
    status = room_to_gather(s, runs, orders)
    if status != OK:
        return status
    if orders > s.work.shape[1]:
        clock["need"] = orders
        return GROW_TAKERS
    tie_order(s, runs)
    n = 0
    for k in range(runs):
        run = s.runs[0, k]
        start, count = int(run["start"]), int(run["count"])
        run["start"] = n
        for i in range(count):
            _write_arrival(s, n + i, int(s.outbox[start + i]))
        n += count
    clock["n_runs"] = runs
    return OK


@kernel
def _fits_the_rings(s: State, n: int) -> bool:
    """Say whether there is room in the rings for what is sent."""
    clock = s.clock[0]
    capacity = s.rings.shape[1]
    most = 0
    for f in range(clock["n_steady"]):
        most = max(most, int(s.flights[f]["count"]))
    if clock["n_steady"] < s.flights.shape[0]:
        for i in range(n):
            sent = int(s.outbox[i])
            sender = int(s.orders[slot_of(sent)]["portfolio"])
            f = int(s.portfolios[sender]["flight"])
            most = max(most, int(s.flights[f]["count"]))
    clock["need"] = most + n
    return bool(most + n <= capacity)


@kernel
def _arriving_runs(s: State) -> tuple[int, int]:
    """Count the runs and messages that arrive now; list those there is room for."""
    clock = s.clock[0]
    runs = _ready_runs(s)
    messages = runs
    for f in range(clock["n_steady"]):
        runs, messages = _arriving_in(s, f, runs, messages)
    n = int(clock["n_arrivals"])
    k = 0
    while k < n:
        due = s.arrivals[k]["ts"] <= clock["now"]
        if due:
            f = int(s.arrivals[k]["owner"])
            runs, messages = _arriving_in(s, f, runs, messages)
        k = next_place(k, n, due)
    return runs, messages


@kernel
def _arriving_in(s: State, f: int, runs: int, messages: int) -> tuple[int, int]:
    """Count what arrives of one flight on top of what is counted; list it."""
    now = s.clock[0]["now"]
    capacity = s.rings.shape[1]
    place, left = int(s.flights[f]["head"]), int(s.flights[f]["count"])
    while left > 0 and s.rings[f, place]["ts"] <= now:
        message = s.rings[f, place]
        count = int(message["count"])
        if runs < s.runs.shape[1]:
            sent = int(message["sent"])
            _list_arrival(s, runs, slot_of(sent), place, count)
        runs += 1
        messages += count
        left -= count
        place = _wrapped(place + count, capacity)
    return runs, messages


@kernel
def _ready_runs(s: State) -> int:
    """Count what is due at the venue itself, and list it if there is room."""
    clock = s.clock[0]
    expired, triggered = int(clock["n_expired"]), int(clock["n_triggered"])
    for k in range(min(expired + triggered, s.runs.shape[1])):
        kind, i = (0, k) if k < expired else (1, k - expired)
        _list_arrival(s, k, int(s.ready[kind, i]), ~k, 1)
    return expired + triggered


@kernel
def _list_arrival(s: State, k: int, slot: int, start: int, count: int) -> None:
    """List a run that arrives."""
    engine = int(s.portfolios[int(s.orders[slot]["portfolio"])]["engine"])
    list_run(s, k, slot, int(s.engines[engine]["impact"]), engine)
    s.runs[0, k]["start"] = start
    s.runs[0, k]["count"] = count


@kernel
def _sent_runs(s: State) -> tuple[int, int]:
    """Count what desks may net, and the runs of it; list those there is room for."""
    runs, orders = 0, 0
    portfolio, instrument = -1, -1
    clock = s.clock[0]
    waits = s.waiting.shape[0] > 0
    for i in range(clock["n_released"] if waits else clock["n_outbox"]):
        slot = int(s.outbox[i])
        desk = -1
        if slot >= 0 and may_cross(s, s.orders[slot]):
            desk = int(s.portfolios[int(s.orders[slot]["portfolio"])]["desk"])
        if desk < 0:
            portfolio = -1  # a run has no gaps
            continue
        order = s.orders[slot]
        if order["portfolio"] != portfolio or order["instrument"] != instrument:
            portfolio, instrument = int(order["portfolio"]), int(order["instrument"])
            if runs < s.runs.shape[1]:
                list_run(s, runs, slot, desk, 0)
                s.runs[0, runs]["start"] = i
                s.runs[0, runs]["count"] = 0
            runs += 1
        if runs <= s.runs.shape[1]:
            s.runs[0, runs - 1]["count"] += 1
        orders += 1
    return runs, orders


@kernel
def list_run(s: State, k: int, slot: int, group: int, pool: int) -> None:
    """
    Note where a run goes and whose it is; the tie hash is not yet known.

    Parameters
    ----------
    s : State
        Changed in place.
    k : int
        Number of the run.
    slot : int
        An order of it.
    group : int
        Where it goes: group or desk.
    pool : int
        Pool of liquidity, 0 at desks.
    """
    order = s.orders[slot]
    place = (group << INSTRUMENT_BITS) + int(order["instrument"])
    s.runs[0, k]["first"] = (place << POOL_BITS) + pool
    s.runs[0, k]["second"] = order["portfolio"]


@kernel
def tie_order(s: State, n: int) -> None:
    """
    Sort the runs by place, tie hash and portfolio; equal ones keep their order.

    Parameters
    ----------
    s : State
        ``runs`` are changed in place.
    n : int
        Number of runs.
    """
    k = 1
    while k < n and s.runs[0, k - 1]["first"] < s.runs[0, k]["first"]:
        k += 1
    if k >= n:
        return  # nobody shares a place: no ties
    clock = s.clock[0]
    for k in range(n):
        run = s.runs[0, k]
        _, instrument, _ = place_of(s, k)
        rank = tie_hash(
            int(clock["seed"]),
            int(s.symbols[instrument]),
            int(clock["now"]),
            int(s.portfolios[int(run["second"])]["name_hash"]),
        )
        run["second"] += rank << PORTFOLIO_BITS
    sort_keys(s.runs[0], s.runs[1], n)


@kernel
def _write_arrival(s: State, i: int, sent: int) -> None:
    arrival = s.batch[i]
    arrival["slot"] = slot_of(sent)
    arrival["kind"] = ORDER
    if sent < 0:
        s.clock[0]["n_asked"] -= 1
        arrival["kind"] = REPLACE if ~sent >= REPLACES else CANCEL
    arrival["deferred"] = 0


@kernel
def _write_ready(s: State, i: int, k: int) -> None:
    """Write down what is due at the venue itself."""
    expired = int(s.clock[0]["n_expired"])
    arrival = s.batch[i]
    arrival["slot"] = s.ready[0, k] if k < expired else s.ready[1, k - expired]
    arrival["kind"] = EXPIRY if k < expired else TRIGGER
    arrival["deferred"] = 0


@kernel
def _wrapped(place: int, capacity: int) -> int:
    return place - capacity if place >= capacity else place
