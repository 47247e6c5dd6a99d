"""Write what the tests compare with: a small feed, orders, and hftbacktest's fills."""

import json
from pathlib import Path
from typing import Any

from commonbook.data.hftbacktest_write import write_hftbacktest
from commonbook.data.tape import Tape
from crosscheck.trials import ORDER_DELAY, RESPONSE_DELAY

FEED = "feed.npz"
ORDERS = "fills.json"


def write_golden(
    folder: Path, peer: str, tape: Tape, orders: list[dict[str, Any]]
) -> None:
    """
    Write a feed, orders on it, and their fills.

    Parameters
    ----------
    folder : Path
        Where.
    peer : str
        Who filled the orders.
    tape : Tape
        The feed.
    orders : list of dict
        Orders with ``fills`` by queue model, and why commonbook's are ``apart``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write_hftbacktest(tape, folder / FEED)
    instrument = tape.instruments[0]
    about = {
        "fills by": peer,
        "feed": tape.source,
        "tick_size": str(instrument.tick_size),
        "lot_size": str(instrument.lot_size),
        "order_delay": ORDER_DELAY,
        "response_delay": RESPONSE_DELAY,
    }
    lines = ",\n".join(f"  {json.dumps(order)}" for order in orders)
    text = f'{{"about": {json.dumps(about)},\n "orders": [\n{lines}\n]}}\n'
    (folder / ORDERS).write_text(text)
