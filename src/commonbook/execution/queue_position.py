"""
How much of the tape's size is ahead of a resting order.

Orders at one level whose position is the same, bit for bit, share one QUEUE entry,
whoever they belong to; entries that become equal are merged. So the cost of an event at
a level grows with the number of distinct positions, not with the number of orders.
"""

from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.execution.queue_model import lots_ahead
from commonbook.execution.taken import taken_ahead


@kernel
def enter_queue(
    s: State,
    own: int,
    model: int,
    ahead: float,
    traded: int,
    after: float,
    place: int,
) -> int:
    """
    Find or make the entry for a queue position, and count one more order there.

    Parameters
    ----------
    s : State
        Changed in place; the pool has an entry left.
    own : int
        The price level of ours.
    model : int
        Row of the queue model.
    ahead : float
        Tape size ahead (lots).
    traded : int
        Printed since the level was last mentioned (lots).
    after : float
        Order by order: tape size ahead at the end of the packet (lots); 0 on L2.
    place : int
        Order by order: tape orders of a lower place are ahead; 0 on L2.

    Returns
    -------
    int
        The entry.
    """
    settled = _is_settled(s)
    queue = int(s.own[own]["queues"])
    while queue >= 0:
        entry = s.queues[queue]
        if (
            entry["ahead"] == ahead
            and entry["traded"] == traded
            and entry["model"] == model
            and entry["after"] == after
            and (settled or entry["place"] == place)
        ):
            entry["refs"] += 1
            return queue
        queue = int(entry["next"])
    clock = s.clock[0]
    queue = int(clock["free_queues"])
    entry = s.queues[queue]
    clock["free_queues"] = entry["next"]
    clock["left_queues"] -= 1
    entry["ahead"] = ahead
    entry["after"] = after
    entry["place"] = place
    entry["traded"] = traded
    entry["model"] = model
    entry["refs"] = 1
    entry["merged"] = -1
    entry["next"] = s.own[own]["queues"]
    s.own[own]["queues"] = queue
    return queue


@kernel
def free_queue(s: State, queue: int) -> None:
    """
    Give an entry back.

    Parameters
    ----------
    s : State
        Changed in place.
    queue : int
        The entry, which is in no level.
    """
    clock = s.clock[0]
    s.queues[queue]["next"] = clock["free_queues"]
    clock["free_queues"] = queue
    clock["left_queues"] += 1


@kernel
def queue_of(s: State, slot: int) -> int:
    """
    Find the live entry of an order, following mergers.

    Parameters
    ----------
    s : State
        The order is pointed to the live entry in place.
    slot : int
        The order.

    Returns
    -------
    int
        The entry.
    """
    queue = int(s.orders[slot]["queue"])
    while s.queues[queue]["merged"] >= 0:
        target = int(s.queues[queue]["merged"])
        s.queues[queue]["refs"] -= 1
        if s.queues[queue]["refs"] == 0:
            free_queue(s, queue)
        queue = target
    s.orders[slot]["queue"] = queue
    return queue


@kernel
def ahead_of(s: State, share: int, slot: int) -> float:
    """
    Read how much tape size an engine still finds ahead of an order.

    Parameters
    ----------
    s : State
        The order is pointed to its live entry in place.
    share : int
        The order's share.
    slot : int
        The order.

    Returns
    -------
    float
        Lots.
    """
    entry = s.queues[queue_of(s, slot)]
    ahead = float(entry["ahead"])
    if s.shares[share]["taken"] < 0:
        return ahead
    return max(0.0, ahead - taken_ahead(s, share, int(entry["place"])))


@kernel
def most_ahead(s: State, share: int) -> int:
    """
    Find the largest tape size ahead of any order of an engine at a price.

    Parameters
    ----------
    s : State
        Orders may be pointed to their live entries in place.
    share : int
        The engine's share at the price.

    Returns
    -------
    int
        Whole lots, 0 without orders.
    """
    most = 0
    entry = s.shares[share]
    alone = entry["prev_share"] < 0 and entry["next_share"] < 0
    if alone and entry["taken"] < 0:
        # Nobody else is here, so all positions are its own: fewer than its orders.
        queue = int(s.own[int(entry["own"])]["queues"])
        while queue >= 0:
            most = max(most, lots_ahead(float(s.queues[queue]["ahead"])))
            queue = int(s.queues[queue]["next"])
        return most
    slot = int(entry["head"])
    while slot >= 0:
        most = max(most, lots_ahead(ahead_of(s, share, slot)))
        slot = int(s.orders[slot]["next"])
    return most


@kernel
def leave_queue(s: State, own: int, slot: int) -> None:
    """
    Count one order less at its queue position.

    Parameters
    ----------
    s : State
        Changed in place.
    own : int
        The price level of ours.
    slot : int
        The order.
    """
    queue = queue_of(s, slot)
    entry = s.queues[queue]
    entry["refs"] -= 1
    if entry["refs"] > 0:
        return
    before = int(s.own[own]["queues"])
    if before == queue:
        s.own[own]["queues"] = entry["next"]
    else:
        while s.queues[before]["next"] != queue:
            before = int(s.queues[before]["next"])
        s.queues[before]["next"] = entry["next"]
    free_queue(s, queue)


@kernel
def move_in_queue(s: State, own: int, slot: int, ahead: float) -> None:
    """
    Give one order another queue position, apart from those it shared one with.

    Parameters
    ----------
    s : State
        Changed in place; the pool has an entry left.
    own : int
        The price level of ours.
    slot : int
        The order.
    ahead : float
        Its new estimated size ahead (lots).
    """
    entry = s.queues[queue_of(s, slot)]
    if entry["ahead"] == ahead:
        return
    if entry["refs"] == 1:
        entry["ahead"] = ahead
        return
    model = int(entry["model"])
    traded = int(entry["traded"])
    after = float(entry["after"])
    place = int(entry["place"])
    leave_queue(s, own, slot)
    s.orders[slot]["queue"] = enter_queue(s, own, model, ahead, traded, after, place)


@kernel
def merge_equal(s: State, own: int) -> None:
    """
    Merge neighbouring entries of a level that have become equal.

    Parameters
    ----------
    s : State
        Changed in place.
    own : int
        The price level of ours.
    """
    newer = -1
    queue = int(s.own[own]["queues"])
    while queue >= 0:
        entry = s.queues[queue]
        older = int(entry["next"])
        if older >= 0 and _are_equal(s, queue, older):
            # The older entry stays, so that the orders that rest longest have no chain
            # to follow.
            s.queues[older]["refs"] += entry["refs"]
            entry["merged"] = older
            if newer < 0:
                s.own[own]["queues"] = older
            else:
                s.queues[newer]["next"] = older
        else:
            newer = queue
        queue = older


@kernel
def _is_settled(s: State) -> bool:
    """
    Say whether equal figures mean that the same tape orders are ahead.

    While a book is cleared, orders may still come back between two places. While
    consumed orders have changed, what was taken of them still counts at their places.
    """
    clock = s.clock[0]
    return bool(clock["n_cleared"] == 0 and clock["n_changes"] == 0)


@kernel
def _are_equal(s: State, queue: int, other: int) -> bool:
    entry, twin = s.queues[queue], s.queues[other]
    return bool(
        entry["ahead"] == twin["ahead"]
        and entry["after"] == twin["after"]
        and entry["traded"] == twin["traded"]
        and entry["model"] == twin["model"]
        and (_is_settled(s) or entry["place"] == twin["place"])
    )


@kernel
def least_ahead(s: State, own: int) -> int:
    """
    Find the smallest size ahead of any order at a level.

    Parameters
    ----------
    s : State
        Read only.
    own : int
        The price level of ours.

    Returns
    -------
    int
        Whole lots; 2**62 when no order rests there.
    """
    least = 1 << 62
    queue = int(s.own[own]["queues"])
    while queue >= 0:
        least = min(least, lots_ahead(float(s.queues[queue]["ahead"])))
        queue = int(s.queues[queue]["next"])
    return least
