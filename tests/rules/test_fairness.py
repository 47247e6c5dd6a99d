"""Over a run nobody is favoured: ties fall to everyone alike."""

import pytest

import commonbook as cb

SLICED = {"qty": 3_000, "slices": 100}
SPAN = {"start": "2024-01-02T14:30:10Z", "end": "2024-01-02T14:39:00Z"}


@pytest.mark.parametrize("distribution", ["fifo", "pro_rata"])
@pytest.mark.parametrize("side", ["buy", "sell"])
def test_portfolios_that_always_take_together_fare_alike(distribution, side):
    params = {"side": side, **SLICED, **SPAN}
    people = [
        {"name": f"desk {number}", "strategy": "twap", "params": params}
        for number in range(4)
    ]
    shared = {"fill_distribution": distribution}
    config = {"data": cb.synth(5, 600), "portfolios": people}
    config["execution"] = {"mode": "shared", "shared_config": shared}
    figures = cb.run(config).summary["fairness"]
    assert {figure["batches"] for figure in figures.values()} == {100}
    assert all(abs(figure["t"]) < 3 for figure in figures.values())
    assert any(figure["t"] != 0 for figure in figures.values())
