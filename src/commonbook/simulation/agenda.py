"""
What is due at one time besides packets: arrivals, wakes, limits, netting, dispatch.

Each phase first makes sure that it cannot run out of room, then runs to its end; so the
loop can be left for Python at any phase and entered again at the same place.
"""

from commonbook.core.dtypes import Records
from commonbook.core.enums import (
    Distribution,
    ImpactModel,
    MessageKind,
    Phase,
    SelfTradeScope,
    Status,
)
from commonbook.core.jit import kernel
from commonbook.core.message_records import REFUSED
from commonbook.core.state import State
from commonbook.execution.batch import is_order, run_batch
from commonbook.execution.impact import charge_batch
from commonbook.execution.netting import net_orders
from commonbook.simulation.decide import run_wakes, take_over
from commonbook.simulation.flights import dispatch, gather, gather_for_desks
from commonbook.simulation.gate import judge_sent
from commonbook.simulation.learn import release
from commonbook.simulation.room import OK, room_for, room_for_line
from commonbook.simulation.runs import POOL_BITS, end_of_run, place_of, same_place
from commonbook.simulation.settle import settle
from commonbook.simulation.waiting import hold_back, room_at_desks
from commonbook.simulation.wakes import next_time

AGAIN = int(MessageKind.AGAIN)
CANCEL = int(MessageKind.CANCEL)
REPLACE = int(MessageKind.REPLACE)
PACKETS = int(Phase.PACKETS)
GATHER = int(Phase.GATHER)
BATCHES = int(Phase.BATCHES)
WAKES = int(Phase.WAKES)
LIMITS = int(Phase.LIMITS)
DESK = int(Phase.DESK)
DISPATCH = int(Phase.DISPATCH)
FIFO = int(Distribution.FIFO)
AVERAGE_PRICE = int(Distribution.AVERAGE_PRICE)
GROUP = int(SelfTradeScope.GROUP)
NO_IMPACT = int(ImpactModel.NONE)
OVERFLOW = int(Status.OVERFLOW)
MAX_WANTED = 1 << 61  # lots that the orders of one batch may want together
GROW_LEVELS = int(Status.GROW_LEVELS)
GROW_TAKERS = int(Status.GROW_TAKERS)
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
        status = _run_phase(s, events, int(phase))
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
def _run_phase(s: State, events: Records, phase: int) -> int:
    """Run one phase of a round."""
    if phase == GATHER:
        return gather(s)
    if phase == BATCHES:
        return _run_batches(s)
    if phase == WAKES:
        return run_wakes(s, events)
    if phase == LIMITS:
        return _judge(s)
    return _net(s) if phase == DESK else dispatch(s)


@kernel
def _run_batches(s: State) -> int:
    """Run the batches of each group and instrument in turn, and charge their impact."""
    clock = s.clock[0]
    n = int(clock["n_runs"])
    while clock["run_pos"] < n:
        k = int(clock["run_pos"])
        group, instrument, _ = place_of(s, k)
        moves = s.impacts[group, instrument]["model"] != NO_IMPACT
        stop = same_place(s, k, n, POOL_BITS if moves else 0)
        status = _room_for_batch(s, instrument, k, stop)
        if status != OK:
            return status
        first_fill = int(clock["n_fills"])
        first, last = int(s.runs[0, k]["start"]), end_of_run(s, stop - 1)
        while k < stop:
            end = same_place(s, k, stop, 0)
            _, _, engine = place_of(s, k)
            start = int(s.runs[0, k]["start"])
            run_batch(s, engine, instrument, start, end_of_run(s, end - 1))
            clock["work_batches"] += 1
            k = end
        if not charge_batch(s, group, instrument, first_fill):
            return OVERFLOW
        clock["run_pos"] = stop
        if not settle(s):
            return OVERFLOW
        for i in range(first, last):
            if _is_done(s, i):
                release(s, int(s.batch[i]["slot"]))
    return OK


@kernel
def _is_done(s: State, i: int) -> bool:
    """Say whether a message was about an order, and nothing will be told of it."""
    message = s.batch[i]
    kind = message["kind"]
    return kind in (CANCEL, REPLACE, AGAIN) and bool(message["deferred"] != REFUSED)


@kernel
def _room_for_batch(s: State, instrument: int, k: int, stop: int) -> int:
    """Check the room for a batch of runs: its takers may empty the whole book."""
    clock = s.clock[0]
    first, last = int(s.runs[0, k]["start"]), end_of_run(s, stop - 1)
    messages = last - first
    takers, wanted, replaces = _count_takers(s, first, last)
    if wanted > MAX_WANTED:
        return OVERFLOW
    levels = messages
    fills = 2 * messages
    ends = messages + 3 * replaces  # each may tell of what was before it
    joins = messages
    if takers > 0:
        if takers > s.work.shape[1]:
            clock["need"] = takers
            return GROW_TAKERS
        shown = int(
            s.books[instrument, 0]["n_levels"] + s.books[instrument, 0]["n_far"]
        )
        shown += int(
            s.books[instrument, 1]["n_levels"] + s.books[instrument, 1]["n_far"]
        )
        pools, resting = _pools(s, k, stop)
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
        meetings = (shown + resting) * takers + 2 * resting
        meetings += _shared_meetings(s, instrument, k, stop, takers, resting)
        fills += 2 * min(wanted, meetings)
        if fills > s.keys.shape[1] and _averages(s, k, stop):
            clock["need"] = fills
            return GROW_TAKERS
    clock["need"] = levels
    if clock["left_own"] < levels or clock["left_shares"] < levels:
        return GROW_LEVELS
    status = room_for(s, fills, ends, joins)
    return status if status != OK else room_for_line(s, instrument, joins)


@kernel
def _shared_meetings(
    s: State, instrument: int, k: int, stop: int, takers: int, resting: int
) -> int:
    """
    Count what takers meet beyond one piece of the queue after the other.

    Pro rata all who stand at a price may give to all takers but one again after each
    self trade, which ends an order. Takers that come one after the other take once.
    Orders that only reduce end in the middle of a take, or may take more after one of
    their portfolio was filled, and then all take again.
    """
    reducing = s.clock[0]["reducing"] == 1
    if s.matchings[instrument, 0]["pro_rata"] == 0:
        return (resting + takers) * takers if reducing else 0
    give = 0  # at one price
    while k < stop:
        _, _, engine = place_of(s, k)
        if reducing or s.engines[engine]["distribution"] != FIFO:
            give = max(give, 1)
            if s.engines[engine]["self_trade_scope"] != GROUP:
                give = max(give, 1 + _most_at_a_price(s, instrument))
        k = same_place(s, k, stop, 0)
    return (resting + takers) * (takers if reducing else takers - 1) * give


@kernel
def _most_at_a_price(s: State, instrument: int) -> int:
    """Find the largest number of own orders at one price."""
    most = 0
    for side in range(2):
        own = int(s.books[instrument, side]["own_head"])
        while own >= 0:
            most = max(most, int(s.own[own]["n_orders"]))
            own = int(s.own[own]["next"])
    return most


@kernel
def _count_takers(s: State, first: int, last: int) -> tuple[int, int, int]:
    """Count who may take in a batch, the lots that they want, and the replaces."""
    takers, wanted, replaces = 0, 0, 0
    for i in range(first, last):
        if s.batch[i]["kind"] == REPLACE:
            replaces += 1
        if not is_order(s, i):
            continue
        order = s.orders[int(s.batch[i]["slot"])]
        if order["post_only"] == 0 and wanted <= MAX_WANTED:
            takers += 1
            wanted += int(order["leaves"])
    if replaces > 0 and wanted <= MAX_WANTED:
        return takers + replaces, MAX_WANTED, replaces
    return takers, wanted, replaces


@kernel
def _pools(s: State, k: int, stop: int) -> tuple[int, int]:
    """Count the pools that runs go to, and the orders that rest in them."""
    pools, resting = 0, 0
    while k < stop:
        _, _, engine = place_of(s, k)
        pools += 1
        resting += int(s.engines[engine]["n_resting"])
        k = same_place(s, k, stop, 0)
    return pools, resting


@kernel
def _judge(s: State) -> int:
    """Refuse what was sent in this round and is too much for a whole group."""
    if s.clock[0]["n_briefs"] > 0 and not take_over(s):
        return OVERFLOW
    return judge_sent(s) if s.groups.shape[0] > 0 else OK


@kernel
def _averages(s: State, k: int, stop: int) -> bool:
    """Say whether a pool that runs go to gives its takers an average price."""
    while k < stop:
        _, _, engine = place_of(s, k)
        if s.engines[engine]["distribution"] == AVERAGE_PRICE:
            return True
        k = same_place(s, k, stop, 0)
    return False


@kernel
def _net(s: State) -> int:
    """Let each desk cross what its portfolios sent in this round."""
    clock = s.clock[0]
    waits = s.waiting.shape[0] > 0
    if waits:
        status = room_at_desks(s)
        if status != OK:
            return status
        hold_back(s)
    status = gather_for_desks(s)
    if status != OK:
        return status
    n = int(clock["n_runs"])
    if n < 2:
        return OK if not waits or settle(s) else OVERFLOW
    m = end_of_run(s, n - 1)
    status = room_for(s, 2 * m, m, 0)
    if status != OK:
        return status
    k = 0
    while k < n:
        stop = same_place(s, k, n, 0)
        if stop - k > 1:  # nobody crosses with himself
            desk, instrument, _ = place_of(s, k)
            first, last = int(s.runs[0, k]["start"]), end_of_run(s, stop - 1)
            net_orders(s, instrument, first, last, s.desks[desk])
        k = stop
    return OK if settle(s) else OVERFLOW
