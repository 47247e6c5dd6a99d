"""States whose book names its orders, and words to look at lines and consumption."""

from dataclasses import replace

import numpy as np

from commonbook.book.replay import book_size
from commonbook.core.dtypes import EVENT
from commonbook.core.enums import Action, Side
from commonbook.core.state import State
from commonbook.execution.levels import find_share
from commonbook.execution.packets import clear_book
from commonbook.execution.tape_orders import apply_order_event, note_execution
from commonbook.simulation.build import build_state
from commonbook.simulation.setup import EngineSetup
from tests.kernels import scripted, setup
from tests.oracle.builders import portfolio

BID, ASK = int(Side.BUY), int(Side.SELL)
ACTIONS = {
    "A": Action.ADD,
    "M": Action.MODIFY,
    "C": Action.CANCEL,
    "R": Action.CLEAR,
    "F": Action.FILL,
}


def event_of(
    action: str, slot: int = -1, side: int = BID, price: int = 0, qty: int = 0
) -> np.ndarray:
    """Make one event."""
    event = np.zeros(1, EVENT)
    event["action"], event["order"], event["side"] = ACTIONS[action], slot, side
    event["price"], event["qty"] = price, qty
    return event


def line_state(
    *orders: tuple[int, int, int, int],
    engines: int = 1,
    half_life: int = 0,
    slots: int = 32,
    max_width: int = 1_024,
    start: int = 64,
) -> State:
    """Make a state in which the tape has added orders: (slot, side, price, qty)."""
    events = [event_of("A", *order) for order in orders]
    events.append(event_of("A", slots - 1, BID, 100, 1))  # for the size alone
    tape = np.concatenate(events)
    traders = [scripted(portfolio(f"p{i}"), engine=i) for i in range(engines)]
    engine = EngineSetup(half_life=half_life)
    made = replace(
        setup(*traders, engine=engine), book_size=book_size(tape, 1, max_width)
    )
    state = build_state(tape, made, start)
    for event in events[:-1]:
        apply_event(state, event[0])
    end_packet(state)
    return state


def apply_event(state: State, event: np.ndarray) -> None:
    """Apply one event, as one that may concern us."""
    if event["action"] == Action.CLEAR:
        clear_book(state, 0, 0)
    elif event["action"] == Action.FILL:
        note_execution(state, event)
    else:
        apply_order_event(state, event)


def end_packet(state: State) -> None:
    """Forget what the packet mentioned, without letting it act on anything."""
    state.clock["n_touched"] = state.clock["n_cleared"] = state.clock["n_changes"] = 0
    state.clock["packet"] += 1


def consumed(
    state: State, engine: int = 0, side: int = BID, price: int = 100
) -> dict[int, int]:
    """Give what an engine has taken of each tape order at a price."""
    share, _ = find_share(state, engine, 0, side, price)
    taken: dict[int, int] = {}
    entry, before = -1, -1
    if share >= 0:
        entry = int(state.shares[share]["taken"])
    while entry >= 0:
        row = state.taken[entry]
        assert row["place"] > before, "entries stand by place"
        assert row["place"] == state.tape[0, int(row["order"])]["place"]
        before = int(row["place"])
        taken[int(row["order"])] = int(row["qty"])
        entry = int(row["next"])
    if share >= 0:
        assert int(state.shares[share]["consumed"]) == sum(taken.values())
    return taken
