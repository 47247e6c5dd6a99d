"""Configurations of a few instruments, lowered."""

from commonbook.config import load
from commonbook.data.instrument import Instrument
from commonbook.topology.build import lanes_for_compare, lanes_for_run
from commonbook.topology.lower import lower
from tests.data.tapes import LAST, tape_of_rows

ONE = (Instrument("AAPL", "0.01", "1"),)
TWO = (*ONE, Instrument("BTC", "0.5", "0.001", "10"))
MAKER = {"strategy": "market_maker", "params": {"half_spread_ticks": 2, "size": 100}}


def tape(instruments=ONE):
    rows = [
        (1, "S", "B", 9_999, 5, LAST, number) for number, _ in enumerate(instruments)
    ]
    return tape_of_rows(*rows, instruments=instruments)


def lowered(*portfolios, instruments=ONE, compare=False, source=None, **keys):
    data = tape(instruments)
    raw = {"data": source or data, "portfolios": list(portfolios), **keys}
    config = load(raw)
    lanes = lanes_for_compare(config) if compare else lanes_for_run(config)
    return lower(config, lanes, data)


def makers(*names):
    return [MAKER | {"name": name} for name in names]
