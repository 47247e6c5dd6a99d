"""The feeds of the comparison."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import commonbook as cb
from commonbook.data.synth import synth
from commonbook.data.tape import Tape

SECOND = 1_000_000_000
ROOT = Path(__file__).resolve().parents[2]
REAL = Path("hftbacktest-raw") / "usdm_btcusdt_20240808.gz"


@dataclass(frozen=True)
class Feed:
    """
    A feed and how long orders live on it.

    Parameters
    ----------
    name : str
        For the table.
    tape : Tape
        Its events, of one instrument by levels.
    life : int
        From an order to its cancel [ns].
    """

    name: str
    tape: Tape
    life: int


def feeds() -> Iterator[Feed]:
    """Give a generated feed, and a recorded one where it is at hand."""
    yield Feed("generated hour", synth(11, 3600), 20 * SECOND)
    folder = Path(os.environ.get("COMMONBOOK_DATA", ROOT.parent / "shared" / "data"))
    if (folder / REAL).exists():
        tape = cb.read(
            folder / REAL, "binance-stream", tick_size="0.1", lot_size="0.001"
        )
        yield Feed("six minutes of a Binance future", tape, 5 * SECOND)
    else:
        print(f"no recorded feed: {folder / REAL} does not exist")


def small_feed() -> Feed:
    """Give the generated feed that is small enough to be kept."""
    return Feed("two generated minutes", synth(11, 120), 10 * SECOND)
