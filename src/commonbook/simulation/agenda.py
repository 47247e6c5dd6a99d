"""
What is due at one time besides packets: arrivals, wakes, netting, dispatch.

Each phase first makes sure that it cannot run out of room, then runs to its end; so the
loop can be left for Python at any phase and entered again at the same place.
"""

from commonbook.core.dtypes import Records
from commonbook.core.enums import ImpactModel, Phase, Status
from commonbook.core.integers import sort_keys
from commonbook.core.jit import kernel
from commonbook.core.rng import tie_hash
from commonbook.core.state import State
from commonbook.execution.batch import run_batch
from commonbook.execution.impact import charge_batch
from commonbook.execution.netting import net_orders
from commonbook.simulation.decide import run_wakes, take_over
from commonbook.simulation.room import OK, room_for
from commonbook.simulation.settle import free_order, settle
from commonbook.simulation.wakes import next_time

PACKETS = int(Phase.PACKETS)
GATHER = int(Phase.GATHER)
BATCHES = int(Phase.BATCHES)
WAKES = int(Phase.WAKES)
DESK = int(Phase.DESK)
DISPATCH = int(Phase.DISPATCH)
NO_IMPACT = int(ImpactModel.NONE)
OVERFLOW = int(Status.OVERFLOW)
MAX_WANTED = 1 << 61  # lots that the orders of one batch may want together
GROW_BATCH = int(Status.GROW_BATCH)
GROW_LEVELS = int(Status.GROW_LEVELS)
GROW_FLIGHTS = int(Status.GROW_FLIGHTS)
GROW_TAKEN = int(Status.GROW_TAKEN)
CALL_PYTHON = int(Status.CALL_PYTHON)


@kernel
def run_agenda(s: State, events: Records) -> int:
    """
    Run the rounds of one time, or resume them.

    Parameters
    ----------
    s : State
        Changed in place; ``CLOCK.phase`` says where to begin.
    events : ndarray of EVENT, shape (n_events,)
        The tape, for views with a feed delay.

    Returns
    -------
    int
        ``OK`` when nothing more is due at this time, or the Status that asks Python for
        more room.
    """
    clock = s.clock[0]
    while True:
        phase = clock["phase"]
        status = OK
        if phase == GATHER:
            status = _gather(s)
        elif phase == BATCHES:
            status = _run_batches(s)
        elif phase == WAKES:
            status = run_wakes(s, events)
        elif phase == DESK:
            status = _net(s)
        else:
            status = _dispatch(s)
        if status not in (OK, CALL_PYTHON):
            return status
        clock["phase"] = phase + 1
        if phase == DISPATCH:
            clock["next_ts"] = next_time(s)
            over = clock["next_ts"] > clock["now"]
            clock["phase"] = PACKETS if over else GATHER
            if over:
                return OK
        if status == CALL_PYTHON:
            return status


@kernel
def _gather(s: State) -> int:
    """Collect what reaches the venue now, in tie order by engine and instrument."""
    clock = s.clock[0]
    now = clock["now"]
    count = 0
    for f in range(s.flights.shape[0]):
        count += int(s.flights[f]["count"])
    if count > s.batch.shape[0]:
        clock["need"] = count
        return GROW_BATCH
    n = 0
    capacity = s.rings.shape[1]
    for f in range(s.flights.shape[0]):
        flight = s.flights[f]
        while flight["count"] > 0 and s.rings[f, int(flight["head"])]["ts"] <= now:
            s.arrivals[n] = s.rings[f, int(flight["head"])]
            n += 1
            flight["head"] = (flight["head"] + 1) % capacity
            flight["count"] -= 1
    for i in range(n):
        order = s.orders[int(s.arrivals[i]["slot"])]
        engine = int(s.portfolios[int(order["portfolio"])]["engine"])
        group = int(s.engines[engine]["impact"])
        place = group * 65536 + int(order["instrument"])
        s.keys[0, i]["first"] = place * (1 << 24) + engine
    _tie_order(s, n)
    clock["n_batch"] = n
    clock["batch_pos"] = 0
    clock["work_messages"] += n
    return OK


@kernel
def _tie_order(s: State, n: int) -> None:
    """Put ``arrivals[:n]``, grouped by the first key, into ``batch`` in tie order."""
    clock = s.clock[0]
    if n == 1:
        s.batch[0] = s.arrivals[0]
        return
    for i in range(n):
        order = s.orders[int(s.arrivals[i]["slot"])]
        portfolio = int(order["portfolio"])
        rank = tie_hash(
            int(clock["seed"]),
            int(s.symbols[int(order["instrument"])]),
            int(clock["now"]),
            int(s.portfolios[portfolio]["name_hash"]),
        )
        s.keys[0, i]["second"] = rank * (1 << 31) + portfolio
        s.keys[0, i]["index"] = i
    sort_keys(s.keys[0], s.keys[1], n)
    for i in range(n):
        s.batch[i] = s.arrivals[int(s.keys[0, i]["index"])]


@kernel
def _same_batch(s: State, first: int, n: int, by_desk: bool) -> int:
    """Find the end of the messages of one instrument and one engine, or one desk."""
    order = s.orders[int(s.batch[first]["slot"])]
    owner = s.portfolios[int(order["portfolio"])]
    instrument = order["instrument"]
    group = owner["desk"] if by_desk else owner["engine"]
    last = first + 1
    while last < n:
        order = s.orders[int(s.batch[last]["slot"])]
        owner = s.portfolios[int(order["portfolio"])]
        if order["instrument"] != instrument:
            break
        if (owner["desk"] if by_desk else owner["engine"]) != group:
            break
        last += 1
    return last


@kernel
def _run_batches(s: State) -> int:
    """Run the batches of each group and instrument in turn, and charge their impact."""
    clock = s.clock[0]
    n = int(clock["n_batch"])
    while clock["batch_pos"] < n:
        first = int(clock["batch_pos"])
        instrument = int(s.orders[int(s.batch[first]["slot"])]["instrument"])
        group = int(s.engines[_engine_of(s, first)]["impact"])
        last = _same_batch(s, first, n, False)
        if s.impacts[group, instrument]["model"] != NO_IMPACT:
            while last < n and _moves_with(s, last, group, instrument):
                last += 1
        status = _room_for_batch(s, instrument, first, last)
        if status != OK:
            return status
        first_fill = int(clock["n_fills"])
        start = first
        while start < last:
            stop = _same_batch(s, start, last, False)
            run_batch(s, _engine_of(s, start), instrument, start, stop)
            clock["work_batches"] += 1
            start = stop
        if not charge_batch(s, group, instrument, first_fill):
            return OVERFLOW
        clock["batch_pos"] = last
        if not settle(s):
            return OVERFLOW
        for i in range(first, last):
            if s.batch[i]["cancel"] == 1:
                _cancel_arrived(s, int(s.batch[i]["slot"]))
    return OK


@kernel
def _engine_of(s: State, i: int) -> int:
    """Find the pool of liquidity that message i goes to."""
    order = s.orders[int(s.batch[i]["slot"])]
    return int(s.portfolios[int(order["portfolio"])]["engine"])


@kernel
def _moves_with(s: State, i: int, group: int, instrument: int) -> bool:
    """Say whether message i moves the same market: other pools of one group."""
    order = s.orders[int(s.batch[i]["slot"])]
    if order["instrument"] != instrument:
        return False
    return bool(s.engines[_engine_of(s, i)]["impact"] == group)


@kernel
def _cancel_arrived(s: State, slot: int) -> None:
    """Let go of an order whose last cancel has arrived and whose end is known."""
    order = s.orders[slot]
    order["cancels"] -= 1
    if order["cancels"] == 0 and order["known"] == 1:
        free_order(s, slot)


@kernel
def _room_for_batch(s: State, instrument: int, first: int, last: int) -> int:
    """Check the room for a batch: its takers may empty the whole book."""
    clock = s.clock[0]
    messages = last - first
    takers, wanted = 0, 0
    for i in range(first, last):
        order = s.orders[int(s.batch[i]["slot"])]
        if order["post_only"] == 0 and s.batch[i]["cancel"] == 0:
            takers += 1
            wanted += int(order["leaves"])
            if wanted > MAX_WANTED:
                return OVERFLOW
    levels = messages
    fills = 2 * messages
    ends = messages
    joins = messages
    if takers > 0:
        shown = int(
            s.books[instrument, 0]["n_levels"] + s.books[instrument, 0]["n_far"]
        )
        shown += int(
            s.books[instrument, 1]["n_levels"] + s.books[instrument, 1]["n_far"]
        )
        pools, resting = _pools(s, first, last)
        resting += messages
        ends += resting
        joins += resting
        levels += min(wanted, shown * pools)
        named = int(
            s.books[instrument, 0]["n_orders"] + s.books[instrument, 1]["n_orders"]
        )
        if named > 0:
            clock["need"] = min(wanted, named * takers)
            if clock["left_taken"] < clock["need"]:
                return GROW_TAKEN
        fills += 2 * min(wanted, (shown + resting) * takers + 2 * resting)
    clock["need"] = levels
    if clock["left_own"] < levels or clock["left_shares"] < levels:
        return GROW_LEVELS
    return room_for(s, fills, ends, joins)


@kernel
def _pools(s: State, first: int, last: int) -> tuple[int, int]:
    """Count the pools that messages go to, and the orders that rest in them."""
    pools, resting = 0, 0
    engine = -1
    for i in range(first, last):  # messages of one pool stand together
        if _engine_of(s, i) != engine:
            engine = _engine_of(s, i)
            pools += 1
            resting += int(s.engines[engine]["n_resting"])
    return pools, resting


@kernel
def _net(s: State) -> int:
    """Let each desk cross what its portfolios sent in this round."""
    clock = s.clock[0]
    if clock["n_briefs"] > 0 and not take_over(s):
        return OVERFLOW
    m = _netting_candidates(s, False)
    if m < 2:
        return OK
    if m > s.batch.shape[0]:
        clock["need"] = m
        return GROW_BATCH
    status = room_for(s, 2 * m, m, 0)
    if status != OK:
        return status
    _netting_candidates(s, True)
    _tie_order(s, m)
    first = 0
    while first < m:
        last = _same_batch(s, first, m, True)
        if last - first > 1:
            order = s.orders[int(s.batch[first]["slot"])]
            desk = s.desks[int(s.portfolios[int(order["portfolio"])]["desk"])]
            net_orders(s, int(order["instrument"]), first, last, desk)
        first = last
    return OK if settle(s) else OVERFLOW


@kernel
def _netting_candidates(s: State, copies: bool) -> int:
    """Count the orders that a desk may net, or copy them to ``arrivals``."""
    m = 0
    for i in range(s.clock[0]["n_outbox"]):
        order = s.orders[int(s.outbox[i]["slot"])]
        desk = int(s.portfolios[int(order["portfolio"])]["desk"])
        if desk >= 0 and s.outbox[i]["cancel"] == 0 and order["post_only"] == 0:
            if copies:
                s.arrivals[m] = s.outbox[i]
                s.keys[0, m]["first"] = desk * 65536 + int(order["instrument"])
            m += 1
    return m


@kernel
def _dispatch(s: State) -> int:
    """Put what was sent, and is not crossed, on its way to the venue."""
    clock = s.clock[0]
    n = int(clock["n_outbox"])
    capacity = s.rings.shape[1]
    for f in range(s.flights.shape[0]):
        if s.flights[f]["count"] + n > capacity:
            clock["need"] = s.flights[f]["count"] + n
            return GROW_FLIGHTS
    now = int(clock["now"])
    for i in range(n):
        message = s.outbox[i]
        order = s.orders[int(message["slot"])]
        if message["cancel"] == 0:
            if order["leaves"] == 0:
                continue
            order["ts_sent"] = now
        f = int(s.portfolios[int(order["portfolio"])]["flight"])
        flight = s.flights[f]
        place = s.rings[f, (flight["head"] + flight["count"]) % capacity]
        place["ts"] = now + flight["delay"]
        place["slot"] = message["slot"]
        place["cancel"] = message["cancel"]
        flight["count"] += 1
    clock["n_outbox"] = 0
    return OK
