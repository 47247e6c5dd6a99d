"""
What would take a whole group beyond its limits is refused before it leaves.

Everything sent in a round is judged when all have sent: by instrument, in tie order.
"""

from commonbook.core.enums import OrderState, Reason, Status
from commonbook.core.jit import kernel
from commonbook.core.message_records import REPLACES
from commonbook.core.state import State
from commonbook.execution.orders import end_order, never_left
from commonbook.execution.replaces import replace_before, slot_of, take_back
from commonbook.portfolio.groups import agree, count_order, count_replace, hear_all
from commonbook.simulation.flights import list_run, tie_order
from commonbook.simulation.learn import not_open
from commonbook.simulation.room import OK, room_for, room_to_gather
from commonbook.simulation.runs import place_of
from commonbook.simulation.settle import settle
from commonbook.strategy.changes import refuse_change
from commonbook.strategy.verbs import UNLISTED

REJECTED = int(OrderState.REJECTED)
GROUP_LIMIT = int(Reason.GROUP_LIMIT)
OVERFLOW = int(Status.OVERFLOW)
GROW_REFUSED = int(Status.GROW_REFUSED)

#: Stands in the outbox for what is refused: no order and no message is so.
DROPPED = -(1 << 31)


@kernel
def judge_sent(s: State) -> int:
    """
    Refuse what takes groups beyond their limits, of all that was sent in this round.

    Parameters
    ----------
    s : State
        Changed in place. What is refused leaves the outbox.

    Returns
    -------
    int
        ``OK``, ``OVERFLOW`` when money left 64 bits, or the Status that asks Python for
        more room.
    """
    clock = s.clock[0]
    runs = _list_runs(s)
    if runs == 0:
        return OK
    status = _room(s, runs)
    if status != OK:
        return status
    tie_order(s, runs)
    group, refused = -1, 0
    for k in range(runs):
        place, _, _ = place_of(s, k)
        if place != group:
            group = place
            hear_all(s, group, int(clock["now"]))
        first = int(s.runs[0, k]["start"])
        for i in range(first, first + int(s.runs[0, k]["count"])):
            refused += _judge(s, i)
    if refused == 0:
        return OK
    _drop(s)
    return OK if settle(s) else OVERFLOW


@kernel
def _list_runs(s: State) -> int:
    """Count the runs of groups with limits; list those there is room for."""
    runs, portfolio, instrument = 0, -1, -1
    for i in range(s.clock[0]["n_outbox"]):
        slot = slot_of(int(s.outbox[i]))
        order = s.orders[slot]
        group = int(s.portfolios[int(order["portfolio"])]["group"])
        if group < 0:
            portfolio = -1  # a run has no gaps
            continue
        if order["portfolio"] != portfolio or order["instrument"] != instrument:
            portfolio, instrument = int(order["portfolio"]), int(order["instrument"])
            if runs < s.runs.shape[1]:
                list_run(s, runs, slot, group, 0)
                s.runs[0, runs]["start"] = i
                s.runs[0, runs]["count"] = 0
            runs += 1
        if runs <= s.runs.shape[1]:
            s.runs[0, runs - 1]["count"] += 1
    return runs


@kernel
def _room(s: State, runs: int) -> int:
    """Check that all that was sent can be refused."""
    clock = s.clock[0]
    status = room_to_gather(s, runs, 0)
    if status != OK:
        return status
    sent = int(clock["n_outbox"])
    refused = int(clock["n_refused"]) + sent
    if s.refused.shape[0] < refused:
        clock["need"] = refused
        return GROW_REFUSED
    return room_for(s, 0, 2 * sent, 0)


@kernel
def _judge(s: State, i: int) -> int:
    """Let a message leave, or refuse it; 1 if it is refused."""
    sent = int(s.outbox[i])
    slot = slot_of(sent)
    if sent >= 0:
        if count_order(s, slot):
            return 0
        not_open(s, slot)
        s.orders[slot]["known_leaves"] = 0
        s.orders[slot]["prev_mine"] = UNLISTED
        end_order(s, slot, REJECTED, GROUP_LIMIT)
        s.outbox[i] = DROPPED
        return 1
    replaces = ~sent >= REPLACES
    number = replace_before(s, slot, _later_replaces(s, i)) if replaces else -1
    if never_left(s.orders[slot]):  # it has just been refused
        s.clock[0]["work_too_late"] += 1
    elif not replaces:
        return 0
    else:
        leaves = count_replace(s, slot, int(s.replaces[number]["qty"]))
        agree(s, slot)
        if leaves:
            return 0
    if replaces:
        take_back(s, slot, number)
    s.orders[slot]["cancels"] -= 1
    refuse_change(s, slot, ~sent)
    s.outbox[i] = DROPPED
    return 1


@kernel
def _later_replaces(s: State, i: int) -> int:
    """Count the replaces of the same order that were sent after one in this round."""
    sent = s.outbox[i]
    portfolio = s.orders[slot_of(int(sent))]["portfolio"]
    later = 0
    for k in range(i + 1, s.clock[0]["n_outbox"]):
        if s.outbox[k] == sent:
            later += 1
        elif s.outbox[k] != DROPPED:
            owner = s.orders[slot_of(int(s.outbox[k]))]["portfolio"]
            if owner != portfolio:
                break  # what one portfolio sends in a round is in a row
    return later


@kernel
def _drop(s: State) -> None:
    """Take what is refused out of the outbox."""
    clock = s.clock[0]
    kept = 0
    for i in range(clock["n_outbox"]):
        if s.outbox[i] != DROPPED:
            s.outbox[kept] = s.outbox[i]
            kept += 1
    clock["n_outbox"] = kept
