"""What the tape does to the queue positions of a level: prints, mentions, packets."""

from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.execution.queue_model import after_mention, lots_ahead
from commonbook.execution.queue_position import merge_equal


@kernel
def print_at(s: State, own: int, qty: int) -> None:
    """
    Lower every queue position of a level by a print.

    Parameters
    ----------
    s : State
        Changed in place.
    own : int
        The price level of ours.
    qty : int
        Size of the print (lots).
    """
    queue = int(s.own[own]["queues"])
    while queue >= 0:
        entry = s.queues[queue]
        entry["ahead"] = max(0.0, entry["ahead"] - qty)
        entry["traded"] += qty
        queue = int(entry["next"])
    merge_equal(s, own)


@kernel
def print_anywhere_at(s: State, own: int, qty: int, shown: int) -> None:
    """
    Update every queue position of a level by a print that took from anywhere in line.

    Parameters
    ----------
    s : State
        Changed in place.
    own : int
        The price level of ours.
    qty : int
        Size of the print (lots).
    shown : int
        Displayed size before the packet (lots).
    """
    queue = int(s.own[own]["queues"])
    while queue >= 0:
        entry = s.queues[queue]
        model = s.models[int(entry["model"])]
        ahead = float(entry["ahead"])
        prev = max(shown - int(entry["traded"]), lots_ahead(ahead))
        entry["ahead"] = after_mention(
            int(model["kind"]),
            float(model["exponent"]),
            ahead,
            0,
            prev,
            max(0, prev - qty),
        )
        entry["traded"] += qty
        queue = int(entry["next"])
    merge_equal(s, own)


@kernel
def mention_at(s: State, own: int, prev: int, new: int) -> None:
    """
    Update every queue position of a level that a packet mentioned.

    Parameters
    ----------
    s : State
        Changed in place.
    own : int
        The price level of ours.
    prev : int
        Displayed size before the packet (lots).
    new : int
        Displayed size after the packet (lots).
    """
    first = int(s.own[own]["queues"])
    queue = first
    while queue >= 0:
        entry = s.queues[queue]
        model = s.models[int(entry["model"])]
        entry["ahead"] = after_mention(
            int(model["kind"]),
            float(model["exponent"]),
            float(entry["ahead"]),
            int(entry["traded"]),
            prev,
            new,
        )
        entry["traded"] = 0
        queue = int(entry["next"])
    if s.queues[first]["next"] >= 0:
        merge_equal(s, own)


@kernel
def count_anew(s: State, own: int) -> None:
    """
    Give every queue position of a level its exact size ahead, at the end of a packet.

    Parameters
    ----------
    s : State
        Changed in place.
    own : int
        The price level of ours, in a book that is replayed order by order.
    """
    queue = int(s.own[own]["queues"])
    while queue >= 0:
        entry = s.queues[queue]
        entry["ahead"] = entry["after"]
        entry["traded"] = 0
        queue = int(entry["next"])
    merge_equal(s, own)
