"""After the warm-up no run compiles anything more, whatever it does."""

import subprocess
import sys

import numba
import pytest

LATER = """
import sys
from numba.core.dispatcher import Dispatcher
from commonbook.runner import warmup

def compiled():
    modules = [m for n, m in sys.modules.items() if n.startswith("commonbook.")]
    found = [f for m in modules for f in vars(m).values() if isinstance(f, Dispatcher)]
    return {f"{f.__module__}.{f.__name__}: {s}" for f in found for s in f.signatures}

warmup.main()
before = compiled()
import commonbook as cb

class Plain(cb.Strategy):
    every = "50ms"

    def on_timer(self):
        self.cancel_all()
        self.limit("buy", 1, self.depth(3)[0][0][0])

    def on_trade(self, trade):
        self.close()

path, folder = sys.argv[1:]
at = "2024-01-02T14:30:00.000000500Z"
ends = {"start": at, "end": "2024-01-02T14:30:03Z"}
order = {"at": at, "side": "buy", "qty": 1, "type": "limit", "price": 100}
delays = {"feed": "5ms", "order": "1ms", "response": "1ms"}
config = {
    "data": {"path": path, "tick_size": "0.01", "lot_size": 1},
    "portfolios": [
        {"name": "a", "strategy": "scripted", "params": {"orders": [order]}},
        {"name": "b", "strategy": "twap", "latency": delays,
         "params": {"side": "sell", "qty": 9, "slices": 3, **ends}},
        {"name": "c", "strategy": "market_maker", "latency": delays,
         "params": {"half_spread_ticks": 0.5, "size": 2, "every": "100ms"}},
        {"name": "d", "strategy": Plain, "params": {}, "latency": delays},
    ],
    "execution": {"shared_config": {"fill_distribution": "pro_rata"},
                  "queue_model": "power"},
}
result = cb.compare(config, out=folder)
tape = cb.read(path, tick_size="0.01", lot_size=1)
tape.top_of_book(depth=3, each="event")
assert before
print(*sorted(compiled() - before), sep="\\n")
"""
BOOK = """\
ts_event,symbol,action,side,price,size
2024-01-02T14:30:00.000000000Z,X,S,B,99.99,500
2024-01-02T14:30:00.000000000Z,X,S,A,100.01,500
2024-01-02T14:30:01.000000000Z,X,T,A,99.99,500
2024-01-02T14:30:04.000000000Z,X,S,B,99.98,500
"""


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is compiled")
def test_it_compiles_all_that_runs_need(tmp_path):
    (tmp_path / "book.csv").write_text(BOOK)
    arguments = [str(tmp_path / "book.csv"), str(tmp_path / "out")]
    done = subprocess.run(
        [sys.executable, "-c", LATER, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""
    assert "kernels are ready" in done.stderr
