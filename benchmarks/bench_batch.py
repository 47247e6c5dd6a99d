"""One batch of many orders: how netting, distribution and impact grow with it."""

from functools import partial
from math import log10
from typing import Any

from feed import FOLDER, interleaved, report
from portfolios import idle, setup_of

from commonbook.data.read import read
from commonbook.data.tape import Tape
from commonbook.simulation.loop import simulate

#: Each sends an order every hundred seconds.
PORTFOLIOS = 10_000
SLICES = 10
SPAN = 1_000 * 1_000_000_000  # [ns]
#: So many of them at the same time, the next ones a second later.
SIZES = (100, 1_000, 10_000)
START = 1_704_205_800_000_000_000  # 2024-01-02T14:30:00Z [ns]
SECONDS = 1_200
BEGIN = START + 10 * 1_000_000_000
LEVELS = 500
IMPACT = {
    "kind": "square_root",
    "adv": 10**9,
    "daily_volatility": "0.02",
    "half_life": "30min",
}
CASES = {
    "fifo": {"fill_distribution": "fifo", "enable_order_netting": False},
    "pro rata": {"fill_distribution": "pro_rata", "enable_order_netting": False},
    "average price": {
        "fill_distribution": "average_price",
        "enable_order_netting": False,
    },
    "netting, fifo": {"fill_distribution": "fifo"},
    "netting, pro rata": {"fill_distribution": "pro_rata"},
    "netting, average price": {"fill_distribution": "average_price"},
    "apart": {"enable_fill_distribution": False, "enable_order_netting": False},
    "netting, pro rata, impact": {
        "fill_distribution": "pro_rata",
        "market_impact_model": IMPACT,
    },
    "netting, average price, impact": {
        "fill_distribution": "average_price",
        "market_impact_model": IMPACT,
    },
}


def main() -> None:
    """Print what an order of a batch costs, by the size of the batch."""
    tape = deep_book()
    for case, shared in CASES.items():
        setups = {
            str(size): setup_of(tape, crowd(size), "shared", shared_config=shared)
            for size in SIZES
        }
        setups["silent"] = setup_of(
            tape, idle(PORTFOLIOS), "shared", shared_config=shared
        )
        both = interleaved(
            {
                name: partial(simulate, tape.events, setup)
                for name, setup in setups.items()
            }
        )
        # What portfolios cost that send nothing is not the batch's.
        times = {size: both[str(size)] - both["silent"] for size in SIZES}
        for size in SIZES:
            raw = simulate(tape.events, setups[str(size)])
            report(
                f"batches of {size:,}, {case}",
                1e9 * times[size] / len(raw.orders),
                "ns an order",
                orders=len(raw.orders),
                fills=len(raw.fills),
            )
        few, many = SIZES[1:]
        growth = 1 + log10(times[many] / times[few]) / log10(many / few)
        report(
            f"growth from {few:,} to {many:,}, {case}",
            growth,
            "as a power of the orders (n log n: 1.12, quadratic: 2)",
            at_most=1.2,
        )


def deep_book() -> Tape:
    """Return a book that is far deeper than all that is taken, quoted each second."""
    path = FOLDER / f"deep-{LEVELS}-{SECONDS}.csv"
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        rows = ["ts_event,symbol,action,side,price,size,order_id,flags"]
        for level in range(LEVELS):
            flags = 128 if level == LEVELS - 1 else 0
            rows.append(f"{START},X,S,B,{100 - 0.01 * level:.2f},10000,0,0")
            rows.append(f"{START},X,S,A,{100.01 + 0.01 * level:.2f},10000,0,{flags}")
        rows += [
            f"{START + second * 1_000_000_000},X,S,B,90.00,{second},0,128"
            for second in range(1, SECONDS)
        ]
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return read(path, tick_size="0.01", lot_size=1)


def crowd(size: int) -> list[dict[str, Any]]:
    """
    Return the same portfolios for any size: so many send market orders together.

    What they keep in memory is the same too, so what grows is the batch alone.
    """
    return [
        {
            "name": f"p{number:05}",
            "strategy": "twap",
            "params": {
                "side": "sell" if number % 3 == 0 else "buy",
                "qty": SLICES * (1 + number % 7),
                "slices": SLICES,
                "start": BEGIN + 1_000_000_000 * (number // size),
                "end": BEGIN + 1_000_000_000 * (number // size) + SPAN,
            },
        }
        for number in range(PORTFOLIOS)
    ]


if __name__ == "__main__":
    main()
