"""What is decided when the data has ended is refused, and is in the results."""

import polars as pl

import commonbook as cb

SECONDS = 20


def tape() -> cb.Tape:
    return cb.synth(1, 20)


def run(**portfolio: object) -> cb.Result:
    strict = portfolio.pop("strict", False)
    return cb.run(
        {
            "data": tape(),
            "portfolios": [{"name": "late", **portfolio}],
            "execution": {"strict": strict},
        }
    )


def test_an_order_of_a_script_after_the_last_event_is_rejected():
    last = tape().end
    entries = [
        {"at": last, "id": "in-time", "side": "buy", "qty": 1},
        {"at": last + 1, "id": "late", "side": "buy", "qty": 1},
        {"at": last + 2, "cancel": "late"},
        {"at": last + 3, "id": "later", "side": "sell", "qty": 1, "price": "100.00"},
    ]
    result = run(strategy="scripted", params={"orders": entries})
    ends = result.orders.select("client_id", "state", "reason", "ts_decision")
    assert ends.rows() == [
        ("in-time", "filled", None, ends["ts_decision"][0]),
        ("late", "rejected", "after_end", ends["ts_decision"][1]),
        ("later", "rejected", "after_end", ends["ts_decision"][2]),
    ]
    decided = ends["ts_decision"].dt.epoch("ns").to_list()
    assert decided == [last, last + 1, last + 3]
    assert result.orders["ts_sent"].is_null().to_list() == [False, True, True]
    assert result.orders["ts_report"].is_null().to_list() == [False, True, True]


class SaysGoodbye(cb.Strategy):
    """Sends all kinds of things when it is too late."""

    every = "5s"

    def on_timer(self) -> None:
        self.limit("buy", 1, self.bid - 1)

    def on_end(self) -> None:
        number = self.buy(1, tag="goodbye")
        self.limit("sell", 1, self.ask + 1)
        assert not self.cancel(number)
        assert not self.replace(1, qty=2)
        self.cancel_all()


def test_what_a_strategy_sends_from_on_end_is_rejected():
    result = run(strategy=SaysGoodbye)
    assert result.summary["stopped"] == []
    late = result.orders.filter(pl.col("reason") == "after_end")
    assert late.select("client_id", "type", "state").rows() == [
        ("goodbye", "market", "rejected"),
        (None, "limit", "rejected"),
    ]
    rest = result.orders.filter(pl.col("reason") != "after_end")
    assert set(rest["reason"]) == {"end_of_data"}
    assert rest.height == 3  # at 5, 10 and 15 s


def test_strict_it_stops_the_strategy():
    result = run(strategy=SaysGoodbye, strict=True)
    (stopped,) = result.summary["stopped"]
    message = "impossible: the data has ended; nothing can be sent any more"
    assert stopped["reason"] == message
    assert "after_end" not in set(result.orders["reason"])


def test_it_changes_nothing_for_the_others():
    maker = {"name": "m", "strategy": "market_maker"}
    maker |= {"params": {"half_spread_ticks": 1, "size": 10}}
    late = {"name": "late", "strategy": SaysGoodbye}
    alone = cb.run({"data": tape(), "portfolios": [maker]})
    both = cb.run({"data": tape(), "portfolios": [maker, late]})
    mine = both.orders.filter(pl.col("portfolio") == "m")
    assert mine.equals(alone.orders)
